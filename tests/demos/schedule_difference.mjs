// node schedule_difference.mjs data.json: how far our schedules are from the recorded ones, case by case.

import { readFileSync } from "node:fs";

import { difference, readCase } from "../../docs/demos/recorded-runs.js";

const { cases, steps_per_epoch: steps } = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map((json) => {
  const recorded = readCase(json, steps);
  return { steps: recorded.moms.length, groups: recorded.groups, ...difference(recorded) };
})));
