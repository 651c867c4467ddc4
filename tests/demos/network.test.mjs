import assert from "node:assert/strict";
import { test } from "node:test";

import { readModels, sigmoid, verdict } from "../../docs/demos/network.js";

const pack = (array) => ({
  dtype: array.constructor.name.replace("Array", "").toLowerCase(),
  shape: [array.length],
  base64: Buffer.from(array.buffer).toString("base64"),
});

/** Models in which only pixel 0 counts: score 2·x₀ − 1; hidden unit 0 passes x₀, unit 1 passes −x₀. */
function handMade() {
  const first = new Int8Array(784);
  first[0] = 4;
  const w1 = new Int8Array(30 * 784);
  w1[0] = 10;
  w1[784] = -10;
  const w2 = new Int8Array(30);
  w2.set([3, 5]);
  return readModels({
    mean3: pack(new Uint8Array(784).fill(255)),
    mean7: pack(new Uint8Array(784)),
    linear: { weight: pack(first), scale: pack(Float32Array.of(0.5)), bias: pack(Float32Array.of(-1)) },
    mlp: {
      w1: pack(w1), s1: pack(new Float32Array(30).fill(0.1)), b1: pack(new Float32Array(30)),
      w2: pack(w2), s2: pack(Float32Array.of(0.5)), b2: pack(Float32Array.of(-1)),
    },
  });
}

test("the linear score is scale × (w · x) + bias", () => {
  const x = new Float32Array(784);
  assert.equal(handMade().score.linear(x), -1);
  x[0] = 1;
  assert.equal(handMade().score.linear(x), 1);
});

test("the ReLU silences a negative unit, and the votes sum to the score", () => {
  const x = new Float32Array(784);
  x[0] = 1;
  const models = handMade();
  const votes = models.votes(x);
  assert.ok(Math.abs(votes[0] - 1.5) < 1e-6); // 0.5 · 3 · relu(1)
  assert.equal(Math.abs(votes[1]), 0); // relu(−1)
  assert.ok(Math.abs(models.score.mlp(x) - 0.5) < 1e-6);
});

test("distances are mean absolute differences and the nearer mean decides", () => {
  const models = handMade();
  const x = new Float32Array(784).fill(0.75);
  assert.deepEqual(models.distances(x), { to3: 0.25, to7: 0.75 });
  assert.equal(verdict(models.score.mean(x)), 3);
  assert.equal(verdict(models.score.mean(new Float32Array(784).fill(0.25))), 7);
});

test("probabilities of opposite scores sum to one, far out too", () => {
  for (const score of [0, 0.1, 3, 40, 800]) {
    assert.ok(Math.abs(sigmoid(score) + sigmoid(-score) - 1) < 1e-12);
  }
  assert.equal(sigmoid(0), 0.5);
});
