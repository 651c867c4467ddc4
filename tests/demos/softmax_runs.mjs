// node softmax_runs.mjs cases.json: what the page's softmax finds for each case; numbers as text,
// because JSON has neither nan nor inf.

import { readFileSync } from "node:fs";

import { crossEntropy, float32, float64 } from "../../docs/demos/softmax.js";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map(({ logits, target, single, ...settings }) => {
  const { first, last, loss, gradient } = crossEntropy(logits, target, { ...settings, round: single ? float32 : float64 });
  const found = { exps: first.exps, p: last.p, log_p: last.logP, loss: [loss], gradient };
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, values.map(String)]));
})));
