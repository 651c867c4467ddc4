// The steps through a graph in words and numbers.

import { exponent } from "./graph.js";

const RAISED = Object.fromEntries([..."0123456789-."].map((sign, i) => [sign, "⁰¹²³⁴⁵⁶⁷⁸⁹⁻˙"[i]]));
const raised = (k) => [...String(k)].map((sign) => RAISED[sign]).join("");

/** A number for reading: `digits` significant ones, whole parts whole, a true minus sign. */
export function num(value, digits = 4) {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const size = Math.abs(value);
  if (size && (size < 1e-3 || size >= 1e6)) {
    const [head, tail] = value.toExponential(2).split("e");
    return `${Number(head)}·10${raised(Number(tail))}`.replace("-", "−");
  }
  const shown = Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1)))));
  return String(shown === 0 ? 0 : shown).replace("-", "−");
}

/** Whether `num` shows all of a number (sums of decimals have noise in the 16th digit). */
function exact(value) {
  const shown = Number(num(value).replace("−", "-"));
  return !Number.isFinite(value) || Math.abs(shown - value) <= 1e-12 * Math.max(1, Math.abs(value));
}

/** "= −6" or "≈ 0.3333". */
const equals = (value) => `${exact(value) ? "=" : "≈"} ${num(value)}`;

/** In brackets where a sign would follow another. */
const inner = (text) => (text.startsWith("−") ? `(${text})` : text);

const SIGNS = { "+": "+", "-": "−", "*": "×", "/": "/" };

/** Sign or name of an operation on its node. */
export const sign = (op) => {
  const k = exponent(op);
  return k === null ? SIGNS[op] ?? { neg: "−", input: "", const: "" }[op] ?? op : `( )${raised(k)}`;
};

function expression(op, [a, b]) {
  const k = exponent(op);
  if (k !== null) return `${inner(a)}${raised(k)}`;
  if (SIGNS[op]) return `${a} ${SIGNS[op]} ${inner(b)}`;
  return op === "neg" ? `−${inner(a)}` : `${op}(${a})`;
}

const labels = ({ nodes }, i) => nodes[i].of.map((j) => nodes[j].label);

/** "q = a × b". */
export const formula = (graph, i) =>
  `${graph.nodes[i].label} = ${expression(graph.nodes[i].op, labels(graph, i))}`;

/** "2 × (−3) = −6". */
export const calculation = ({ nodes }, values, i) =>
  `${expression(nodes[i].op, nodes[i].of.map((j) => num(values[j])))} ${equals(values[i])}`;

/** Where the local slope of node i towards its operand number k comes from: "b", "2 · s", "1 − y²". */
export function slopeRule(graph, values, i, k) {
  const { op, of, label } = graph.nodes[i];
  const [a, b] = labels(graph, i);
  const power = exponent(op);
  if (power !== null) return power === 2 ? `2 · ${a}` : `${num(power)} · ${a}${raised(power - 1)}`;
  const positive = values[of[0]] > 0;
  return {
    "*": k ? a : b,
    "/": k ? `−${a} / ${b}²` : `1 / ${b}`,
    relu: positive ? `${a} is above 0` : `${a} is not above 0`,
    tanh: `1 − ${label}²`,
    exp: label,
    log: `1 / ${a}`,
    sigmoid: `${label} · (1 − ${label})`,
  }[op] ?? "";
}

/**
 * One part of a backward step: {to, rule, product, sum}.
 * rule: "slope b = −3"; product: "−4 × (−3) = 12"; sum: "−4 + 5 = 1" where it is not the first, or "".
 */
export function part(graph, values, move, k) {
  const { to, slope, part: value, before, after } = move.parts[k];
  const rule = slopeRule(graph, values, move.node, k);
  return {
    to: graph.nodes[to].label,
    rule: !rule ? `slope ${num(slope)}` : rule.includes("above")
      ? `slope ${num(slope)}, ${rule}` : `slope ${rule} ${equals(slope)}`,
    product: `${num(move.grad)} × ${inner(num(slope))} ${equals(value)}`,
    sum: before === null ? "" : `${num(before)} + ${inner(num(value))} ${equals(after)}`,
  };
}

/** A step as one sentence or two. */
export function sentence(graph, values, { phase, node, move }) {
  if (phase === "start") {
    const given = graph.inputs.map((i) => `${graph.nodes[i].label} = ${num(values[i])}`);
    return `Inputs: ${given.join(", ")}.`;
  }
  const { label } = graph.nodes[node];
  if (phase === "forward") return `${formula(graph, node)}: ${calculation(graph, values, node)}.`;
  if (phase === "seed") return `The gradient at ${label} itself is 1.`;
  const parts = move.parts.map((_, k) => {
    const { to, product, sum } = part(graph, values, move, k);
    return `to ${to}: ${product}${sum ? `, and ${sum} in all` : ""}`;
  });
  return `Back through ${formula(graph, node)}; ${num(move.grad)} comes in; ${parts.join("; ")}.`;
}
