import assert from "node:assert/strict";
import { test } from "node:test";

import { choices, confusedPairs, mostConfused, moved, order, readCell, recalls, score, square, wilson } from "../../docs/demos/confusion.js";

//             says:  0  1  2  3
const MATRIX = [[6, 0, 4, 0], [0, 9, 0, 1], [3, 0, 7, 0], [0, 2, 0, 8]];

test("flat counts become rows", () => {
  assert.deepEqual(square(Int32Array.of(1, 2, 3, 4), 2), [[1, 2], [3, 4]]);
});

test("recall is the diagonal's share of its row", () => {
  assert.deepEqual(recalls(MATRIX).map(({ recall, n }) => [recall, n]), [[0.6, 10], [0.9, 10], [0.7, 10], [0.8, 10]]);
  assert.deepEqual(recalls([[0]])[0].interval, [0, 1]);
});

test("an interval is within 0 and 1, holds the rate, and narrows with n", () => {
  for (const [k, n] of [[0, 10], [10, 10], [3, 10], [300, 1000]]) {
    const [low, high] = wilson(k, n);
    assert.ok(low >= 0 && high <= 1 && low <= k / n && high >= k / n - 1e-12, `${k} of ${n}`);
  }
  const width = (k, n) => wilson(k, n)[1] - wilson(k, n)[0];
  assert.ok(width(300, 1000) < width(30, 100) / 3);
});

test("the fullest cells off the diagonal come first", () => {
  assert.deepEqual(mostConfused(MATRIX, 2), [{ label: 0, said: 2, count: 4 }, { label: 2, said: 0, count: 3 }, { label: 3, said: 1, count: 2 }]);
});

test("a pair counts both ways", () => {
  assert.deepEqual(confusedPairs(MATRIX).slice(0, 2), [{ pair: [0, 2], count: 7 }, { pair: [1, 3], count: 3 }]);
});

test("the prediction offers the most confused pair among others", () => {
  const offered = choices(MATRIX);
  assert.equal(offered.length, 3);
  assert.ok(offered.some(({ count }) => count === 7) && offered.some(({ count }) => count === 0));
  assert.equal(choices([[5, 0], [0, 5]]).length, 1);
});

test("every order has each class once", () => {
  for (const by of ["name", "recall", "mistakes", "alike"]) assert.deepEqual([...order(MATRIX, by)].sort(), [0, 1, 2, 3], by);
  assert.deepEqual(order(MATRIX, "recall"), [0, 2, 3, 1]);
  assert.deepEqual(order([[1, 1], [4, 16]], "mistakes"), [1, 0]);
});

test("classes that are taken for each other become neighbours", () => {
  const places = order(MATRIX, "alike");
  for (const [a, b] of [[0, 2], [1, 3]]) assert.equal(Math.abs(places.indexOf(a) - places.indexOf(b)), 1);
});

test("the keys move within the order that is seen, and stop at its ends", () => {
  const sorted = [2, 0, 3, 1];
  assert.deepEqual(moved([0, 0], "ArrowRight", sorted), [0, 3]);
  assert.deepEqual(moved([0, 0], "ArrowUp", sorted), [2, 0]);
  assert.deepEqual(moved([2, 1], "ArrowUp", sorted), [2, 1]);
  assert.deepEqual(moved([0, 3], "End", sorted), [0, 1]);
  assert.deepEqual(moved([0, 3], "Home", sorted), [0, 2]);
  assert.equal(moved([0, 0], "Enter", sorted), null);
});

test("the game counts right answers where wrong labels are known", () => {
  const mistakes = [{ wrong_label: "pug" }, { wrong_label: null }, { wrong_label: null }];
  assert.deepEqual(score(mistakes, "wwr"), { right: 2, called: 2, of: 3 });
  assert.deepEqual(score([{}, {}], "wr"), { right: null, called: 1, of: 2 });
});

test("a cell from a URL lies within the matrix, or is none", () => {
  assert.deepEqual(readCell("3_0", 4), [3, 0]);
  for (const text of [null, "", "1", "4_0", "1.5_0", "_1", "x_1", "1_2_3"]) assert.equal(readCell(text, 4), null, text);
});
