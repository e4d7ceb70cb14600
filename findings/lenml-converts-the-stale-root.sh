#!/usr/bin/env bash
# One would guess that a V2 card is read from its data, and that the copies of the
# V1 fields at its root are for old readers, as the specification of V2 puts it.
# In truth @lenml/char-card-reader shows the greeting of data, and converts the
# one at the root: toSpecV2 turns a stale copy into the card.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @lenml/char-card-reader@1.1.1
cat >try.mjs <<'JS'
import { CharacterCard } from "@lenml/char-card-reader";
const fields = { name: "Mira", description: "d", personality: "p", scenario: "s", mes_example: "m" };
const card = CharacterCard.from_json({ ...fields, first_mes: "old words", spec: "chara_card_v2", spec_version: "2.0", data: {
  ...fields, first_mes: "new words", creator_notes: "", system_prompt: "", post_history_instructions: "", alternate_greetings: [],
  tags: [], creator: "", character_version: "", extensions: {} } });
console.log(`shown: ${card.first_message}`);
console.log(`toSpecV2: ${card.toSpecV2().data.first_mes}`);
JS
seen=$(node try.mjs)
want='shown: new words
toSpecV2: old words'
echo "@lenml/char-card-reader 1.1.1:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
