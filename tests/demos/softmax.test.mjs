import assert from "node:assert/strict";
import { test } from "node:test";

import { cell, crossEntropy, float32, floorOfTwice, readLogits, softmax, trouble } from "../../docs/demos/softmax.js";

const close = (a, b, by = 1e-12) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const LOGITS = [2, -1, 0.5];

test("shares are positive and add up to 1", () => {
  const { p } = softmax(LOGITS);
  assert.ok(p.every((share) => share > 0));
  close(p.reduce((a, b) => a + b), 1);
});

test("equal logits give the loss ln k", () => {
  for (const k of [2, 5, 37]) close(crossEntropy(Array(k).fill(3), 0).loss, Math.log(k));
});

test("the gradient is p − y, and its entries add up to 0", () => {
  const { last, gradient } = crossEntropy(LOGITS, 1);
  assert.deepEqual(gradient, [last.p[0], last.p[1] - 1, last.p[2]]);
  close(gradient.reduce((a, b) => a + b), 0);
});

test("the gradient is the slope of the loss, however the loss is made", () => {
  for (const settings of [{}, { twice: true }, { temperature: 0.5 }, { twice: true, temperature: 3 }, { naive: true }, { naive: true, twice: true }]) {
    const { gradient } = crossEntropy(LOGITS, 1, settings);
    LOGITS.forEach((_, i) => {
      const at = (by) => crossEntropy(LOGITS.map((z, j) => (i === j ? z + by : z)), 1, settings).loss;
      close((at(1e-5) - at(-1e-5)) / 2e-5, gradient[i], 1e-8);
    });
  }
});

test("a number added to every logit changes nothing, safely computed", () => {
  const { last, loss } = crossEntropy(LOGITS, 1);
  const moved = crossEntropy(LOGITS, 1, { add: 128 });
  assert.deepEqual(moved.last.p, last.p);
  assert.equal(moved.loss, loss);
});

test("applied twice, no logits bring the loss below its floor", () => {
  const least = floorOfTwice(5);
  close(crossEntropy([60, 0, 0, 0, 0], 0, { twice: true }).loss, least, 1e-12);
  assert.ok(crossEntropy([9, 0, 0, 0, 0], 0, { twice: true }).loss > least);
  close(floorOfTwice(37), 2.656, 5e-4);
});

test("trouble has a name", () => {
  const naive = (logits, add = 0) => trouble(crossEntropy(logits, 1, { naive: true, add, round: float32 }));
  assert.equal(naive(LOGITS), null);
  assert.equal(naive(LOGITS, 100), "overflow");
  assert.equal(naive(LOGITS, -150), "nothing left");
  assert.equal(naive([60, -60, 0]), "underflow");
  assert.equal(trouble(crossEntropy(LOGITS, 1, { add: 100, round: float32 })), null);
});

test("log p is known where p is 0 already", () => {
  const { last, loss } = crossEntropy([100, -100, 0], 1, { round: float32 });
  assert.equal(last.p[1], 0);
  assert.equal(loss, 200);
});

test("numbers fit their cells", () => {
  assert.deepEqual([0, 0.5, -1.2345, 123.456, 1e-9, 4.2e12, -3e-8, NaN, Infinity, -Infinity].map((value) => cell(value)),
    ["0.000", "0.500", "−1.234", "123.5", "1.0·10⁻⁹", "4.2·10¹²", "−3.0·10⁻⁸", "nan", "inf", "−inf"]);
});

test("logits from a URL are as many as wanted and within the sliders, or none", () => {
  assert.deepEqual(readLogits("1_-2.5_0", 3, 10), [1, -2.5, 0]);
  for (const text of [null, "", "1_2", "1_x_2", "1_2_", "1_2_11"]) assert.equal(readLogits(text, 3, 10), null, text);
});
