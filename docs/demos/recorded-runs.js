// Schedules that fastai recorded: read from the lesson's data, and compared with ours.

import { DEFAULTS, fineTune } from "./one-cycle.js";
import { unpack } from "./packed.js";

const WORDS = {
  epochs: "epochs", base_lr: "baseLr", freeze_epochs: "freezeEpochs", lr_mult: "lrMult", pct_start: "pctStart",
  div: "div", div_final: "divFinal", momenta: "momenta",
};

/** Rows of a packed array, or lists of numbers (or of packed rows) as they are. */
function rows(value) {
  if (Array.isArray(value)) return value.map((row) => (typeof row === "number" ? [row] : Array.from(Array.isArray(row) ? row : unpack(row))));
  const flat = Array.from(unpack(value));
  const width = value.shape[1] ?? 1;
  return Array.from({ length: value.shape[0] }, (_, i) => flat.slice(i * width, (i + 1) * width));
}

/**
 * A case of the data: fine_tune's arguments by Python's names (absent: fastai's default), "lrs" [steps][groups],
 * "moms" [steps], maybe "steps_per_epoch" → {chosen, groups, stepsPerEpoch, lrs, moms}. The argument `moms`
 * is "momenta" there.
 */
export function readCase(json, given = {}) {
  const from = { ...json, ...json.arguments };
  const chosen = { ...DEFAULTS };
  for (const [word, key] of Object.entries(WORDS)) if (from[word] !== undefined) chosen[key] = from[word];
  if (!Array.isArray(chosen.momenta)) chosen.momenta = rows(chosen.momenta).flat();
  const lrs = rows(json.lrs);
  const moms = rows(json.moms).flat();
  const epochs = chosen.epochs + chosen.freezeEpochs;
  const stepsPerEpoch = from.steps_per_epoch ?? given.stepsPerEpoch ?? lrs.length / epochs;
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
