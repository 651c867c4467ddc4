// node confusion_readings.mjs cases.json: what the page reads from each confusion matrix.

import { readFileSync } from "node:fs";

import { mostConfused, order, recalls, square } from "../../docs/demos/confusion.js";
import { unpack } from "../../docs/demos/packed.js";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(cases.map(({ vocab, matrix }) => {
  const rows = square(unpack(matrix), vocab.length);
  return {
    recalls: recalls(rows),
    confused: mostConfused(rows, 2).map(({ label, said, count }) => [vocab[label], vocab[said], count]),
    orders: ["name", "recall", "mistakes", "alike"].map((by) => order(rows, by)),
  };
})));
