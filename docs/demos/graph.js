// A small expression graph: values forward, gradients backward, one node at a time.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Of each operation: how many operands, the value, the slope towards each operand (y: the value). */
const OPERATIONS = {
  input: [0],
  const: [0],
  "+": [2, (a, b) => a + b, () => [1, 1]],
  "-": [2, (a, b) => a - b, () => [1, -1]],
  "*": [2, (a, b) => a * b, ([a, b]) => [b, a]],
  "/": [2, (a, b) => a / b, ([a, b]) => [1 / b, -a / (b * b)]],
  neg: [1, (a) => -a, () => [-1]],
  relu: [1, (a) => Math.max(0, a), ([a]) => [a > 0 ? 1 : 0]],
  tanh: [1, Math.tanh, (_, y) => [1 - y * y]],
  exp: [1, Math.exp, (_, y) => [y]],
  log: [1, Math.log, ([a]) => [1 / a]],
  sigmoid: [1, sigmoid, (_, y) => [y * (1 - y)]],
};

const power = (k) => [1, (a) => a ** k, ([a]) => [k === 0 ? 0 : k * a ** (k - 1)]];

/** Exponent of an operation such as "**2" or "**-1"; null for any other. */
export function exponent(op) {
  const found = /^\*\*(-?\d+(?:\.\d+)?)$/.exec(op);
  return found ? Number(found[1]) : null;
}

function operation(op) {
  const k = exponent(op);
  const known = k === null ? Object.hasOwn(OPERATIONS, op) && OPERATIONS[op] : power(k);
  if (!known) throw new Error(`operation “${op}” is not known`);
  const [arity, value, slopes] = known;
  return { arity, value, slopes };
}

const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

/**
 * The graph of the lesson's data (format: graph-stepper.js), with numbers for ids. Every recorded
 * value and gradient must be what this module computes: within 1e-6, relative above 1.
 * @returns {{name: string, nodes: {id, op, of: number[], label}[], output: number, ask: number,
 *   inputs: number[], start: number[]}} inputs: nodes that the reader can change; start: their values
 */
export function readGraph({ name, nodes: listed, output, ask }) {
  const places = new Map();
  const place = (id) => {
    if (!places.has(id)) throw new Error(`${name}: no node “${id}” before it is used`);
    return places.get(id);
  };
  const nodes = listed.map((node, i) => {
    const op = node.op === "" ? "input" : node.op === "square" ? "**2" : node.op;
    const of = (node.of ?? []).map(place);
    const label = node.label ?? node.id;
    if (of.length !== operation(op).arity) throw new Error(`${name}: ${node.id} has ${of.length} operands`);
    if (places.has(node.id)) throw new Error(`${name}: two nodes “${node.id}”`);
    if (!/^[^<>&"]{1,6}$/.test(label)) throw new Error(`${name}: label “${label}”`);
    places.set(node.id, i);
    return { id: node.id, op, of, label, constant: op === "const" ? node.value : undefined };
  });
  const inputs = nodes.flatMap(({ op }, i) => (op === "input" ? [i] : []));
  const start = inputs.map((i) => listed[i].value);
  const graph = { name, nodes, inputs, start, output: place(output), ask: place(ask ?? nodes[inputs[0]].id) };
  const values = forward(graph, start);
  const { grads } = backward(graph, values);
  listed.forEach(({ id, value, grad }, i) => {
    if (!near(values[i], value)) throw new Error(`${name}: value of ${id} is ${values[i]}, recorded ${value}`);
    if (nodes[i].op === "const" && grad == null) return;
    if (!near(grads[i], grad)) throw new Error(`${name}: gradient of ${id} is ${grads[i]}, recorded ${grad}`);
  });
  return graph;
}

/** Value of each node; inputs: a number for each of graph.inputs. */
export function forward({ nodes, inputs }, numbers) {
  const values = [];
  nodes.forEach(({ op, of, constant }, i) => {
    if (op === "input") values.push(numbers[inputs.indexOf(i)]);
    else if (op === "const") values.push(constant);
    else values.push(operation(op).value(...of.map((j) => values[j])));
  });
  return values;
}

/**
 * Gradient of the output with respect to each node.
 *
 * Nodes stand in topological order, so that from the last to the first each node has its whole
 * gradient before it passes it on. moves: what happens, in order, {node, grad, parts} with one part
 * for each operand: {to, slope, part, before, after}; part = grad × slope; before: the sum at `to`
 * so far, null if this is the first part to arrive; left: parts that have yet to arrive there.
 */
export function backward({ nodes, output }, values) {
  const reaches = nodes.map((_, i) => i === output);
  const left = nodes.map(() => 0);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (reaches[i]) for (const j of nodes[i].of) { reaches[j] = true; left[j] += 1; }
  }
  const sums = nodes.map((_, i) => (i === output ? 1 : null));
  const moves = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { op, of } = nodes[i];
    if (!reaches[i] || !of.length) continue;
    const slopes = operation(op).slopes(of.map((j) => values[j]), values[i]);
    const parts = of.map((to, k) => {
      const part = sums[i] * slopes[k];
      const before = sums[to];
      sums[to] = (before ?? 0) + part;
      left[to] -= 1;
      return { to, slope: slopes[k], part, before, after: sums[to], left: left[to] };
    });
    moves.push({ node: i, grad: sums[i], parts });
  }
  return { grads: sums.map((sum) => sum ?? 0), moves };
}

/**
 * Everything that happens, in order: the inputs, each operation forward, the output's own gradient,
 * each operation backward.
 * @returns {{phase: "start"|"forward"|"seed"|"backward", node?: number, move?: object}[]}
 */
export function steps({ nodes, output }, { moves }) {
  return [
    { phase: "start" },
    ...nodes.flatMap(({ of }, node) => (of.length ? [{ phase: "forward", node }] : [])),
    { phase: "seed", node: output },
    ...moves.map((move) => ({ phase: "backward", node: move.node, move })),
  ];
}

/**
 * What is known after step `last`. known[i]: the value of node i is there; sums[i]: its gradient so
 * far or null; whole[i]: all parts have arrived; slopes[i]: those it has handed down, or null.
 */
export function stateAfter({ nodes, output }, list, last) {
  const known = nodes.map(({ of }) => !of.length);
  const sums = nodes.map(() => null);
  const whole = nodes.map(() => false);
  const slopes = nodes.map(() => null);
  for (const { phase, node, move } of list.slice(0, last + 1)) {
    if (phase === "forward") known[node] = true;
    if (phase === "seed") [sums[output], whole[output]] = [1, true];
    if (phase !== "backward") continue;
    slopes[node] = move.parts.map(({ slope }) => slope);
    for (const { to, after, left } of move.parts) [sums[to], whole[to]] = [after, left === 0];
  }
  return { known, sums, whole, slopes };
}
