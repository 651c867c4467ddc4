import assert from "node:assert/strict";
import { test } from "node:test";

import { extent, linearScale, nearest, path, tickText, ticks } from "../../docs/demos/plots.js";

test("the nearest value is found at the ends and between", () => {
  const values = [-3, -1, 0, 2];
  assert.deepEqual([-9, -1.9, -0.4, 1.1, 5].map((v) => nearest(values, v)), [0, 1, 2, 3, 3]);
});

test("a staircase stays level and steps half-way", () => {
  assert.equal(path([0, 10, 20, 30], [5, 5, 5, 5], { staircase: true }), "M0 5H30");
  assert.equal(path([0, 10, 20, 30], [5, 5, 8, 8], { staircase: true }), "M0 5H15V8H30");
});

test("a slope passes through every point", () => {
  assert.equal(path([0, 10, 20], [1, 2, 4]), "M0 1L10 2L20 4");
});

test("2,001 values with one accuracy make a short path", () => {
  const xs = Array.from({ length: 2001 }, (_, i) => i / 10);
  assert.ok(path(xs, xs.map(() => 40), { staircase: true }).length < 20);
});

test("a flat line gets room, others a margin", () => {
  assert.deepEqual(extent([7, 7], 4), [3, 11]);
  const [low, high] = extent([0, 100], 4);
  assert.ok(low < 0 && high > 100);
});

test("ticks are round, within the range, and more than one", () => {
  for (const range of [[-3, 3], [0.9697, 0.9897], [1962, 1970], [0.02139, 0.021395], [-0.01, 0.01], [0, 1e6]]) {
    const all = ticks(range);
    assert.ok(all.length >= 2 && all.length <= 6, `${range}: ${all}`);
    assert.ok(all[0] >= range[0] - 1e-9 && all.at(-1) <= range[1] + 1e-9 * range[1]);
    assert.equal(new Set(all.map((t) => tickText(t, all))).size, all.length, `${range}: labels differ`);
  }
});

test("zero has no sign and minus is a minus", () => {
  assert.equal(tickText(-0, [-2, 0, 2]), "0");
  assert.equal(tickText(-0.00001, [-0.1, 0]), "0.0");
  assert.equal(tickText(-2, [-2, 0]), "−2");
});

test("a linear scale maps ends to ends", () => {
  const scale = linearScale([-1, 1], [100, 0]);
  assert.deepEqual([-1, 0, 1].map(scale), [100, 50, 0]);
});
