// Softmax, cross-entropy and their gradient for one prediction, as torch computes them: safely or
// naively, once or twice, each operation rounded as float32 (Math.fround) or left in float64.

export const float64 = (x) => x;
export const float32 = Math.fround;

const zeros = (values) => values.map(() => 0);
const oneHot = (values, target) => values.map((_, i) => (i === target ? 1 : 0));

/**
 * exp and its shares. z: [k] → { exps: [k], sum, p: [k], logP: [k] }
 * Safe: the maximum is subtracted first, and log p = z − max − log Σ exp(z − max), as in log_softmax.
 * Naive: exp(z) / Σ exp(z), then its log; overflows and underflows wherever `round` does.
 */
export function softmax(z, { naive = false, round = float64 } = {}) {
  const max = naive ? 0 : Math.max(...z);
  const shifted = z.map((value) => round(value - max));
  const exps = shifted.map((value) => round(Math.exp(value)));
  const sum = exps.reduce((total, e) => round(total + e), 0);
  const p = exps.map((e) => round(e / sum));
  const logSum = round(Math.log(sum));
  const logP = naive ? p.map((share) => round(Math.log(share))) : shifted.map((value) => round(value - logSum));
  return { max, exps, sum, p, logP };
}

/** From the loss's gradient by the shares to that by z: p (g − Σ p g). p, g: [k] */
function throughShares(p, g, round) {
  const mean = p.reduce((total, share, i) => round(total + round(share * g[i])), 0);
  return p.map((share, i) => round(share * round(g[i] - mean)));
}

/** The same, operation by operation, as autograd goes back through exp(z) / Σ exp(z). */
function throughDivision({ exps, sum, p }, g, round) {
  const bySum = g.reduce((total, value, i) => round(total - round(value * round(p[i] / sum))), 0);
  return exps.map((e, i) => round(round(round(g[i] / sum) + bySum) * e));
}

/**
 * Cross-entropy of one prediction and its gradient by the logits.
 * Each logit z becomes (z + add) / temperature; `twice` feeds softmax's output to softmax again.
 * logits: [k], target: index → { z, first, last, loss, gradient }; `first` and `last` are what
 * `softmax` returns, of the first and the last softmax (the same object unless twice).
 */
export function crossEntropy(logits, target, settings = {}) {
  const { add = 0, temperature = 1, naive = false, twice = false, round = float64 } = settings;
  const z = logits.map((value) => round(round(value + add) / temperature));
  const first = softmax(z, { naive, round });
  const last = twice ? softmax(first.p, { naive, round }) : first;
  const loss = -last.logP[target];
  const back = (by, g) => (naive ? throughDivision(by, g, round) : throughShares(by.p, g, round));
  let gradient;
  if (naive) {
    const byShare = zeros(z); // of −log p, by the target's p alone
    byShare[target] = round(-1 / last.p[target]);
    gradient = back(last, byShare);
  } else {
    const y = oneHot(z, target);
    gradient = last.p.map((share, i) => round(share - y[i]));
  }
  if (twice) gradient = back(first, gradient);
  return { z, first, last, loss, gradient: gradient.map((value) => round(value / temperature)) };
}

/** Least loss that softmax applied twice can reach with k classes: p = 1 again gives e / (e + k − 1). */
export const floorOfTwice = (k) => Math.log(1 + (k - 1) / Math.E);

/** What went wrong in the first naive softmax: "overflow", "underflow" (all 0, or the target's p), or null. */
export function trouble({ first, loss }) {
  if (!Number.isFinite(first.sum)) return "overflow";
  if (first.sum === 0) return "nothing left";
  return Number.isFinite(loss) ? null : "underflow";
}

/** A number for a cell: 4 digits at most, powers of ten beyond; inf and nan as torch prints them. */
export function cell(value, decimals = 3) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "−inf";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e4 || size < 0.5 * 10 ** -decimals)) {
    const [digits, power] = value.toExponential(1).split("e");
    const raised = String(Number(power)).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));
    return `${digits}·10${raised}`.replace("-", "−");
  }
  return value.toFixed(size >= 100 ? 1 : decimals).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
}

/** k numbers from "1_-2.5_3", each within ±limit, or null. */
export function readLogits(text, k, limit) {
  const values = (text ?? "").split("_").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return values.length === k && values.every((value) => Math.abs(value) <= limit) ? values : null;
}
