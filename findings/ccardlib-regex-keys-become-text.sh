#!/usr/bin/env bash
# One would guess that a conversion from V3 to V2 drops or marks a lorebook entry
# whose keys are regular expressions, since V2 has none. In truth
# @risuai/ccardlib keeps the pattern and drops use_regex: the entry now waits for
# somebody to write the pattern itself.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @risuai/ccardlib@0.4.2
cat >try.mjs <<'JS'
import { CCardLib } from "@risuai/ccardlib";
const card = { spec: "chara_card_v3", spec_version: "3.0", data: {
  name: "Mira", description: "d", personality: "p", scenario: "s", first_mes: "f", mes_example: "m", creator_notes: "", system_prompt: "",
  post_history_instructions: "", alternate_greetings: [], group_only_greetings: [], tags: [], creator: "", character_version: "", extensions: {},
  character_book: { extensions: {}, entries: [{ keys: ["/we(ll|lls)/i"], content: "Deep.", extensions: {}, enabled: true, insertion_order: 1, use_regex: true }] } } };
console.log(JSON.stringify(CCardLib.character.convert(card, { to: "v2" }).data.character_book.entries[0]));
JS
seen=$(node try.mjs)
want='{"keys":["/we(ll|lls)/i"],"content":"Deep.","extensions":{},"enabled":true,"insertion_order":1}'
echo "@risuai/ccardlib 0.4.2, the entry after V3 to V2:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
