import assert from "node:assert/strict";
import { test } from "node:test";

import { judge, lastStep, multiply, products, readEntries, readEntry, stage } from "../../docs/demos/products.js";

const X = [[0.5, 1], [-1, 1], [2, 1]];

test("every entry of the row meets its entry of the vector", () => {
  assert.deepEqual(products([2, -1, 3], [10, 20, 30]), [20, -20, 90]);
  assert.throws(() => products([1, 2, 3], [1, 2]), /a row of 3 entries cannot meet a vector of 2/);
});

test("a prediction for every row", () => {
  assert.deepEqual(multiply(X, [3, 2]), [3.5, -1, 8]);
});

test("a row takes a step per product and one for the sum", () => {
  assert.equal(lastStep(3, 2), 9);
  const stages = Array.from({ length: 10 }, (_, step) => stage(step, 2));
  assert.deepEqual(stages.map(({ row }) => row), [-1, 0, 0, 0, 1, 1, 1, 2, 2, 2]);
  assert.deepEqual(stages.map(({ column }) => column), [-1, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  assert.deepEqual(stages.map(({ done }) => done), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
});

test("mistakes have names", () => {
  const a = [3, 2];
  assert.equal(judge(8, X, a, 2), "right");
  assert.equal(judge(8.015, X, a, 2), "right");
  assert.equal(judge(6, X, a, 2), "one product");
  assert.equal(judge(3.5, X, a, 2), "another row");
  assert.equal(judge(-8, X, a, 2), "sign");
  assert.equal(judge(7, X, a, 2), "wrong");
});

test("an entry is a number of a sensible size", () => {
  assert.deepEqual(["2.5", "-3", " 4 ", "1e2", "0"].map(readEntry), [2.5, -3, 4, 100, 0]);
  assert.deepEqual(["", " ", "x", "NaN", "1e9", "Infinity"].map(readEntry), Array(6).fill(null));
});

test("entries from a URL are as many as wanted, or none", () => {
  assert.deepEqual(readEntries("1_-2.5", 2), [1, -2.5]);
  for (const text of [null, "", "1", "1_2_3", "1_x", "1_", "1_1e9"]) assert.equal(readEntries(text, 2), null, text);
});
