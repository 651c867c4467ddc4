// From a drawing of any size to what MNIST holds, on plain arrays (no canvas: node tests it).

export const SIDE = 28;
const BOX = 20; // MNIST scales a digit's longer side to 20 pixels …
const CENTRE = 14.5; // … and puts its centre of mass into the middle of pixel 14 (measured on the set)

/** Smallest rectangle with all pixels that are more than `floor` bright, or null. */
export function boundingBox(pixels, width, height, floor = 25) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] <= floor) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Centre of mass [x, y], measured from the image's corner: the middle of pixel 0 is at 0.5. */
export function centreOfMass(pixels, width, height) {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    mass += pixels[i];
    x += pixels[i] * ((i % width) + 0.5);
    y += pixels[i] * (Math.floor(i / width) + 0.5);
  }
  return [x / mass, y / mass];
}

/**
 * How much of each target cell each source cell fills, along one axis.
 * Returns for every target cell [first source cell, shares…]; shares are in target cells.
 */
function overlaps(sourceCount, targetCount, scale, offset) {
  const rows = [];
  for (let t = 0; t < targetCount; t++) {
    const from = Math.max(0, (t - offset) / scale);
    const to = Math.min(sourceCount, (t + 1 - offset) / scale);
    const first = Math.floor(from);
    const shares = [];
    for (let s = first; s < to; s++) {
      shares.push((Math.min(s + 1, to) - Math.max(s, from)) * scale);
    }
    rows.push([first, shares]);
  }
  return rows;
}

/** Area average of a grey image into SIDE × SIDE: target = source · scale + offset. */
function resample(pixels, width, height, scale, [offsetX, offsetY]) {
  const columns = overlaps(width, SIDE, scale, offsetX);
  const rows = overlaps(height, SIDE, scale, offsetY);
  const out = new Float32Array(SIDE * SIDE);
  rows.forEach(([firstRow, rowShares], y) => columns.forEach(([firstColumn, columnShares], x) => {
    let sum = 0;
    rowShares.forEach((rowShare, i) => {
      const start = (firstRow + i) * width + firstColumn;
      columnShares.forEach((share, j) => { sum += rowShare * share * pixels[start + j]; });
    });
    out[y * SIDE + x] = sum;
  }));
  return out;
}

/**
 * A drawing as MNIST would hold it: cropped, longer side 20, centre of mass in the middle.
 * @param {ArrayLike<number>} pixels [height · width], 0..255, bright on dark
 * @returns {Float32Array|null} [784] in 0..1; null for an empty drawing
 */
export function prepare(pixels, width, height) {
  const box = boundingBox(pixels, width, height);
  if (!box) return null;
  const crop = new Float32Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      crop[y * box.width + x] = pixels[(box.top + y) * width + box.left + x] / 255;
    }
  }
  const scale = BOX / Math.max(box.width, box.height);
  const offset = centreOfMass(crop, box.width, box.height).map((c) => CENTRE - c * scale);
  let image = resample(crop, box.width, box.height, scale, offset);
  // Averaging moves ink within a cell, so the centre is a little off: once more, corrected.
  for (let round = 0; round < 2; round++) {
    const [x, y] = centreOfMass(image, SIDE, SIDE);
    offset[0] += CENTRE - x;
    offset[1] += CENTRE - y;
    image = resample(crop, box.width, box.height, scale, offset);
  }
  return image;
}

/** The image moved right and down by whole pixels; what leaves is lost, what enters is black. */
export function shift(image, right, down) {
  const out = new Float32Array(SIDE * SIDE);
  for (let y = Math.max(0, down); y < Math.min(SIDE, SIDE + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(SIDE, SIDE + right); x++) {
      out[y * SIDE + x] = image[(y - down) * SIDE + x - right];
    }
  }
  return out;
}

const WAYS = { right: [1, 0], left: [-1, 0], down: [0, 1], up: [0, -1] };

/**
 * The smallest straight move at which `score` changes its sign.
 * @returns {{pixels: number, way: string}|null} null when no move up to `limit` does
 */
export function firstFlip(image, score, limit = 6) {
  const says3 = score(image) > 0;
  for (let pixels = 1; pixels <= limit; pixels++) {
    for (const [way, [right, down]] of Object.entries(WAYS)) {
      if (score(shift(image, right * pixels, down * pixels)) > 0 !== says3) return { pixels, way };
    }
  }
  return null;
}
