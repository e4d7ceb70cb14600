#!/usr/bin/env bash
# One would guess that `elevenlabs agents push` sends what differs, as a tool that
# calls itself agents as code. In truth it sends every agent whole and compares
# nothing: with no local change at all, an edit made in the console meanwhile is
# overwritten, without a word about it, and the exit code is 0.
set -euo pipefail
dir=$(mktemp -d); trap 'kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT; cd "$dir"
export HOME="$dir" ELEVENLABS_API_KEY=k
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @elevenlabs/cli@1.3.0
# A stand-in of the four routes that the tool uses, with three agents.
cat >serve.mjs <<'JS'
import http from "node:http";
import fs from "node:fs";
const agents = Object.fromEntries(["a1", "a2", "a3"].map((id) => [id, {
  agent_id: id, name: `Mira ${id}`, tags: [], workflow: {}, platform_settings: {},
  conversation_config: { agent: { first_message: "From Git.", language: "en", prompt: { prompt: "You are Mira.", tool_ids: [] } }, tts: { voice_id: "v" }, conversation: {}, asr: {}, turn: {} },
  metadata: { created_at_unix_secs: 1, updated_at_unix_secs: 1 },
  access_info: { is_creator: true, creator_name: "n", creator_email: "n@example.com", role: "admin" },
}]));
let writes = 0;
const server = http.createServer((request, answer) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const json = (code, value) => { answer.writeHead(code, { "content-type": "application/json" }); answer.end(JSON.stringify(value)); };
    const path = new URL(request.url, "http://x").pathname;
    const agent = agents[path.split("/").pop()];
    if (path === "/console") { agents.a1.conversation_config.agent.first_message = "From the console."; return json(200, {}); }
    if (path === "/seen") return json(200, { writes, greeting: agents.a1.conversation_config.agent.first_message });
    if (path === "/v1/convai/agents") return json(200, { has_more: false, next_cursor: null,
      agents: Object.values(agents).map(({ agent_id, name, tags, access_info }) => ({ agent_id, name, tags, access_info, voice_id: "v", created_at_unix_secs: 1, archived: false })) });
    if (!agent) return json(404, { detail: { status: "agent_not_found", message: path } });
    if (request.method === "PATCH") {
      writes++;
      if (process.argv[2] === "refuse" ) return json(422, { detail: [{ loc: ["body", "name"], msg: "not allowed", type: "value_error" }] });
      Object.assign(agent, JSON.parse(body));
    }
    json(200, agent);
  });
});
server.listen(0, "127.0.0.1", () => fs.writeFileSync("port", String(server.address().port)));
JS
node serve.mjs ok & server=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
base=http://127.0.0.1:$(cat port)
export ELEVENLABS_BASE_URL=$base
mkdir project && cd project
elevenlabs=../node_modules/.bin/elevenlabs
$elevenlabs agents init . >/dev/null 2>&1
$elevenlabs agents pull --all --yes >/dev/null 2>&1 </dev/null
curl -sS "$base/console" >/dev/null # a colleague edits one greeting
code=0; $elevenlabs agents push >out 2>err </dev/null || code=$?
seen=$(curl -sS "$base/seen" | node -e 'const s = JSON.parse(require("fs").readFileSync(0)); console.log(`${s.writes} writes, greeting now: ${s.greeting}`)')
seen="$seen exit $code, mentions of the console's words: $(cat out err | grep -c 'From the console' || true)"
want="3 writes, greeting now: From Git. exit 0, mentions of the console's words: 0"
echo "@elevenlabs/cli 1.3.0: $seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
