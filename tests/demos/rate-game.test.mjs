import assert from "node:assert/strict";
import { test } from "node:test";

import { bestRun, factorOff, finalError, lossAt, nearestRun, points, reach, readRounds, verdict } from "../../docs/demos/rate-game.js";
import { across, lossPicture, picture, short } from "../../docs/demos/rate-picture.js";
import { minimum, slide, steep, suggest, valley } from "../../docs/demos/suggestions.js";

const near = (a, b) => assert.ok(Math.abs(a - b) <= 1e-9 * Math.abs(b), `${a} is not ${b}`);
const lrs = Array.from({ length: 100 }, (_, i) => 1e-7 * 10 ** (i / 12));
const losses = lrs.map((lr) => 3 - 2 * Math.exp(-((Math.log10(lr) + 2) ** 2)) + lr);
const run = (lr, ...error) => ({ lr, error, train_loss: [3, 2], seeds: 2 });
const runs = [run(1e-1, 0.9), run(1e-5, 0.8, 0.7), run(1e-3, 0.4, 0.3), run(1e-2, 0.5, 0.4)];
const curve = { lr: lrs, loss: losses };
const json = {
  sweep: curve, suggestions: { valley: 1e-3 }, runs, guessing: 2.5,
  archetypes: [{ name: "level", why: "w", good: [1e-4, 1e-2], ...curve }, { name: "nothing", why: "w", good: null, ...curve }],
};

test("the lesson's run comes first, its runs by ascending rate", () => {
  const [own, level, nothing] = readRounds(json);
  assert.deepEqual(own.runs.map(({ lr }) => lr), [1e-5, 1e-3, 1e-2, 1e-1]);
  assert.deepEqual([own.rules, own.guessing, level.name, level.good, nothing.good], [{ valley: 1e-3 }, 2.5, "level", [1e-4, 1e-2], null]);
});

test("a curve is drawn up to the first loss that is no number; the rules leave out the first ten and the last five, too", () => {
  const broken = losses.map((loss, i) => (i > 80 ? null : loss));
  const [, level] = readRounds({ ...json, archetypes: [{ name: "broken", why: "", good: [1, 1], lr: lrs, loss: broken }] });
  assert.equal(level.losses.length, 81);
  assert.deepEqual(level.rules, suggest(lrs.slice(10, 81), losses.slice(10, 81)));
  assert.equal(level.good, null); // a range of no width: no rate
});

test("packed float32 arrays are read as lists are", () => {
  const pack = (values) => ({ dtype: "float32", shape: [values.length], base64: Buffer.from(Float32Array.from(values).buffer).toString("base64") });
  const [own] = readRounds({ ...json, sweep: { lr: pack(lrs), loss: pack([...losses.slice(0, -1), NaN]) } });
  assert.equal(own.losses.length, 99);
  assert.ok(Math.abs(own.losses[50] - losses[50]) < 1e-6);
});

test("data that make no game are refused", () => {
  assert.throws(() => readRounds({ ...json, runs: runs.slice(0, 1) }), /1 runs/);
  assert.throws(() => readRounds({ ...json, sweep: { lr: [1, 2], loss: [1, 2] } }), /2 losses/);
  assert.throws(() => readRounds({ ...json, sweep: { lr: lrs, loss: [1, 2, 3] } }), /100 rates/);
});

test("rates reach as far as the curve, the runs and the good range", () => {
  assert.deepEqual(reach({ lrs: [1e-4, 1], runs: [{ lr: 1e-5 }, { lr: 10 }] }), [1e-5, 10]);
  assert.deepEqual(reach({ lrs: [1e-4, 1], good: [1e-6, 2] }), [1e-6, 2]);
  assert.deepEqual(reach({ lrs: [1e-4, 1], good: null }), [1e-4, 1]);
});

test("the nearest run is nearest as a factor", () => {
  const sorted = readRounds(json)[0].runs;
  assert.deepEqual([1e-9, 9e-5, 1.1e-4, 3.1e-3, 3.2e-3, 5].map((rate) => nearestRun(sorted, rate)), [0, 0, 1, 1, 2, 3]);
});

test("the lowest error has 100 points, the highest none; what broke off is all wrong", () => {
  const sorted = [run(1e-3, 0.5, 0.3), run(1e-2, 0.45), run(1, NaN)];
  assert.deepEqual([0, 1, 2].map((i) => points(sorted, i)), [100, 79, 0]);
  assert.equal(finalError(sorted[2]), 1);
  assert.equal(bestRun(sorted), 0);
  assert.equal(points([run(1, 0.5), run(2, 0.5)], 1), 100);
});

test("a choice is too low, right or too high, by a factor", () => {
  assert.deepEqual([5e-4, 1e-3, 0.02].map((rate) => factorOff([1e-3, 1e-2], rate)), [0.5, 1, 2]);
  const good = [1e-3, 1e-2];
  assert.deepEqual([1e-7, 5e-4, 1e-3, 5e-3, 1e-2, 0.0101, 0.025, 1].map((rate) => verdict(good, rate)), [
    "Too low, 10,000 times", "Too low, 2.0 times", "Right", "Right", "Right", "Too high, a little", "Too high, 2.5 times", "Too high, 100 times",
  ]);
});

test("“no rate is good” is an answer, right where it is so", () => {
  assert.equal(verdict(null, null), "Right");
  assert.match(verdict(null, 1e-3), /^Not so, no rate/);
  assert.match(verdict([1e-3, 1e-2], null), /^Not so, a rate/);
});

test("between two points the loss is even in the logarithm, beyond the ends it is flat", () => {
  const two = { lrs: [1e-4, 1e-2], losses: [3, 1] };
  [[1e-5, 3], [1e-4, 3], [1e-3, 2], [1e-2, 1], [1, 1]].forEach(([rate, loss]) => near(lossAt(two, rate), loss));
});

test("a parabola's rules: a tenth of the lowest point, the steepest point, the middle of the fall", () => {
  const [rates, fall] = [lrs.slice(0, 81), lrs.slice(0, 81).map((_, i) => (i - 60) ** 2)];
  near(minimum(rates, fall), rates[60] / 10);
  near(steep(rates, fall), rates[0]);
  near(valley(rates, fall), rates[-1 + 20 + 10]); // 61 points fall, so it starts one before the first
  assert.equal(slide(rates.slice(0, 15), fall.slice(0, 15)), null);
});

test("rates are short", () => {
  assert.deepEqual([1e-7, 2.67e-3, 0.0999, 0.1, 0.123, 1, 10].map((rate) => short(rate)), ["1e−7", "2.7e−3", "0.1", "0.1", "0.12", "1", "10"]);
  assert.equal(short(0.00316, 3), "3.16e−3");
});

test("on the axis every decade is as wide as the next", () => {
  const x = across(readRounds(json)[0]);
  near(x(1e-3) - x(1e-4), x(1e-5) - x(1e-6));
});

test("suggestions and the good range are drawn only once they may be seen", () => {
  const [own, level] = readRounds(json);
  const state = { rate: 1e-3, tried: [], latest: null, seen: false };
  assert.doesNotMatch(picture(own, state), /valley|dl-run|NaN/);
  assert.equal(picture(own, state).match(/dl-unknown/g).length, 4);
  const after = picture(own, { ...state, tried: [1, 2], latest: 2, seen: true });
  assert.match(after, /valley/);
  assert.deepEqual(["dl-unknown", "dl-run", "dl-latest"].map((name) => after.match(new RegExp(name, "g")).length), [2, 2, 1]);
  assert.doesNotMatch(picture(level, state), /dl-good/);
  assert.match(picture(level, { ...state, seen: true }), /dl-good/);
});

test("a run that broke off is drawn up to there, and says nan", () => {
  assert.match(lossPicture({ train_loss: [3, 4, NaN, NaN] }), /nan/);
  assert.match(lossPicture({ train_loss: [NaN, NaN] }), /nan from the start/);
  assert.doesNotMatch(lossPicture({ train_loss: [3, 2] }), /nan|NaN/);
});
