#!/usr/bin/env bash
# One would guess that elizaOS ignores keys of a character file that it no longer
# knows, as its 0.x versions took them. In truth @elizaos/core 1.7.2 refuses the
# whole character for one unknown key, and lore, clients and modelProvider, which
# every 0.x character has, are unknown.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @elizaos/core@1.7.2
cat >try.mjs <<'JS'
const { validateCharacter } = await import("@elizaos/core");
const say = (what, extra) => {
  const { success, error } = validateCharacter({ name: "Mira", bio: ["Keeps the inn."], ...extra });
  console.log(`${what}: ${success}${success ? "" : `, ${error.issues[0].message}`}`);
};
say("name and bio alone", {});
say("with lore", { lore: ["Once dug two carters out of the snow."] });
say("with clients", { clients: [] });
say("with modelProvider", { modelProvider: "openai" });
JS
seen=$(node try.mjs)
want='name and bio alone: true
with lore: false, Unrecognized key: "lore"
with clients: false, Unrecognized key: "clients"
with modelProvider: false, Unrecognized key: "modelProvider"'
echo "@elizaos/core 1.7.2:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
