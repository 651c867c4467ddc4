// One weight moved through a range: how many images are right, and the loss, at each value.

import { unpack } from "./packed.js";

/**
 * A swept range: three equally long arrays, weights ascending.
 * @returns {{weight: Float32Array, accuracy: Int32Array, loss: Float32Array}}
 */
export function readRange(json) {
  const range = {};
  for (const name of ["weight", "accuracy", "loss"]) range[name] = unpack(json[name]);
  const { weight, accuracy, loss } = range;
  if (accuracy.length !== weight.length || loss.length !== weight.length) {
    throw new Error(`${weight.length} weights, ${accuracy.length} accuracies, ${loss.length} losses`);
  }
  return range;
}

/** How many different values an array holds. */
export const levels = (values) => new Set(values).size;
