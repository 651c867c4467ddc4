// node score_difference.mjs digit.json: our scores of the recorded images against torch's.

import { readFileSync } from "node:fs";

import { readModels } from "../../docs/demos/network.js";
import { unpack } from "../../docs/demos/packed.js";

const json = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { score } = readModels(json);
const pixels = unpack(json.cases.images);
const result = { cases: pixels.length / 784 };
for (const name of ["linear", "mlp"]) {
  result[name] = Math.max(...Array.from(unpack(json.cases[name]), (torch, i) => {
    const x = Float32Array.from(pixels.subarray(784 * i, 784 * (i + 1)), (v) => v / 255);
    return Math.abs(score[name](x) - torch);
  }));
}
console.log(JSON.stringify(result));
