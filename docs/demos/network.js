// The three ways of lesson 01 to tell a 3 from a 7, on one image x: 784 numbers in 0..1.

import { numbers, unpack } from "./packed.js";

/** Logit → probability of a 3. */
export const sigmoid = (score) => 1 / (1 + Math.exp(-score));

/** Dot product of one row of a matrix with x. */
function dot(weights, x, row = 0) {
  let sum = 0;
  for (let i = 0, start = row * x.length; i < x.length; i++) sum += weights[start + i] * x[i];
  return sum;
}

/** Mean absolute difference of x (0..1) to a mean image (uint8, 0..255). */
function distance(x, mean) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs(x[i] - mean[i] / 255);
  return sum / x.length;
}

/**
 * The lesson's own trained models, from the JSON that its run wrote.
 * Scores are logits: above 0 means 3. For the mean images, which have no logit, the score is
 * how much nearer the mean 3 is than the mean 7: its sign decides in the same way.
 */
export function readModels(json) {
  const [mean3, mean7] = [unpack(json.mean3), unpack(json.mean7)];
  const linear = {
    weight: unpack(json.linear.weight), // [784] int8
    scale: numbers(json.linear.scale)[0],
    bias: numbers(json.linear.bias)[0],
  };
  const mlp = {};
  for (const name of ["w1", "s1", "b1", "w2", "s2", "b2"]) mlp[name] = numbers(json.mlp[name]);

  /** Distances of x to the two mean images. */
  const distances = (x) => ({ to3: distance(x, mean3), to7: distance(x, mean7) });

  /** What each hidden unit, after its ReLU, adds to the score: [30]. With b2 they sum to it. */
  const votes = (x) => Float64Array.from(mlp.b1, (bias, unit) =>
    mlp.s2[0] * mlp.w2[unit] * Math.max(0, mlp.s1[unit] * dot(mlp.w1, x, unit) + bias));

  const score = {
    mean(x) {
      const { to3, to7 } = distances(x);
      return to7 - to3;
    },
    linear: (x) => linear.scale * dot(linear.weight, x) + linear.bias,
    mlp: (x) => votes(x).reduce((sum, vote) => sum + vote, mlp.b2[0]),
  };
  return { mean3, mean7, stencil: linear.weight, distances, votes, score };
}

/** What a score says: 3 or 7. */
export const verdict = (score) => (score > 0 ? 3 : 7);
