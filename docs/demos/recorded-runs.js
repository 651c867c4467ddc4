// Schedules that fastai recorded: read from the lesson's data, and compared with ours.

import { DEFAULTS, fineTune, named } from "./one-cycle.js";
import { unpack } from "./packed.js";

/** Rows of a packed array; lists as they are. */
function rows(value) {
  if (Array.isArray(value)) return value;
  const [flat, [n, width]] = [Array.from(unpack(value)), value.shape];
  return width ? Array.from({ length: n }, (_, i) => flat.slice(i * width, (i + 1) * width)) : flat;
}

/**
 * A case of the data: fine_tune's arguments by Python's names (absent: the default; the argument `moms` is
 * "momenta"), "lrs" [steps][groups], "moms" [steps]. steps: per epoch, where the case does not say.
 */
export function readCase(json, steps) {
  const chosen = Object.fromEntries(Object.entries(DEFAULTS).map(([key, usual]) => [key, json[named(key)] ?? usual]));
  const [lrs, moms] = [rows(json.lrs), rows(json.moms)];
  const epochs = chosen.epochs + chosen.freezeEpochs;
  const stepsPerEpoch = json.steps_per_epoch ?? steps;
  if (lrs.length !== moms.length || lrs.length !== stepsPerEpoch * epochs) {
    throw new Error(`${lrs.length} rates and ${moms.length} momenta for ${epochs} epochs of ${stepsPerEpoch} steps`);
  }
  return { chosen, groups: lrs[0].length, stepsPerEpoch, lrs, moms };
}

/** Largest difference between a recorded case and what we compute: rates, momentum. */
export function difference({ chosen, groups, stepsPerEpoch, lrs, moms }) {
  const ours = fineTune(chosen, stepsPerEpoch, groups);
  let [rate, momentum] = [0, 0];
  lrs.forEach((row, step) => {
    row.forEach((lr, group) => { rate = Math.max(rate, Math.abs(lr - ours.lrs[step][group])); });
    momentum = Math.max(momentum, Math.abs(moms[step] - ours.moms[step]));
  });
  return { rate, momentum };
}
