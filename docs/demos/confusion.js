// A confusion matrix read in several ways. Rows: the label; columns: what the model says.

const Z = 1.959963984540054; // of the standard normal distribution, 95 % lie within ±Z
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Square rows from flat counts. flat: [k · k] → [k][k] */
export const square = (flat, k) => Array.from({ length: k }, (_, i) => Array.from(flat.slice(i * k, (i + 1) * k)));

/** Wilson's interval for a rate of k in n, 95 %: [low, high]; with n = 0, anything is possible. */
export function wilson(k, n) {
  if (!n) return [0, 1];
  const middle = (k + Z * Z / 2) / (n + Z * Z);
  const half = (Z / (n + Z * Z)) * Math.sqrt((k * (n - k)) / n + Z * Z / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Per class: pictures, how many are recognised, that share and its interval. */
export const recalls = (matrix) => matrix.map((row, i) => {
  const [right, n] = [row[i], sum(row)];
  return { right, n, recall: n ? right / n : 0, interval: wilson(right, n) };
});

/** Cells off the diagonal with at least `least`, the fullest first: [{ label, said, count }]. */
export function mostConfused(matrix, least = 1) {
  const cells = matrix.flatMap((row, label) => row.map((count, said) => ({ label, said, count })));
  return cells.filter(({ label, said, count }) => label !== said && count >= least).sort((a, b) => b.count - a.count);
}

/** Pairs of classes by how often either is taken for the other: [{ pair: [i, j], count }], i < j. */
export function confusedPairs(matrix) {
  const pairs = [];
  for (let i = 0; i < matrix.length; i++) {
    for (let j = i + 1; j < matrix.length; j++) pairs.push({ pair: [i, j], count: matrix[i][j] + matrix[j][i] });
  }
  return pairs.sort((a, b) => b.count - a.count);
}

/** The most confused pair, one that is confused less, one hardly ever; by class number. */
export function choices(matrix) {
  const pairs = confusedPairs(matrix);
  const some = pairs.filter(({ count }) => count > 0 && count < pairs[0].count);
  const rare = pairs.filter(({ count }) => count === pairs[pairs.length - 1].count);
  const picked = new Set([pairs[0], some[Math.floor(some.length / 2)] ?? pairs[1], rare[Math.floor(rare.length / 2)]]);
  return [...picked].filter(Boolean).sort((a, b) => a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
}

/**
 * Classes that are taken for each other become neighbours: clusters are joined by their mean
 * similarity (M + Mᵀ over both classes' pictures), the ends that are most alike side by side.
 */
function alike(matrix) {
  const n = matrix.map(sum);
  const similarity = (i, j) => (matrix[i][j] + matrix[j][i]) / (n[i] + n[j] || 1);
  let clusters = matrix.map((_, i) => [i]);
  const between = (a, b) => sum(a.map((i) => sum(b.map((j) => similarity(i, j))))) / (a.length * b.length);
  while (clusters.length > 1) {
    let best = { value: -1 };
    for (let a = 0; a < clusters.length; a++) {
      for (let b = a + 1; b < clusters.length; b++) {
        const value = between(clusters[a], clusters[b]);
        if (value > best.value) best = { value, a, b };
      }
    }
    const [left, right] = [clusters[best.a], clusters[best.b]];
    const ways = [left, [...left].reverse()].flatMap((l) => [right, [...right].reverse()].map((r) => [l, r]));
    const touch = ([l, r]) => similarity(l[l.length - 1], r[0]);
    const joined = ways.reduce((found, way) => (touch(way) > touch(found) ? way : found)).flat();
    clusters = clusters.filter((_, c) => c !== best.a && c !== best.b);
    clusters.splice(best.a, 0, joined);
  }
  return clusters[0];
}

/** Class numbers in the order of a view: by name (as given), recall, mistakes or likeness. */
export function order(matrix, by) {
  const all = matrix.map((_, i) => i);
  const about = recalls(matrix);
  if (by === "recall") return all.sort((i, j) => about[i].recall - about[j].recall || i - j);
  if (by === "mistakes") return all.sort((i, j) => about[j].n - about[j].right - about[i].n + about[i].right || i - j);
  return by === "alike" ? alike(matrix) : all;
}

const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e9], End: [0, 1e9] };

/** The cell that a key leads to from [label, said], within the view's order; null for other keys. */
export function moved([label, said], key, sorted) {
  if (!WAYS[key]) return null;
  const within = (place) => Math.max(0, Math.min(sorted.length - 1, place));
  const [down, right] = WAYS[key];
  return [sorted[within(sorted.indexOf(label) + down)], sorted[within(sorted.indexOf(said) + right)]];
}

/**
 * The game's score. answers: "w" (the label is wrong) or "r" (right), one per picture so far.
 * Where no picture is known to be labelled wrongly, nobody knows, and `right` is null.
 */
export function score(mistakes, answers) {
  const known = mistakes.some((mistake) => mistake.wrong_label);
  const called = [...answers].filter((answer) => answer === "w").length;
  if (!known) return { right: null, called, of: answers.length };
  const right = [...answers].filter((answer, i) => (answer === "w") === Boolean(mistakes[i].wrong_label)).length;
  return { right, called, of: answers.length };
}

/** Two class numbers below k from "3_0", or null. */
export function readCell(text, k) {
  const cell = (text ?? "").split("_").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return cell.length === 2 && cell.every((i) => Number.isInteger(i) && i >= 0 && i < k) ? cell : null;
}
