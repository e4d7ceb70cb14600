#!/usr/bin/env bash
# One would guess that a V1 card which one library converts to V2 is a V2 card for
# the next. In truth toSpecV2 of @lenml/char-card-reader leaves out six fields
# that V2 requires, and character-card-utils, by the author of the V2
# specification, refuses the result.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @lenml/char-card-reader@1.1.1 character-card-utils@2.0.3
cat >try.mjs <<'JS'
import { createRequire } from "node:module";
import { CharacterCard } from "@lenml/char-card-reader";
const { v2 } = createRequire(import.meta.url)("character-card-utils");
const v1 = { name: "Mira", description: "d", personality: "p", scenario: "s", first_mes: "f", mes_example: "m" };
const result = v2.safeParse(JSON.parse(JSON.stringify(CharacterCard.from_json(v1).toSpecV2())));
console.log(result.success ? "accepted" : result.error.issues.map((issue) => issue.path.at(-1)).sort().join(" "));
JS
seen=$(node try.mjs)
want='character_version creator creator_notes extensions post_history_instructions system_prompt'
echo "@lenml/char-card-reader 1.1.1 into character-card-utils 2.0.3, fields refused:"
echo "$seen"
[ "$seen" = "$want" ] || { echo "the behaviour has changed"; exit 1; }
