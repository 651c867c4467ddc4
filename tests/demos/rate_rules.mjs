// node rate_rules.mjs data.json: what the game reads from a lesson's data, suggestions computed here.

import { readFileSync } from "node:fs";

import { readRounds } from "../../docs/demos/rate-game.js";

const data = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(data.map((game) => readRounds({ ...game, suggestions: undefined })
  .map(({ rules, losses, runs, good }) => ({ rules, drawn: losses.length, rates: runs?.map(({ lr }) => lr), good })))));
