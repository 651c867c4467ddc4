// node rate_rules.mjs data.json: what the game reads from a lesson's data, suggestions computed here.

import { readFileSync } from "node:fs";

import { readRounds } from "../../docs/demos/rate-game.js";

const data = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(data.map((game) => readRounds({ ...game, suggestions: undefined })
  .map(({ rules, lrs, runs, good }) => ({ rules, span: [lrs[0], lrs.at(-1)], rates: runs?.map(({ lr }) => lr), good })))));
