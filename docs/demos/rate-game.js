// The game's rules: which run is meant, what it scores, how far from the good range a rate is.

import { numbers } from "./packed.js";
import { suggest } from "./suggestions.js";

const list = (value) => (Array.isArray(value) ? value : Array.from(numbers(value)));
const last = (values) => values[values.length - 1];
const number = (value) => (value === null || value === undefined ? NaN : value); // JSON has no nan

/** Rates and losses up to the first that is not finite. */
function readCurve({ lr, loss }, name) {
  const [lrs, all] = [list(lr), list(loss).map(number)];
  const broken = all.findIndex((value) => !Number.isFinite(value));
  const losses = broken < 0 ? all : all.slice(0, broken);
  if (lrs.length !== all.length || losses.length < 3) throw new Error(`${name}: ${lrs.length} rates, ${losses.length} losses`);
  return { lrs: lrs.slice(0, losses.length), losses };
}

/**
 * The data as rounds: first the lesson's own curve with its runs, then the archetypes.
 * @returns {{name, lrs, losses, rules, runs?, good?, why?}[]} runs by ascending rate, error in 0..1
 */
export function readRounds({ sweep, suggestions, runs, archetypes }) {
  const own = readCurve(sweep, "sweep");
  const ran = runs.map((run) => ({ ...run, error: list(run.error).map(number), train_loss: list(run.train_loss).map(number) }))
    .sort((a, b) => a.lr - b.lr);
  if (ran.length < 2 || !ran.every(({ lr, error }) => lr > 0 && error.length)) throw new Error(`${ran.length} runs`);
  return [{ name: "This lesson’s run", ...own, rules: suggestions, runs: ran }, ...archetypes.map(({ name, good, why, ...curve }) => {
    const read = readCurve(curve, name);
    return { name, good, why, ...read, rules: suggest(read.lrs, read.losses) };
  })];
}

/** Smallest and largest rate that can be chosen in a round. */
export function reach({ lrs, runs = [], good = [] }) {
  const all = [lrs[0], last(lrs), ...runs.map(({ lr }) => lr), ...good];
  return [Math.min(...all), Math.max(...all)];
}

/** Index of the run whose rate is nearest, as a factor. */
export function nearestRun(runs, rate) {
  const far = ({ lr }) => Math.abs(Math.log(lr / rate));
  return runs.reduce((best, run, i) => (far(run) < far(runs[best]) ? i : best), 0);
}

/** Error at the end; a run that broke off counts as all wrong. */
export const finalError = ({ error }) => (Number.isFinite(last(error)) ? last(error) : 1);

/** 100 for the best run, 0 for the worst, in proportion to the error between. */
export function points(runs, index) {
  const errors = runs.map(finalError);
  const [best, worst] = [Math.min(...errors), Math.max(...errors)];
  return worst > best ? Math.round((100 * (worst - errors[index])) / (worst - best)) : 100;
}

/** How far a rate is from the good range: 1 within, 4 for four times too high, 0.25 for a quarter. */
export const factorOff = ([low, high], rate) => (rate < low ? rate / low : rate > high ? rate / high : 1);

/** Loss of the curve at a rate, between its points evenly in the logarithm; flat beyond its ends. */
export function lossAt({ lrs, losses }, rate) {
  const i = lrs.findIndex((lr) => lr >= rate);
  if (i <= 0) return i < 0 ? last(losses) : losses[0];
  const share = Math.log(rate / lrs[i - 1]) / Math.log(lrs[i] / lrs[i - 1]);
  return losses[i - 1] + share * (losses[i] - losses[i - 1]);
}
