// The game's rules: which run is meant, what it scores, whether a chosen rate is a good one.

import { numbers } from "./packed.js";
import { suggest } from "./suggestions.js";

const list = (value) => (Array.isArray(value) ? value : Array.from(numbers(value)));
const last = (values) => values[values.length - 1];
const number = (value) => (value === null || value === undefined ? NaN : value); // JSON has no nan

/** The values before the first that is not finite. */
const whole = (values) => values.slice(0, [...values, NaN].findIndex((value) => !Number.isFinite(value)));

/** A range test: `lrs` and `losses` to draw, `rules` as fastai suggests them from it. */
function readCurve({ lr, loss, suggestions }, name) {
  const [rates, all] = [list(lr), list(loss).map(number)];
  const losses = whole(all);
  if (rates.length !== all.length || losses.length < 3) throw new Error(`${name}: ${rates.length} rates, ${losses.length} losses`);
  const kept = whole(all.slice(10, -5)); // lr_find leaves out the first tenth and the last five
  const rules = suggestions ?? (kept.length > 1 ? suggest(rates.slice(10, 10 + kept.length), kept) : {});
  return { lrs: rates.slice(0, losses.length), losses, rules };
}

/**
 * The data as rounds: first the lesson's own curve with its runs, then the archetypes.
 * @returns {{name, lrs, losses, rules, guessing?, runs?, good?, why?}[]} runs by ascending rate,
 *   error in 0..1; good: [low, high], or null where no rate is good; guessing: loss of a blind guess
 */
export function readRounds({ sweep, suggestions, runs, archetypes, guessing }) {
  const own = readCurve({ ...sweep, suggestions }, "sweep");
  const ran = runs.map((run) => ({ ...run, error: list(run.error).map(number), train_loss: list(run.train_loss).map(number) }))
    .sort((a, b) => a.lr - b.lr);
  if (ran.length < 2 || !ran.every(({ lr, error }) => lr > 0 && error.length)) throw new Error(`${ran.length} runs`);
  return [{ name: "This lesson’s run", guessing, ...own, runs: ran }, ...archetypes.map(({ name, good, why, ...curve }) => (
    { name, why, guessing, good: good && good[1] > good[0] ? good : null, ...readCurve(curve, name) }
  ))];
}

/** Smallest and largest rate that can be chosen in a round. */
export function reach({ lrs, runs = [], good }) {
  const all = [lrs[0], last(lrs), ...runs.map(({ lr }) => lr), ...(good ?? [])];
  return [Math.min(...all), Math.max(...all)];
}

/** Index of the run whose rate is nearest, as a factor. */
export function nearestRun(runs, rate) {
  const far = ({ lr }) => Math.abs(Math.log(lr / rate));
  return runs.reduce((best, run, i) => (far(run) < far(runs[best]) ? i : best), 0);
}

/** Error at the end; a run that broke off counts as all wrong. */
export const finalError = ({ error }) => (Number.isFinite(last(error)) ? last(error) : 1);

/** Index of the run with the lowest error. */
export const bestRun = (runs) => runs.reduce((least, run, i) => (finalError(run) < finalError(runs[least]) ? i : least), 0);

/** 100 for the best run, 0 for the worst, in proportion to the error between. */
export function points(runs, index) {
  const errors = runs.map(finalError);
  const [best, worst] = [Math.min(...errors), Math.max(...errors)];
  return worst > best ? Math.round((100 * (worst - errors[index])) / (worst - best)) : 100;
}

/** How far a rate is from the good range: 1 within, 4 for four times too high, 0.25 for a quarter. */
export const factorOff = ([low, high], rate) => (rate < low ? rate / low : rate > high ? rate / high : 1);

/** The answer to a choice in a round without runs; rate null: "no rate is good". */
export function verdict(good, rate) {
  if (!good || rate === null) return !good === (rate === null) ? "Right" : good ? "Not so, a rate can be chosen" : "Not so, no rate is good here";
  const off = factorOff(good, rate);
  if (off === 1) return "Right";
  const factor = Math.max(off, 1 / off);
  const far = factor < 1.05 ? "a little" : `${factor < 10 ? factor.toFixed(1) : Number(factor.toPrecision(2)).toLocaleString("en")} times`;
  return `Too ${off > 1 ? "high" : "low"}, ${far}`;
}

/** Loss of the curve at a rate, between its points evenly in the logarithm; flat beyond its ends. */
export function lossAt({ lrs, losses }, rate) {
  const i = lrs.findIndex((lr) => lr >= rate);
  if (i <= 0) return i < 0 ? last(losses) : losses[0];
  const share = Math.log(rate / lrs[i - 1]) / Math.log(lrs[i] / lrs[i - 1]);
  return losses[i - 1] + share * (losses[i] - losses[i - 1]);
}
