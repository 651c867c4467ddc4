// X a, a row at a time: products of entries that belong together, then their sum.

export const LARGEST = 1000; // an entry beyond it, of either sign, is refused

/** The products that row and a make, entry by entry. row, a: equally long. */
export function products(row, a) {
  if (row.length !== a.length) throw new Error(`a row of ${row.length} entries cannot meet a vector of ${a.length}`);
  return row.map((entry, j) => entry * a[j]);
}

export const sum = (values) => values.reduce((total, v) => total + v, 0);

/** Matrix times vector. X: [n][d], a: [d] → [n]. */
export const multiply = (X, a) => X.map((row) => sum(products(row, a)));

/** How many steps there are: for every row its d products and their sum. */
export const lastStep = (rows, columns) => rows * (columns + 1);

/**
 * What a step shows. Step 0 shows nothing yet.
 * @returns {{row: number, column: number, done: number}} the row that is worked on (−1 at step 0), the
 *   column whose product is the newest (`columns` when the sum lands), and how many rows have their sum
 */
export function stage(step, columns) {
  if (step <= 0) return { row: -1, column: -1, done: 0 };
  const row = Math.floor((step - 1) / (columns + 1));
  const column = (step - 1) % (columns + 1);
  return { row, column, done: row + (column === columns ? 1 : 0) };
}

/** An entry as typed: a finite number of a sensible size, or null. */
export function readEntry(text) {
  const entry = String(text).trim() === "" ? NaN : Number(text);
  return Math.abs(entry) <= LARGEST ? entry : null; // NaN is not ≤ anything
}

/** `count` entries from "1_2.5_-3", or null. */
export function readEntries(text, count) {
  const entries = (text ?? "").split("_").map(readEntry);
  return entries.length === count && !entries.includes(null) ? entries : null;
}

/**
 * What a typed prediction of one row is: right, or a mistake with a name.
 * @returns {"right"|"one product"|"another row"|"sign"|"wrong"}
 */
export function judge(guess, X, a, row, tolerance = 0.02) {
  const close = (value) => Math.abs(guess - value) <= tolerance;
  const right = multiply(X, a);
  if (close(right[row])) return "right";
  if (products(X[row], a).some(close)) return "one product";
  if (right.some(close)) return "another row";
  return close(-right[row]) ? "sign" : "wrong";
}
