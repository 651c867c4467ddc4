import assert from "node:assert/strict";
import { test } from "node:test";

import { levels, readRange } from "../../docs/demos/sweep.js";

test("levels are counted", () => {
  assert.equal(levels(Int32Array.of(1966, 1966, 1966)), 1);
  assert.equal(levels([1, 2, 1, 3]), 3);
});

test("arrays of different lengths are refused", () => {
  const pack = (array, dtype) => ({ dtype, shape: [array.length], base64: Buffer.from(array.buffer).toString("base64") });
  const json = {
    weight: pack(Float32Array.of(0, 1), "float32"),
    accuracy: pack(Int32Array.of(5, 6), "int32"),
    loss: pack(Float32Array.of(0.5), "float32"),
  };
  assert.throws(() => readRange(json), /2 weights, 2 accuracies, 1 losses/);
});
