#!/usr/bin/env bash
# One would guess that a character picture which SillyTavern writes holds a V2 card
# in "chara" and a V3 card in "ccv3". In truth its writer copies the V2 card and
# changes the two version fields: what V3 requires (group_only_greetings) is
# missing, and @risuai/ccardlib, by the author of the V3 specification, calls the
# copy unknown. A V1 card becomes a "V3" without any data.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts sillytavern@1.19.0 @risuai/ccardlib@0.4.2 png-chunks-encode@1.0.0 png-chunks-extract@1.0.0 png-chunk-text@1.0.0
cat >try.mjs <<'JS'
import zlib from "node:zlib";
import encode from "png-chunks-encode";
import extract from "png-chunks-extract";
import text from "png-chunk-text";
import { CCardLib } from "@risuai/ccardlib";
import { write } from "./node_modules/sillytavern/src/character-card-parser.js";
const blank = Buffer.from(encode([
  { name: "IHDR", data: new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0]) },
  { name: "IDAT", data: new Uint8Array(zlib.deflateSync(Buffer.alloc(5))) },
  { name: "IEND", data: new Uint8Array(0) },
]));
const cards = (card) => Object.fromEntries(extract(new Uint8Array(write(blank, JSON.stringify(card))))
  .filter((chunk) => chunk.name === "tEXt").map((chunk) => text.decode(chunk.data))
  .map((chunk) => [chunk.keyword, JSON.parse(Buffer.from(chunk.text, "base64"))]));
const v1 = { name: "Mira", description: "d", personality: "p", scenario: "s", first_mes: "f", mes_example: "m" };
const two = cards({ spec: "chara_card_v2", spec_version: "2.0", data: { ...v1, creator_notes: "", system_prompt: "", post_history_instructions: "",
  alternate_greetings: [], tags: [], creator: "", character_version: "", extensions: {} } });
console.log(`V2 in: chara ${CCardLib.character.check(two.chara)}, ccv3 ${CCardLib.character.check(two.ccv3)}`);
const one = cards(v1);
console.log(`V1 in: ccv3 has spec ${one.ccv3.spec}, data ${one.ccv3.data}`);
JS
seen=$(node try.mjs)
want='V2 in: chara v2, ccv3 unknown
V1 in: ccv3 has spec chara_card_v3, data undefined'
echo "sillytavern 1.19.0, read by @risuai/ccardlib 0.4.2:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
