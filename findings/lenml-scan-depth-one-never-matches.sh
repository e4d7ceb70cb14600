#!/usr/bin/env bash
# One would guess that a lorebook with scan_depth 1 looks at the last message.
# In truth @lenml/char-card-reader counts its own recursion with that number and
# stops before the first pass: with scan_depth 1 no key ever matches.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @lenml/char-card-reader@1.1.1
cat >try.mjs <<'JS'
import { CharacterBook } from "@lenml/char-card-reader";
for (const scan_depth of [1, 2]) {
  const book = CharacterBook.from_json({ scan_depth, extensions: {}, entries: [{ keys: ["well"], content: "The well is deep.", extensions: {}, enabled: true, insertion_order: 1 }] });
  console.log(`scan_depth ${scan_depth}: ${book.scan("Look at the well.").length}`);
}
JS
seen=$(node try.mjs)
want='scan_depth 1: 0
scan_depth 2: 1'
echo "@lenml/char-card-reader 1.1.1, entries found:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
