import assert from "node:assert/strict";
import { test } from "node:test";

import { batches, descend, gradient, leastSquares, limit, mse, random } from "../../docs/demos/descent.js";

/** Points near 3x + 2, from a seed. */
function cloud(seed = 1, n = 100) {
  const next = random(seed);
  const x = Array.from({ length: n }, () => 2 * next() - 1);
  return { x, y: x.map((value) => 3 * value + 2 + 0.6 * (next() - 0.5)) };
}
const points = cloud();
const best = leastSquares(points);
const start = [-1, 0];
const close = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} and ${b}`);
const all = (steps) => batches(100, 100, steps, 0);
const run = (settings, steps) => descend(points, { start, momentum: 0, zeroGrad: true, ...settings }, all(steps));

test("the gradient is that of finite differences, on all points and on a batch", () => {
  for (const batch of [null, [3], [5, 70, 12, 99]]) {
    const some = batch ? { x: batch.map((i) => points.x[i]), y: batch.map((i) => points.y[i]) } : points;
    const [byA, byB] = gradient(points, [0.7, -1.2], batch);
    close(byA, (mse(some, [0.7 + 1e-5, -1.2]) - mse(some, [0.7 - 1e-5, -1.2])) / 2e-5, 1e-8);
    close(byB, (mse(some, [0.7, -1.2 + 1e-5]) - mse(some, [0.7, -1.2 - 1e-5])) / 2e-5, 1e-8);
  }
});

test("at the best line the gradient is zero and the loss is the floor", () => {
  for (const slope of gradient(points, best.exact, null)) close(slope, 0, 1e-12);
  close(mse(points, best.exact), best.floor);
});

test("eigenvalues and angle give the loss everywhere", () => {
  for (const [da, db] of [[1, 0], [0, 1], [-2, 0.7], [30, -40]]) {
    const along = Math.cos(best.angle) * da + Math.sin(best.angle) * db;
    const across = -Math.sin(best.angle) * da + Math.cos(best.angle) * db;
    const loss = best.floor + (best.eigenvalues[0] * along ** 2 + best.eigenvalues[1] * across ** 2) / 2;
    close(mse(points, [best.exact[0] + da, best.exact[1] + db]), loss, 1e-9 * loss);
  }
});

test("where all x are the same, a level line through the mean is as good as any", () => {
  const { exact, eigenvalues } = leastSquares({ x: [2, 2, 2], y: [1, 2, 6] });
  assert.deepEqual(exact, [0, 3]);
  assert.ok(eigenvalues[1] >= 0 && eigenvalues[1] < 1e-12);
});

test("descent just below the limit settles, just above it runs away", () => {
  for (const momentum of [0, 0.5, 0.95]) {
    const highest = limit(best.eigenvalues[0], momentum, true);
    close(run({ lr: 0.97 * highest, momentum }, 3000).losses.at(-1), best.floor, 1e-6);
    assert.ok(run({ lr: 1.03 * highest, momentum }, 3000).losses.at(-1) > 1e6);
  }
});

test("without zero_grad it swings for ever up to the limit and runs away above it", () => {
  const highest = limit(best.eigenvalues[0], 0, false);
  const losses = (lr) => run({ lr, zeroGrad: false }, 4000).losses;
  for (const part of [0.05, 0.5, 0.9]) {
    const tail = losses(part * highest).slice(2000);
    assert.ok(Math.max(...tail) < 500);
    assert.ok(Math.max(...tail) > 5);
  }
  assert.ok(losses(1.02 * highest).at(-1) > 1e6);
});

test("without zero_grad and with momentum every learning rate runs away", () => {
  assert.equal(limit(2, 0.5, false), 0);
  for (const momentum of [0.05, 0.5, 0.95]) {
    for (const lr of [0.01, 0.1]) {
      assert.ok(run({ lr, momentum, zeroGrad: false }, 60000).losses.some((loss) => loss > 1e4), `${momentum}, ${lr}`);
    }
  }
});

test("a run ends where the loss is no longer a number", () => {
  const { losses, path } = run({ lr: 10 }, 400);
  assert.ok(losses.length < 400);
  assert.equal(path.length, losses.length);
  assert.ok(losses.every(Number.isFinite));
});

test("an epoch sees each point once, in an order that the seed decides", () => {
  const epoch = batches(100, 16, 14, 7);
  assert.deepEqual(epoch.map((batch) => batch.length), [16, 16, 16, 16, 16, 16, 4, 16, 16, 16, 16, 16, 16, 4]);
  for (const half of [epoch.slice(0, 7), epoch.slice(7)]) {
    assert.deepEqual(half.flat().sort((i, j) => i - j), Array.from({ length: 100 }, (_, i) => i));
  }
  assert.notDeepEqual(epoch.slice(0, 7), epoch.slice(7));
  assert.deepEqual(batches(100, 16, 14, 7), epoch);
  assert.deepEqual(batches(100, 16, 5, 7), epoch.slice(0, 5)); // more steps keep those before
  assert.notDeepEqual(batches(100, 16, 14, 8), epoch);
  assert.deepEqual(batches(100, 100, 2, 7), [null, null]);
});

test("each order is as likely", () => {
  const counts = {};
  for (let seed = 0; seed < 6000; seed++) {
    const order = batches(3, 1, 3, seed).join("");
    counts[order] = (counts[order] ?? 0) + 1;
  }
  assert.equal(Object.keys(counts).length, 6);
  for (const count of Object.values(counts)) assert.ok(Math.abs(count - 1000) < 150, JSON.stringify(counts));
});
