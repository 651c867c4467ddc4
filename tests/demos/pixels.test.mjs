import assert from "node:assert/strict";
import { test } from "node:test";

import { SIDE, boundingBox, centreOfMass, firstFlip, prepare, shift } from "../../docs/demos/pixels.js";
import { CANVAS, GRID, example, random, raster } from "../../docs/demos/strokes.js";

/** Digits of all seeds, and scribbles that fit no digit. */
function* drawings() {
  for (let seed = 0; seed < 8; seed++) {
    for (const digit of [3, 7]) yield raster(example(digit, seed));
    const next = random(1000 + seed);
    yield raster([Array.from({ length: 6 }, () => [0, 1].map(() => (0.2 + 0.6 * next()) * GRID))]);
  }
}
const sum = (values) => values.reduce((a, b) => a + b, 0);

test("nothing drawn is null, whatever the size", () => {
  assert.equal(prepare(new Uint8Array(CANVAS * CANVAS), CANVAS, CANVAS), null);
  assert.equal(prepare(new Uint8Array(6), 3, 2), null);
});

test("the centre of mass lands in the middle of pixel 14, as in MNIST", () => {
  for (const pixels of drawings()) {
    const [x, y] = centreOfMass(prepare(pixels, CANVAS, CANVAS), SIDE, SIDE);
    assert.ok(Math.hypot(x - 14.5, y - 14.5) < 0.02, `${x}, ${y}`);
  }
});

test("the longer side becomes 20 pixels, and one more where an edge falls within a pixel", () => {
  for (const pixels of drawings()) {
    const image = prepare(pixels, CANVAS, CANVAS);
    const box = boundingBox(image, SIDE, SIDE, 1e-6);
    const longer = Math.max(box.width, box.height);
    assert.ok(longer >= 20 && longer <= 21, `${longer}`);
  }
});

test("every value is within 0 and 1, and a filled stroke stays bright", () => {
  for (const pixels of drawings()) {
    const image = prepare(pixels, CANVAS, CANVAS);
    assert.ok(image.every((v) => v >= 0 && v <= 1 + 1e-6));
    assert.ok(Math.max(...image) > 0.95);
  }
});

test("averaging keeps the ink: area times scale squared", () => {
  const pixels = new Uint8Array(100 * 60);
  for (let y = 5; y < 55; y++) for (let x = 10; x < 50; x++) pixels[y * 100 + x] = 255;
  // 40 × 50 pixels, longer side to 20: 16 × 20
  assert.ok(Math.abs(sum(prepare(pixels, 100, 60)) - 16 * 20) < 0.01);
});

test("where in the drawing area a digit stands changes nothing", () => {
  const [stroke] = example(3, 5);
  const moved = (dx, dy) => prepare(raster([stroke.map(([x, y]) => [x + dx, y + dy])]), CANVAS, CANVAS);
  const [here, there] = [moved(0, 0), moved(48, -16)]; // whole pixels: 21 and −7
  assert.ok(here.every((v, i) => Math.abs(v - there[i]) < 1e-4));
});

test("a single dot and one bright pixel are drawings too", () => {
  const dot = new Uint8Array(9);
  dot[4] = 255;
  const image = prepare(dot, 3, 3);
  assert.ok(Math.abs(sum(image) - 400) < 0.01);
  assert.ok(prepare(raster([[[256, 256]]]), CANVAS, CANVAS));
});

test("a shift there and back restores what did not leave the frame", () => {
  const image = prepare(raster(example(7, 2)), CANVAS, CANVAS);
  for (const [right, down] of [[2, 0], [-2, 0], [0, -3], [1, -2], [0, 0]]) {
    assert.deepEqual(shift(shift(image, right, down), -right, -down), image);
  }
  assert.equal(shift(image, 2, 1)[14 * SIDE + 14], image[13 * SIDE + 12]);
  assert.equal(sum(shift(image, 28, 0)), 0);
});

test("the first flip is the nearest move that changes the sign", () => {
  const image = new Float32Array(SIDE * SIDE);
  image[14 * SIDE + 14] = 1;
  const leftOf = (limit) => (x) => (x.some((v, i) => v && i % SIDE < limit) ? -1 : 1);
  assert.deepEqual(firstFlip(image, leftOf(12)), { pixels: 3, way: "left" });
  assert.equal(firstFlip(image, leftOf(12), 2), null);
  assert.equal(firstFlip(image, () => 1), null);
});
