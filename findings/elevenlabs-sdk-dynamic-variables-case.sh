#!/usr/bin/env bash
# One would guess that the official ElevenLabs client, which turns every other
# key of an agent's configuration into snake case, does so with
# dynamicVariablePlaceholders too. In truth version 2.73.0 sends that key as it
# is, in camel case, which the API's own specification does not know: the
# variables' placeholders are never set.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @elevenlabs/elevenlabs-js@2.73.0
cat >try.mjs <<'JS'
import http from "node:http";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
let sent = "";
const server = http.createServer((request, answer) => {
  request.on("data", (part) => (sent += part));
  request.on("end", () => {
    answer.writeHead(200, { "content-type": "application/json" });
    answer.end(JSON.stringify({ agent_id: "a" }));
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const environment = `http://127.0.0.1:${server.address().port}`;
await new ElevenLabsClient({ apiKey: "k", environment, baseUrl: environment }).conversationalAi.agents.create({
  conversationConfig: { agent: { firstMessage: "Hello {{guest}}.", dynamicVariables: { dynamicVariablePlaceholders: { guest: "stranger" } } } },
});
server.close();
console.log(sent);
JS
seen=$(node try.mjs)
want='{"conversation_config":{"agent":{"first_message":"Hello {{guest}}.","dynamic_variables":{"dynamicVariablePlaceholders":{"guest":"stranger"}}}}}'
echo "@elevenlabs/elevenlabs-js 2.73.0 sent:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
