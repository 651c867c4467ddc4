import assert from "node:assert/strict";
import { test } from "node:test";

import { CANVAS, GRID, decode, encode, example, random, raster, toGrid } from "../../docs/demos/strokes.js";

const scribble = (seed, strokes = 3) => {
  const next = random(seed);
  return Array.from({ length: strokes }, () => Array.from({ length: 1 + Math.floor(next() * 20) },
    () => [Math.floor(next() * GRID), Math.floor(next() * GRID)]));
};

test("a drawing survives the URL exactly", () => {
  for (let seed = 1; seed <= 50; seed++) assert.deepEqual(decode(encode(scribble(seed))), scribble(seed));
  const corners = [[[0, 0], [GRID - 1, GRID - 1]], [[0, GRID - 1]]];
  assert.deepEqual(decode(encode(corners)), corners);
});

test("the text needs no escaping in a URL", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const text = encode(scribble(seed));
    assert.equal(new URLSearchParams({ digit: text }).toString(), `digit=${text}`);
  }
});

test("text that is no drawing is refused, not guessed at", () => {
  for (const text of ["", "A", "AAAA", "AAA.", ".AAA", "AAA..AAA", "AA!", "3*0", "<b>", "A".repeat(9000)]) {
    assert.equal(decode(text), null, text);
  }
});

test("a drawing too long for a URL is left out", () => {
  assert.equal(encode(scribble(1, 200)), "");
  assert.equal(encode([]), "");
});

test("the same seed gives the same wobble, another seed another", () => {
  for (const digit of [3, 7]) {
    assert.deepEqual(example(digit, 4), example(digit, 4));
    const seen = new Set(Array.from({ length: 30 }, (_, seed) => JSON.stringify(example(digit, seed))));
    assert.equal(seen.size, 30);
  }
});

test("examples stay well within the drawing area for every seed", () => {
  for (let seed = 0; seed < 300; seed++) {
    for (const digit of [3, 7]) {
      for (const [x, y] of example(digit, seed).flat()) {
        assert.ok(x > 25 && x < GRID - 25 && y > 25 && y < GRID - 25, `${digit}*${seed}: ${x}, ${y}`);
      }
    }
  }
});

test("random numbers lie in 0..1 and look even", () => {
  const next = random(3);
  const values = Array.from({ length: 10000 }, next);
  assert.ok(values.every((v) => v >= 0 && v < 1));
  assert.ok(Math.abs(values.reduce((a, b) => a + b) / 10000 - 0.5) < 0.02);
});

test("a dot is a disc as wide as the pen, black beyond", () => {
  const pixels = raster([[toGrid([CANVAS / 2, CANVAS / 2])]]);
  assert.equal(pixels[112 * CANVAS + 112], 255);
  assert.equal(pixels[112 * CANVAS + 112 + 14], 0);
  const area = pixels.reduce((a, b) => a + b, 0) / 255;
  assert.ok(Math.abs(area / (Math.PI * 11 ** 2) - 1) < 0.02, `${area}`);
});

test("ink only adds: a second stroke darkens no pixel", () => {
  const [first, second] = [[[100, 100], [400, 120]], [[120, 60], [130, 400]]];
  const [one, both] = [raster([first]), raster([first, second])];
  assert.ok(one.every((v, i) => both[i] >= v));
});

test("points outside the drawing area stop at its edge", () => {
  assert.deepEqual(toGrid([-40, 1000]), [0, GRID - 1]);
});
