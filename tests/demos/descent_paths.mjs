// node descent_paths.mjs cases.json: our path, best line and floor of each recorded case, as JSON.

import { readFileSync } from "node:fs";

import { descend, leastSquares } from "../../docs/demos/descent.js";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map(({ x, y, start, lr, momentum, zero_grad: zeroGrad, order }) => {
  const points = { x, y };
  return { ...descend(points, { start, lr, momentum, zeroGrad }, order), ...leastSquares(points) };
})));
