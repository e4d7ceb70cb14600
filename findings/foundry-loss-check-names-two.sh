#!/usr/bin/env bash
# One would guess that a check before a conversion from V3 to V2 names all that V2
# has no place for. In truth checkV3ToV2Loss of @character-foundry/normalizer names
# two fields; nickname, source, translated notes, dates and the use_regex of
# lorebook entries go as well, unnamed.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @character-foundry/normalizer@0.1.5
cat >try.mjs <<'JS'
import { ccv3ToCCv2Wrapped, checkV3ToV2Loss } from "@character-foundry/normalizer";
const card = { spec: "chara_card_v3", spec_version: "3.0", data: {
  name: "Mira", description: "d", personality: "p", scenario: "s", first_mes: "f", mes_example: "m", creator_notes: "", system_prompt: "",
  post_history_instructions: "", alternate_greetings: [], tags: [], creator: "", character_version: "", extensions: {},
  group_only_greetings: ["g"], assets: [{ type: "icon", uri: "ccdefault:", name: "main", ext: "png" }],
  nickname: "Mi", source: ["https://example.com"], creator_notes_multilingual: { de: "Notiz" }, creation_date: 1700000000,
  character_book: { extensions: {}, entries: [{ keys: ["/well/i"], content: "x", extensions: {}, enabled: true, insertion_order: 1, use_regex: true }] } } };
console.log(`named: ${checkV3ToV2Loss(card).join("; ")}`);
const { data } = ccv3ToCCv2Wrapped(card);
const gone = Object.keys(card.data).filter((key) => !(key in data)).sort();
if (!("use_regex" in data.character_book.entries[0])) gone.push("character_book.entries.use_regex");
console.log(`gone: ${gone.join(" ")}`);
JS
seen=$(node try.mjs)
want='named: group_only_greetings (1 entries); assets (1 entries)
gone: assets creation_date creator_notes_multilingual group_only_greetings nickname source character_book.entries.use_regex'
echo "@character-foundry/normalizer 0.1.5:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
