#!/usr/bin/env bash
# One would guess that a SillyTavern world entry which is inserted at a depth of
# the chat (position 4) keeps its place, or is marked, when it becomes an entry of a
# card. In truth @character-foundry/lorebook makes it before_char and keeps no
# position 4 anywhere, so the way back puts it elsewhere.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @character-foundry/lorebook@0.0.3
cat >try.mjs <<'JS'
import { parseLorebook } from "@character-foundry/lorebook";
const world = { entries: { 0: { uid: 0, key: ["well"], keysecondary: [], comment: "", content: "x", constant: false, selective: false,
  order: 100, position: 4, depth: 2, disable: false, probability: 100, useProbability: true } } };
const [entry] = parseLorebook(Buffer.from(JSON.stringify(world))).book.entries;
console.log(JSON.stringify(entry.position), JSON.stringify(entry.extensions));
JS
seen=$(node try.mjs)
want='"before_char" {"sillytavern":{"uid":0,"probability":100,"useProbability":true,"depth":2}}'
echo "@character-foundry/lorebook 0.0.3:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
