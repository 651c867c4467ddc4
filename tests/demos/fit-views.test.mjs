import assert from "node:assert/strict";
import { test } from "node:test";

import { batches, descend, leastSquares, limit } from "../../docs/demos/descent.js";
import { curveView, dataView, formula, placeOf, short, summary, surfaceMap, surfaceView } from "../../docs/demos/fit-views.js";
import { Points } from "../../docs/demos/points.js";

const x = Array.from({ length: 20 }, (_, i) => i / 9.5 - 1);
const given = () => new Points(x, x.map((value, i) => 3 * value + 2 + 0.3 * (-1) ** i));

/** The lab's state after a run. */
function state(settings = {}, points = given()) {
  const all = { lr: 0.1, batch: 0, momentum: 0, zero: 1, seed: 1, steps: 20, ...settings };
  const best = leastSquares(points);
  const start = [-1, 0];
  const order = batches(points.x.length, all.batch || points.x.length, all.steps, all.seed);
  const run = descend(points, { ...all, start, zeroGrad: all.zero }, order);
  const highest = limit(best.eigenvalues[0], all.momentum, all.zero);
  return { points, best, run, order, highest, settings: all, map: surfaceMap(start, best.exact), chosen: null };
}

test("numbers are short, with a true minus sign", () => {
  assert.equal(short(0.0596789), "0.0597");
  assert.equal(short(-12345), "−12300");
  assert.equal(short(123456789), "1.23e8");
  assert.equal(formula([-1, -0.5]), "−1 x − 0.5");
});

test("the words say what a run does", () => {
  const says = (settings, text) => assert.match(summary(state(settings)), text);
  says({ steps: 0 }, /^Step 0: loss 9\.\d+, floor 0\.\d+\. Press Play or Step\.$/);
  says({}, /^Step 20: .* Not yet at the floor\.$/);
  says({ steps: 200 }, /as good as the best one/);
  says({ lr: 1.05, steps: 1 }, /It cannot settle: the learning rate 1\.05 is above the limit 1\./);
  says({ lr: 1.1, steps: 60 }, /Diverging: the learning rate 1\.1 is above the limit 1\./);
  says({ zero: 0 }, /It swings and does not settle/);
  says({ zero: 0, momentum: 0.9, steps: 60 }, /Diverging: without zero_grad, momentum makes every/);
  says({ batch: 4, lr: 0.3, steps: 60 }, /It hovers near the floor: each step sees 4 of 20 points/);
  says({ batch: 1, lr: 0.95, steps: 400 }, /Diverging: a batch can be steeper/);
});

test("views hold no undefined and no NaN, whatever the run", () => {
  const flat = given();
  x.forEach((_, i) => flat.move(i, [0.5, i / 20]));
  for (const one of [state(), state({ steps: 0 }), state({ lr: 10, steps: 400 }), state({ batch: 4, steps: 9 }),
    state({ zero: 0, momentum: 0.95, lr: 5, steps: 300 }), { ...state(), chosen: 3 }, state({}, flat)]) {
    for (const view of [dataView, surfaceView, curveView]) assert.doesNotMatch(view(one), /NaN|undefined|Infinity|null/);
  }
});

test("the batch of the last step is shown on top of the points", () => {
  assert.equal(dataView(state({ batch: 4, steps: 9 })).match(/dl-now/g).length, 4);
  assert.doesNotMatch(dataView(state()), /dl-now/);
  assert.doesNotMatch(dataView(state({ batch: 4, steps: 0 })), /dl-now/);
});

test("a path that leaves the map says so", () => {
  assert.match(surfaceView(state({ lr: 1.1, steps: 60 })), /has left this map/);
  assert.doesNotMatch(surfaceView(state()), /has left this map/);
});

test("a ring's edge has the ring's loss", () => {
  const { points, best, map } = state();
  const [, rx, ry] = /<ellipse rx="([\d.]+)" ry="([\d.]+)"/.exec(surfaceView(state())).map(Number); // loss 100
  for (const [radius, angle] of [[rx, best.angle], [ry, best.angle + Math.PI / 2]]) {
    const [a, b] = [Math.cos(angle), Math.sin(angle)].map((part, k) => best.exact[k] + (part * radius) / map.unit);
    const loss = points.x.reduce((sum, value, i) => sum + (a * value + b - points.y[i]) ** 2, 0) / points.x.length;
    assert.ok(Math.abs(loss - 100) < 0.05, `${loss}`);
  }
});

test("moved points survive the URL exactly, also where they were moved beyond the window", () => {
  const points = given();
  points.move(3, [0.1234, 0.9]);
  points.move(19, [2, -1]);
  const again = given();
  again.decode(points.encode());
  assert.deepEqual([again.x, again.y], [points.x, points.y]);
  assert.equal(points.encode().length, 12);
  assert.equal(points.x[19], points.window[0][1]);
  assert.ok(placeOf(points, 19)[1] > 171);
  points.restore();
  assert.equal(points.encode(), "");
  assert.deepEqual([points.x, points.y], [given().x, given().y]);
});

test("text that is no points moves none", () => {
  for (const text of ["", "<b>", "0a", "zz0000", "0A1234", "03aaaa-"]) {
    const points = given();
    points.decode(text);
    assert.deepEqual([points.x, points.y, points.encode()], [given().x, given().y, ""], text);
  }
});
