// Turning and enlarging small square pictures: what affine_grid and grid_sample do (bilinear,
// zeros outside, align_corners=False), and the orders in which one can do it.
// A picture here is { side, values: Float64Array [side · side · 4] }: red, green, blue in 0 … 1,
// and how far the pixel is filled: 1 inside the original, 0 outside.

export const CHANNELS = 4;
const FILLED = 3;

/** The centre square of a picture. rgb: bytes [height · width · 3] */
export function centreSquare({ width, height, rgb }) {
  const side = Math.min(width, height);
  const [top, left] = [Math.floor((height - side) / 2), Math.floor((width - side) / 2)];
  const values = new Float64Array(side * side * CHANNELS);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const to = (row * side + column) * CHANNELS;
      const from = ((top + row) * width + left + column) * 3;
      for (let c = 0; c < 3; c++) values[to + c] = rgb[from + c] / 255;
      values[to + FILLED] = 1;
    }
  }
  return { side, values };
}

/** One interpolation: turned by `angle` degrees, enlarged by `zoom` about the middle, at `size`. */
export function warp(picture, size, angle = 0, zoom = 1) {
  const n = picture.side;
  const turn = (angle * Math.PI) / 180;
  const [c, s] = [Math.cos(turn) / zoom, Math.sin(turn) / zoom];
  const values = new Float64Array(size * size * CHANNELS);
  const middle = (i) => (2 * i + 1) / size - 1; // of pixel i, in −1 … 1
  const pixel = (place) => ((place + 1) * n - 1) / 2; // of a place in −1 … 1, in source pixels
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [middle(column), middle(row)];
      const [px, py] = [pixel(c * x - s * y), pixel(s * x + c * y)];
      const [left, top] = [Math.floor(px), Math.floor(py)];
      const to = (row * size + column) * CHANNELS;
      for (const [j, down] of [[top, top + 1 - py], [top + 1, py - top]]) {
        for (const [i, across] of [[left, left + 1 - px], [left + 1, px - left]]) {
          if (i < 0 || j < 0 || i >= n || j >= n) continue; // zeros outside
          const from = (j * n + i) * CHANNELS;
          for (let k = 0; k < CHANNELS; k++) values[to + k] += down * across * picture.values[from + k];
        }
      }
    }
  }
  return { side: size, values };
}

/** What each order does, step by step: [size, angle, zoom] of one interpolation each. */
export const ORDERS = {
  naive: ({ size, angle, zoom }) => [[size, 0, 1], [size, angle, 1], [size, 0, zoom]],
  "crop-first": ({ size, angle, zoom }) => [[size, 0, 1], [size, 0, zoom], [size, angle, 1]],
  presized: ({ presize, size, angle, zoom }) => [[presize, 0, 1], [size, angle, zoom]],
  reference: ({ size, angle, zoom }) => [[size, angle, zoom]],
};

/** The picture after each step of an order. settings: { presize, size, angle, zoom } */
export function stages(square, order, settings) {
  const pictures = [];
  for (const step of ORDERS[order](settings)) pictures.push(warp(pictures.at(-1) ?? square, ...step));
  return pictures;
}

const filled = ({ values }, pixel) => values[pixel * CHANNELS + FILLED] >= 0.5;

/** Share of pixels that are less than half filled. */
export function emptyShare(picture) {
  const pixels = picture.side ** 2;
  let empty = 0;
  for (let pixel = 0; pixel < pixels; pixel++) empty += filled(picture, pixel) ? 0 : 1;
  return empty / pixels;
}

/** Root of the mean squared difference, over the pixels that are filled in both; 0 where none is. */
export function error(picture, reference) {
  let [squares, count] = [0, 0];
  for (let pixel = 0; pixel < picture.side ** 2; pixel++) {
    if (!filled(picture, pixel) || !filled(reference, pixel)) continue;
    for (let k = pixel * CHANNELS; k < pixel * CHANNELS + FILLED; k++) {
      squares += (picture.values[k] - reference.values[k]) ** 2;
      count += 1;
    }
  }
  return count ? Math.sqrt(squares / count) : 0;
}

/** Where the two differ, `times` as strong, as a picture: filled where both are. */
export function difference(picture, reference, times = 1) {
  const values = new Float64Array(picture.values.length);
  for (let pixel = 0; pixel < picture.side ** 2; pixel++) {
    if (!filled(picture, pixel) || !filled(reference, pixel)) continue;
    const at = pixel * CHANNELS;
    for (let k = at; k < at + FILLED; k++) values[k] = Math.min(1, times * Math.abs(picture.values[k] - reference.values[k]));
    values[at + FILLED] = 1;
  }
  return { side: picture.side, values };
}
