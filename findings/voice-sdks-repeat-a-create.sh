#!/usr/bin/env bash
# One would guess that an official client repeats reads after a 503 and leaves
# a create to its caller, since none of these services takes an idempotency key.
# In truth the clients of ElevenLabs, Vapi and Retell send the create again by
# themselves, and a service that had carried it out before it answered 503 holds
# two objects while the caller sees one.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @elevenlabs/elevenlabs-js@2.73.0 @vapi-ai/server-sdk@2.0.1 retell-sdk@5.66.1
cat >try.mjs <<'JS'
import http from "node:http";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { VapiClient } from "@vapi-ai/server-sdk";
import Retell from "retell-sdk";
let made = 0, keys = 0;
const server = http.createServer((request, answer) => {
  if (Object.keys(request.headers).some((name) => name.includes("idempotency"))) keys++;
  request.resume().on("end", () => {
    made++; // the service does it, and its first answer is lost to a 503
    answer.writeHead(made === 1 ? 503 : 201, { "content-type": "application/json" });
    answer.end(JSON.stringify({ agent_id: `a${made}`, id: `a${made}` }));
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const environment = `http://127.0.0.1:${server.address().port}`;
const creates = {
  elevenlabs: () => new ElevenLabsClient({ apiKey: "k", environment, baseUrl: environment }).conversationalAi.agents.create({ conversationConfig: {} }),
  vapi: () => new VapiClient({ token: "t", environment, baseUrl: environment }).assistants.create({ name: "Mira" }),
  retell: () => new Retell({ apiKey: "k", baseURL: environment }).agent.create({ response_engine: { type: "retell-llm", llm_id: "l" }, voice_id: "v" }),
};
for (const [name, create] of Object.entries(creates)) {
  made = keys = 0;
  await create();
  console.log(`${name}: made ${made}, with an idempotency key ${keys}`);
}
server.close();
JS
seen=$(node try.mjs)
want='elevenlabs: made 2, with an idempotency key 0
vapi: made 2, with an idempotency key 0
retell: made 2, with an idempotency key 0'
echo "@elevenlabs/elevenlabs-js 2.73.0, @vapi-ai/server-sdk 2.0.1, retell-sdk 5.66.1, one call each:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
