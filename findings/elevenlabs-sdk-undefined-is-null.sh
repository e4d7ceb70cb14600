#!/usr/bin/env bash
# One would guess that an argument of the official ElevenLabs client that is
# undefined stays out of the request, as JSON.stringify leaves it out and as
# Vapi's client, made by the same generator, does. In truth it is sent as null,
# so a body built from optional variables clears what it meant to leave alone.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @elevenlabs/elevenlabs-js@2.73.0 @vapi-ai/server-sdk@2.0.1
cat >try.mjs <<'JS'
import http from "node:http";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { VapiClient } from "@vapi-ai/server-sdk";
const bodies = [];
const server = http.createServer((request, answer) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    bodies.push(`${request.method} ${body}`);
    answer.writeHead(200, { "content-type": "application/json" });
    answer.end(JSON.stringify({
      agent_id: "a", name: "n", conversation_config: {}, metadata: { created_at_unix_secs: 1, updated_at_unix_secs: 1 },
      id: "a", orgId: "o", createdAt: "2026-01-01T00:00:00Z", updatedAt: "2026-01-01T00:00:00Z",
    }));
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const environment = `http://127.0.0.1:${server.address().port}`;
const newName = undefined;
await new ElevenLabsClient({ apiKey: "k", environment, baseUrl: environment })
  .conversationalAi.agents.update("a", { name: newName, tags: ["tavern"] });
await new VapiClient({ token: "t", environment, baseUrl: environment })
  .assistants.update({ id: "a", name: newName, firstMessage: "Hello." });
server.close();
console.log(bodies.join("\n"));
JS
seen=$(node try.mjs)
want='PATCH {"name":null,"tags":["tavern"]}
PATCH {"firstMessage":"Hello."}'
echo "@elevenlabs/elevenlabs-js 2.73.0, then @vapi-ai/server-sdk 2.0.1, sent:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
