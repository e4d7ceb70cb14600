#!/usr/bin/env bash
# One would guess that a reader of character cards keeps the keys of a lorebook
# as they are. In truth @lenml/char-card-reader cuts each key at "," ";" and "|",
# so a regular expression with an alternative falls apart, and because it tests
# keys with a stateful pattern, of two such keys in a row the second stays whole.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @lenml/char-card-reader@1.1.1
cat >try.mjs <<'JS'
import { CharacterBook } from "@lenml/char-card-reader";
const keysOf = (...keys) => JSON.stringify(
  CharacterBook.from_json({ entries: [{ keys, content: "x", extensions: {}, enabled: true, insertion_order: 1, use_regex: true }] }).entries[0].keys);
console.log(keysOf("/well|spring/i"));
console.log(keysOf("Alaric, the king", "Smith, Jr."));
JS
seen=$(node try.mjs)
want='["/well","spring/i"]
["Alaric","the king","Smith, Jr."]'
echo "@lenml/char-card-reader 1.1.1, the keys of one entry:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
