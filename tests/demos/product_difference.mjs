// node product_difference.mjs cases.json: how far our X a are from the recorded ones, case by case.

import { readFileSync } from "node:fs";

import { unpack } from "../../docs/demos/packed.js";
import { multiply } from "../../docs/demos/products.js";

/** Rows of numbers, from lists in lists or from packed numbers. */
function rows(value) {
  if (Array.isArray(value)) return value;
  const flat = Array.from(unpack(value));
  return Array.from({ length: value.shape[0] }, (_, i) => flat.slice(i * value.shape[1], (i + 1) * value.shape[1]));
}

const list = (value) => (Array.isArray(value) ? value : Array.from(unpack(value)));

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map(({ X, a, y_hat }) => {
  const [ours, recorded] = [multiply(rows(X), list(a)), list(y_hat)];
  if (ours.length !== recorded.length) throw new Error(`${ours.length} predictions, ${recorded.length} recorded`);
  return Math.max(...ours.map((y, i) => Math.abs(y - recorded[i])));
})));
