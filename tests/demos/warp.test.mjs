import assert from "node:assert/strict";
import { test } from "node:test";

import { CHANNELS, ORDERS, centreSquare, difference, emptyShare, error, stages, warp } from "../../docs/demos/warp.js";

const noise = (n) => Float64Array.from({ length: n }, (_, i) => (i * 2654435761 % 4096) / 4096);
const SQUARE = centreSquare({ width: 40, height: 40, rgb: noise(4800).map((v) => Math.round(v * 255)) });
const near = (a, b) => a.values.every((value, i) => Math.abs(value - b.values[i]) < 1e-12);
const settings = (angle, zoom) => ({ presize: 32, size: 16, angle, zoom });
const last = (...args) => stages(SQUARE, ...args).at(-1);

test("the centre square is cut from the longer side, in 0 … 1, and filled", () => {
  const rgb = Uint8Array.from({ length: 5 * 2 * 3 }, (_, i) => i * 5);
  const { side, values } = centreSquare({ width: 5, height: 2, rgb });
  assert.equal(side, 2);
  assert.deepEqual([...values.slice(0, CHANNELS)], [15 / 255, 20 / 255, 25 / 255, 1]);
  assert.deepEqual([...values.slice(2 * CHANNELS, 2 * CHANNELS + 1)], [90 / 255]);
});

test("without turn, zoom or another size nothing changes", () => {
  assert.ok(near(warp(SQUARE, 40), SQUARE));
});

test("a quarter turn moves pixels and mixes none; four bring the picture back", () => {
  const once = warp(SQUARE, 40, 90);
  assert.ok(!near(once, SQUARE));
  assert.equal(emptyShare(once), 0);
  assert.ok(near(warp(warp(warp(once, 40, 90), 40, 90), 40, 90), SQUARE));
});

test("half the size averages four pixels", () => {
  const half = warp(SQUARE, 20);
  const mean = [0, 1, 40, 41].reduce((sum, pixel) => sum + SQUARE.values[pixel * CHANNELS] / 4, 0);
  assert.ok(Math.abs(half.values[0] - mean) < 1e-12);
});

test("turning by 45 degrees empties about a sixth, and enough zoom nothing", () => {
  assert.ok(Math.abs(emptyShare(warp(SQUARE, 200, 45)) - (3 - 2 * Math.SQRT2)) < 0.01);
  assert.equal(emptyShare(warp(SQUARE, 200, 45, 1.42)), 0);
});

test("turned first or presized, the corners are alike; zoomed first, they stay empty", () => {
  const [naive, cropFirst, presized] = ["naive", "crop-first", "presized"].map((order) => emptyShare(last(order, settings(20, 1.3))));
  assert.ok(Math.abs(naive - presized) < 0.02);
  assert.equal(cropFirst, emptyShare(last("naive", settings(20, 1))));
  assert.ok(cropFirst > naive + 0.05);
});

test("presized, a turn and a zoom cost less than step by step", () => {
  const [reference] = stages(SQUARE, "reference", settings(15, 1.3));
  assert.ok(error(last("presized", settings(15, 1.3)), reference) < 0.8 * error(last("naive", settings(15, 1.3)), reference));
  assert.equal(error(reference, reference), 0);
});

test("every order ends at the final size, with the interpolations that it names", () => {
  assert.deepEqual(Object.keys(ORDERS).map((order) => stages(SQUARE, order, settings(5, 1.1)).length), [3, 3, 2, 1]);
  for (const order of Object.keys(ORDERS)) assert.equal(last(order, settings(5, 1.1)).side, 16);
});

test("pixels that are empty in either picture count for no difference", () => {
  const turned = warp(SQUARE, 40, 45);
  const corner = difference(turned, SQUARE, 4).values.slice(0, CHANNELS);
  assert.deepEqual([...corner], [0, 0, 0, 0]);
  const nothing = { side: 40, values: new Float64Array(40 * 40 * CHANNELS) };
  assert.equal(error(nothing, SQUARE), 0);
  assert.ok(difference(turned, SQUARE, 1000).values.every((value) => value >= 0 && value <= 1));
});
