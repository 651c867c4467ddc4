// fine_tune's learning rates and momentum, step by step, as fastai 2.8.12 sets them.

/** fastai's own values; `momenta` is Learner's `moms`, `divFinal` and `momenta` go to both phases. */
export const DEFAULTS = {
  epochs: 3, baseLr: 2e-3, freezeEpochs: 1, lrMult: 100, pctStart: 0.3, div: 5,
  divFinal: 1e5, momenta: [0.95, 0.85, 0.95],
};

const FROZEN_PCT = 0.99; // of the frozen phase: fine_tune gives no choice
const FROZEN_DIV = 25; // fit_one_cycle's default, which fine_tune leaves to the frozen phase

/** Half a cosine from `start` to `end`; place in 0..1. */
export const cosine = (start, end, place) => start + ((1 + Math.cos(Math.PI * (1 - place))) * (end - start)) / 2;

/**
 * Half 0 (warming) or 1 (annealing) of the cycle, and the place in it, 0..1. In float32, as in
 * fastai: after pct_start = 0.99 the rounding reaches the momentum's sixth decimal.
 */
export function placeInCycle(fraction, pctStart) {
  const { fround } = Math;
  const borders = [0, fround(pctStart)];
  borders.push(fround(borders[1] + fround(1 - pctStart)));
  const half = fround(fraction) >= borders[1] ? 1 : 0;
  const width = fround(borders[half + 1] - borders[half]);
  return [half, fround(fround(fround(fraction) - borders[half]) / width)];
}

/** From `low` to `high`, reached at `pctStart`, and on to `end`; fraction in 0..1. */
export function oneCycle(fraction, pctStart, [low, high, end]) {
  const [half, place] = placeInCycle(fraction, pctStart);
  return half ? cosine(high, end, place) : cosine(low, high, place);
}

/** slice(stop): a tenth for all groups but the last. */
export const tenths = (stop, groups) => [...Array(groups - 1).fill(stop / 10), stop];

/** slice(start, stop): even factors from the first group to the last. */
export function evenFactors(start, stop, groups) {
  if (groups === 1) return [stop];
  const factor = (stop / start) ** (1 / (groups - 1));
  return Array.from({ length: groups }, (_, i) => start * factor ** i);
}

/** The fractions of a fit at which fastai asks for the rate: it adds up, and starts each epoch afresh. */
export function fractions(epochs, stepsPerEpoch) {
  const all = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let fraction = epoch / epochs;
    for (let step = 0; step < stepsPerEpoch; step++) {
      all.push(fraction);
      fraction += 1 / (stepsPerEpoch * epochs);
    }
  }
  return all;
}

/** One fit_one_cycle. peaks: a rate per group → {lrs: [steps][groups], moms: [steps]}. */
export function fitOneCycle(epochs, stepsPerEpoch, peaks, { pctStart, div, divFinal, momenta }) {
  const places = fractions(epochs, stepsPerEpoch);
  return {
    lrs: places.map((f) => peaks.map((peak) => oneCycle(f, pctStart, [peak / div, peak, peak / divFinal]))),
    moms: places.map((f) => oneCycle(f, pctStart, momenta)),
  };
}

/**
 * All of fine_tune: the frozen phase, then the unfrozen one with half the base rate.
 * @returns rates lrs [steps][groups], moms [steps], how many steps are frozen, each phase's peaks
 */
export function fineTune(chosen, stepsPerEpoch, groups) {
  const { epochs, baseLr, freezeEpochs, lrMult, pctStart, div, divFinal, momenta } = { ...DEFAULTS, ...chosen };
  const half = baseLr / 2;
  const peaks = [tenths(baseLr, groups), evenFactors(half / lrMult, half, groups)];
  const kept = { divFinal, momenta };
  const first = fitOneCycle(freezeEpochs, stepsPerEpoch, peaks[0], { ...kept, pctStart: FROZEN_PCT, div: FROZEN_DIV });
  const second = fitOneCycle(epochs, stepsPerEpoch, peaks[1], { ...kept, pctStart, div });
  return { lrs: [...first.lrs, ...second.lrs], moms: [...first.moms, ...second.moms], frozen: first.moms.length, peaks };
}

/** Python's name of an argument: base_lr of baseLr. */
export const named = (key) => key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

/** The call in Python, defaults left out: `fine_tune(3, base_lr=0.004)`. */
export function call(chosen) {
  const said = Object.keys(DEFAULTS)
    .filter((key) => key !== "epochs" && key !== "momenta" && chosen[key] !== DEFAULTS[key])
    .map((key) => `, ${named(key)}=${python(chosen[key])}`);
  return `fine_tune(${chosen.epochs}${said.join("")})`;
}

/** A number as one writes it in Python: 0.002, 1e-5. */
export const python = (value) => String(value !== 0 && (value < 1e-3 || value >= 1e5) ? value.toExponential() : value).replace("e+", "e");
