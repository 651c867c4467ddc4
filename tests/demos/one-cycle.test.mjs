import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, call, evenFactors, fineTune, fractions, oneCycle, python, tenths } from "../../docs/demos/one-cycle.js";
import { difference, readCase } from "../../docs/demos/recorded-runs.js";
import { short, stepAt } from "../../docs/demos/schedule-picture.js";

const near = (a, b, within = 1e-9) => assert.ok(Math.abs(a - b) <= within * Math.abs(b), `${a} is not ${b}`);

test("a cycle starts low, peaks at pct_start and ends at the end", () => {
  const heights = [1, 5, 0.1];
  assert.equal(oneCycle(0, 0.3, heights), 1);
  near(oneCycle(0.15, 0.3, heights), 3, 1e-6);
  near(oneCycle(0.3, 0.3, heights), 5);
  near(oneCycle(1, 0.3, heights), 0.1, 1e-6);
});

test("a cycle without a warm-up starts at its peak, one without an end stays below it", () => {
  assert.equal(oneCycle(0, 0, [1, 5, 0.1]), 5);
  assert.ok(oneCycle(0.999, 1, [1, 5, 0.1]) < 5);
});

test("slice(stop) gives a tenth to the body, slice(start, stop) even factors", () => {
  assert.deepEqual(tenths(1e-3, 3), [1e-4, 1e-4, 1e-3]);
  assert.deepEqual(tenths(1e-3, 1), [1e-3]);
  evenFactors(1e-5, 1e-3, 3).forEach((rate, i) => near(rate, [1e-5, 1e-4, 1e-3][i]));
  assert.deepEqual(evenFactors(1e-5, 1e-3, 1), [1e-3]);
});

test("fractions start each epoch afresh", () => {
  assert.deepEqual(fractions(2, 2), [0, 0.25, 0.5, 0.75]);
  assert.equal(fractions(3, 7)[7], 1 / 3);
  assert.deepEqual(fractions(0, 5), []);
});

test("fine_tune(3) has the numbers of the lesson", () => {
  const { lrs, moms, frozen, peaks } = fineTune(DEFAULTS, 100, 3);
  assert.equal(frozen, 100);
  assert.equal(lrs.length, 400);
  near(lrs[0][2], 8e-5);
  near(lrs[99][2], 2e-3, 1e-6);
  peaks[1].forEach((rate, g) => near(rate, [1e-5, 1e-4, 1e-3][g]));
  lrs[100].forEach((rate, g) => near(rate, peaks[1][g] / 5));
  assert.equal(moms[0], 0.95);
  near(Math.min(...moms), 0.85, 1e-6);
});

test("two frozen epochs of a hundred steps show the cliff", () => {
  const head = fineTune({ ...DEFAULTS, freezeEpochs: 2 }, 100, 3).lrs.map((row) => row[2]);
  near(head[198], 2e-3);
  assert.ok(head[199] < 1.1e-3);
});

test("a call is written as in Python, without what is usual", () => {
  assert.equal(call(DEFAULTS), "fine_tune(3)");
  assert.equal(call({ ...DEFAULTS, epochs: 1, baseLr: 1e-5, freezeEpochs: 0 }), "fine_tune(1, base_lr=1e-5, freeze_epochs=0)");
  assert.deepEqual([0, 0.002, 1e-5, 5, 100, 1e5, 1.5e-4].map(python), ["0", "0.002", "1e-5", "5", "100", "1e5", "1.5e-4"]);
});

test("numbers are short, and a place on the picture is a step", () => {
  assert.deepEqual([0, 0.002, 0.00015, 1].map((v) => short(v)), ["0", "2e−3", "1.5e−4", "1e0"]);
  assert.equal(stepAt(-5, 80), 0);
  assert.equal(stepAt(999, 80), 79);
  assert.equal(stepAt(200, 1), 0);
});

test("a recorded run is compared with its own arguments", () => {
  const { lrs, moms } = fineTune({ ...DEFAULTS, epochs: 2, lrMult: 10 }, 4, 2);
  const json = { epochs: 2, lr_mult: 10, lrs, moms };
  assert.deepEqual(difference(readCase(json, 4)), { rate: 0, momentum: 0 });
  assert.ok(difference(readCase({ ...json, lr_mult: 20 }, 4)).rate > 1e-5);
  assert.equal(readCase({ ...json, steps_per_epoch: 4 }, 9).stepsPerEpoch, 4);
});

test("a record of another length is refused", () => {
  const { lrs, moms } = fineTune(DEFAULTS, 4, 2);
  assert.throws(() => readCase({ epochs: 2, lrs, moms }, 4), /16 rates and 16 momenta for 3 epochs of 4 steps/);
});
