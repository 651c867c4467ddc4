// node race_difference.mjs cases.json: how far our paths are from the recorded ones, case by case.

import { readFileSync } from "node:fs";

import { SURFACES, route } from "../../docs/demos/optimisers.js";
import { unpack } from "../../docs/demos/packed.js";

/** Points of a path, from a list of pairs or from packed numbers. */
function pairs(recorded) {
  if (Array.isArray(recorded)) return recorded;
  const flat = unpack(recorded);
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

const { cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map(({ surface, optimiser, lr, beta, every = 1, path }) => {
  const recorded = pairs(path);
  const steps = (recorded.length - 1) * every;
  const ours = route(SURFACES[surface], optimiser, { start: recorded[0], lr, beta, steps });
  const differences = recorded.flatMap((point, k) => point.map((p, i) => Math.abs(p - ours[k * every][i])));
  return { points: recorded.length, difference: Math.max(...differences) };
})));
