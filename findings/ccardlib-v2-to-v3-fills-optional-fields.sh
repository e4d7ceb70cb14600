#!/usr/bin/env bash
# One would guess that a conversion from V2 to V3 leaves out the optional fields
# that a V2 cannot have. In truth @risuai/ccardlib fills them: the card was created
# in 1970, and its nickname, which a V3 reader puts in place of {{char}}, is empty.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @risuai/ccardlib@0.4.2
cat >try.mjs <<'JS'
import { CCardLib } from "@risuai/ccardlib";
const card = { spec: "chara_card_v2", spec_version: "2.0", data: {
  name: "Mira", description: "d", personality: "p", scenario: "s", first_mes: "f", mes_example: "m", creator_notes: "", system_prompt: "",
  post_history_instructions: "", alternate_greetings: [], tags: [], creator: "", character_version: "", extensions: {} } };
const { nickname, creation_date, modification_date } = CCardLib.character.convert(card, { to: "v3" }).data;
console.log(JSON.stringify({ nickname, creation_date, modification_date }));
JS
seen=$(node try.mjs)
want='{"nickname":"","creation_date":0,"modification_date":0}'
echo "@risuai/ccardlib 0.4.2, after V2 to V3:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
