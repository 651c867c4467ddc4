// A drawing is a list of strokes, a stroke a list of points [x, y] on a grid of GRID half pixels:
// small enough for a URL, exact enough that a restored drawing scores the same.

export const CANVAS = 224; // pixels of the drawing area, both ways
export const GRID = 512; // steps of a coordinate: 9 bits, three URL characters a point
const PEN = 11; // radius in canvas pixels: about 3 pixels wide once the digit is 20 high
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LONGEST = 3000; // characters that a URL should not exceed

const snap = (value) => Math.min(GRID - 1, Math.max(0, Math.round(value)));

/** Canvas pixels → grid. */
export const toGrid = ([x, y]) => [snap((x / CANVAS) * GRID), snap((y / CANVAS) * GRID)];

/** Strokes as URL-safe text, strokes parted by dots; "" when it would be too long. */
export function encode(strokes) {
  const text = strokes.map((stroke) => stroke.map(([x, y]) => {
    const bits = x * GRID + y;
    return ALPHABET[bits >> 12] + ALPHABET[(bits >> 6) & 63] + ALPHABET[bits & 63];
  }).join("")).join(".");
  return text.length > LONGEST ? "" : text;
}

/** The strokes that `encode` wrote, or null when the text is not of its making. */
export function decode(text) {
  if (!/^[\w-]{3}[\w.-]*$/.test(text) || text.length > LONGEST) return null;
  const strokes = text.split(".").map((part) => {
    const points = [];
    for (let i = 0; i + 2 < part.length; i += 3) {
      const bits = [0, 1, 2].reduce((sum, k) => sum * 64 + ALPHABET.indexOf(part[i + k]), 0);
      points.push([Math.floor(bits / GRID), bits % GRID]);
    }
    return points;
  });
  return strokes.every((stroke) => stroke.length) && encode(strokes) === text ? strokes : null;
}

/** Paints one segment with round ends, edges antialiased. pixels: [CANVAS²] uint8, changed in place. */
export function paint(pixels, from, to) {
  const toPixels = ([x, y]) => [(x / GRID) * CANVAS, (y / GRID) * CANVAS];
  const [[ax, ay], [bx, by]] = [toPixels(from), toPixels(to)];
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const range = (a, b) => [
    Math.max(0, Math.floor(Math.min(a, b) - PEN - 1)),
    Math.min(CANVAS - 1, Math.ceil(Math.max(a, b) + PEN + 1)),
  ];
  const [[left, right], [top, bottom]] = [range(ax, bx), range(ay, by)];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = lengthSquared ? Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared)) : 0;
      const away = Math.hypot(px - along * dx, py - along * dy);
      const ink = 255 * Math.min(1, Math.max(0, PEN + 0.5 - away));
      const i = y * CANVAS + x;
      if (ink > pixels[i]) pixels[i] = ink;
    }
  }
}

/** All strokes on black. → [CANVAS²] uint8 */
export function raster(strokes) {
  const pixels = new Uint8Array(CANVAS * CANVAS);
  for (const stroke of strokes) {
    stroke.forEach((point, i) => paint(pixels, stroke[Math.max(0, i - 1)], point));
  }
  return pixels;
}

/** Numbers in 0..1 from a seed; the same seed gives the same numbers (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Our own digits, in hundredths of the drawing area.
const DIGITS = {
  3: [[31, 27], [40, 19], [53, 17], [65, 23], [67, 35], [59, 45], [46, 49],
    [60, 52], [69, 62], [67, 74], [57, 83], [43, 84], [31, 77]],
  7: [[29, 22], [43, 21], [57, 21], [70, 22], [64, 37], [57, 53], [50, 69], [45, 84]],
};

/** A smooth curve through points (Catmull-Rom), `steps` to each part. */
function smooth(points, steps = 4) {
  const curve = [points[0]];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p, q, r, s] = [points[Math.max(0, i - 1)], points[i], points[i + 1],
      points[Math.min(points.length - 1, i + 2)]];
    for (let k = 1; k <= steps; k++) {
      const t = k / steps;
      curve.push([0, 1].map((axis) => 0.5 * (2 * q[axis] + t * (r[axis] - p[axis])
        + t ** 2 * (2 * p[axis] - 5 * q[axis] + 4 * r[axis] - s[axis])
        + t ** 3 * (3 * q[axis] - p[axis] - 3 * r[axis] + s[axis]))));
    }
  }
  return curve;
}

/** One stroke of a 3 or a 7: slanted, stretched and wobbled by the seed; seed 0 is the plain one. */
export function example(digit, seed = 0) {
  const next = random(seed);
  const some = (width) => (seed ? (next() - 0.5) * 2 * width : 0);
  const [slant, wide, high] = [some(0.25), 1 + some(0.15), 1 + some(0.08)];
  const points = DIGITS[digit].map(([x, y]) => {
    const [u, v] = [x - 50 + some(2), y - 50 + some(2)];
    return [50 + u * wide - v * slant, 50 + v * high];
  });
  return [smooth(points).map(([x, y]) => [snap((x / 100) * GRID), snap((y / 100) * GRID)])];
}
