import assert from "node:assert/strict";
import { test } from "node:test";

import { VIEW, chart, mapOf, spots } from "../../docs/demos/race-picture.js";
import { BOTTOM, RATES, SURFACES, arrival, contour, gradient, inside, readPlace, route, standing, value } from "../../docs/demos/optimisers.js";

const run = (surface, optimiser, settings) =>
  route(SURFACES[surface], optimiser, { start: SURFACES[surface].start, lr: 0.02, steps: 100, ...settings });

test("the gradient is the slope of the value", () => {
  for (const surface of Object.values(SURFACES)) {
    for (const [x, y] of [[1.3, -0.7], [-2, 0.05], [0.4, 1.6]]) {
      const eps = 1e-5;
      const slopes = [
        (value(surface, [x + eps, y]) - value(surface, [x - eps, y])) / (2 * eps),
        (value(surface, [x, y + eps]) - value(surface, [x, y - eps])) / (2 * eps),
      ];
      gradient(surface, [x, y]).forEach((g, i) => assert.ok(Math.abs(g - slopes[i]) < 1e-6, surface.name));
    }
  }
});

test("the lowest points are where the surfaces say, flat and at the lowest value", () => {
  for (const surface of Object.values(SURFACES)) {
    for (const point of surface.minima) {
      assert.equal(value(surface, point), surface.lowest);
      assert.ok(Math.hypot(...gradient(surface, point)) === 0);
    }
  }
});

test("SGD's step is the gradient times the learning rate", () => {
  const [start, next] = run("ravine", "sgd", { start: [2, 1], lr: 0.1, steps: 1 });
  assert.deepEqual(start, [2, 1]);
  assert.deepEqual(next, [1.8, -1.5]);
});

test("Adam's first step is the learning rate in each direction, however steep", () => {
  const [, next] = run("ravine", "adam", { start: [2, -1], lr: 0.1, steps: 1 });
  assert.ok(Math.abs(next[0] - 1.9) < 1e-8 && Math.abs(next[1] + 0.9) < 1e-8);
});

test("momentum of zero is SGD", () => {
  assert.deepEqual(run("ravine", "momentum", { beta: 0 }), run("ravine", "sgd"));
});

test("SGD on the ravine diverges above a rate of 2/25 and stops being followed", () => {
  assert.equal(run("ravine", "sgd", { lr: 0.06 }).length, 101);
  const points = run("ravine", "sgd", { lr: 0.1 });
  assert.ok(points.length < 101);
  const stand = standing(SURFACES.ravine, points, 100, VIEW);
  assert.equal(stand.state, "diverged");
  assert.equal(stand.since, points.length - 1);
});

test("a path that becomes not a number has diverged", () => {
  const points = run("saddle", "sgd", { start: [0, 2.1], lr: 3 });
  assert.equal(standing(SURFACES.saddle, points, 100, VIEW).state, "diverged");
});

test("who arrives stays at the bottom from then on", () => {
  for (const optimiser of ["sgd", "momentum", "adam"]) {
    const points = run("bowl", optimiser, { lr: 0.1 });
    const since = arrival(SURFACES.bowl, points);
    const heights = points.map((point) => value(SURFACES.bowl, point));
    assert.ok(heights[since - 1] >= BOTTOM, optimiser);
    assert.ok(heights.slice(since).every((height) => height < BOTTOM), optimiser);
    assert.equal(standing(SURFACES.bowl, points, since, VIEW).state, "bottom");
    assert.equal(standing(SURFACES.bowl, points, since - 1, VIEW).state, "going");
  }
});

test("who runs through the bottom and out again has not arrived", () => {
  const points = run("bowl", "momentum", { lr: 0.1 });
  const early = points.findIndex((point) => value(SURFACES.bowl, point) < BOTTOM);
  assert.ok(early < arrival(SURFACES.bowl, points));
  assert.equal(standing(SURFACES.bowl, points, early, VIEW).state, "passing");
});

test("who starts on the saddle's ridge is stuck there", () => {
  const points = run("saddle", "sgd", { start: [-2, 0], lr: 0.1 });
  const stand = standing(SURFACES.saddle, points, 100, VIEW);
  assert.equal(stand.state, "stuck");
  assert.equal(standing(SURFACES.saddle, points, 0, VIEW).state, "start");
});

test("who is outside the picture is said to be", () => {
  const points = run("ravine", "sgd", { start: [-2.5, 2], lr: 0.0805 });
  assert.equal(standing(SURFACES.ravine, points, 11, VIEW).state, "away");
});

test("a contour's points all have its value, and its curves are closed around every hollow", () => {
  for (const surface of Object.values(SURFACES)) {
    for (const level of [0.3, 2]) {
      const curves = contour(surface, level);
      assert.equal(curves.length, 1, surface.name);
      for (const point of curves[0]) assert.ok(Math.abs(value(surface, point) - level) < 1e-6, surface.name);
    }
  }
  assert.equal(contour(SURFACES.saddle, -0.1).length, 2);
  assert.equal(contour(SURFACES.bowl, -1).length, 0);
});

test("rates rise from 0.001 to 3, each typed in two digits at most", () => {
  assert.equal(RATES[0], 0.001);
  assert.equal(RATES.at(-1), 3);
  RATES.slice(1).forEach((rate, i) => assert.ok(rate > RATES[i] && rate / RATES[i] < 1.4));
  assert.ok(RATES.every((rate) => Number(rate.toPrecision(2)) === rate));
});

test("a place from a URL is two numbers, moved into the picture", () => {
  assert.deepEqual(readPlace("-2.5_1", VIEW), [-2.5, 1]);
  assert.deepEqual(readPlace("99_-99", VIEW), [3, -2.1]);
  for (const text of [null, "", "1", "1_2_3", "a_b", "_", "1_Infinity"]) assert.equal(readPlace(text, VIEW), null, text);
  assert.deepEqual(inside([0.123, -0.001], VIEW), [0.12, 0]);
});

test("the pictures have no number that is none, whatever the paths do", () => {
  for (const surface of Object.values(SURFACES)) {
    const paths = ["sgd", "momentum", "adam"].map((name) =>
      [name, route(surface, name, { start: [0, 2.1], lr: 3, steps: 100 })]);
    assert.doesNotMatch(mapOf(surface), /NaN|Infinity|undefined/);
    assert.doesNotMatch(chart(surface, paths, 100), /NaN|Infinity|undefined/);
  }
});

test("dots are left out where they would touch", () => {
  assert.equal(spots([0, 3, 8, 100], [0, 0, 0, 0]), "M0.0 0.0h0M8.0 0.0h0M100.0 0.0h0");
});
