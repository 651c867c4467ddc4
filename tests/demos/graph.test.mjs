import assert from "node:assert/strict";
import { test } from "node:test";

import { calculation, formula, num, part, sentence, slopeRule } from "../../docs/demos/derivation.js";
import { backward, forward, readGraph, stateAfter, steps } from "../../docs/demos/graph.js";
import { layersOf, layout } from "../../docs/demos/layers.js";

const node = (id, op, of, value, grad) => ({ id, op, of, value, grad });
/** h = a·b, u = h², v = h·c, L = u + v: h is used twice. */
const twice = (change = {}) => ({
  name: "twice", output: "L", ask: "h",
  nodes: [
    node("a", "input", [], 2, -1), node("b", "", [], -1, 2), node("h", "*", ["a", "b"], -2, 1),
    node("c", "input", [], 5, -2), node("u", "square", ["h"], 4, 1), node("v", "*", ["h", "c"], -10, 1),
    { ...node("L", "+", ["u", "v"], -6, 1), ...change },
  ],
});
const at = (graph, id) => graph.nodes.findIndex((one) => one.id === id);

/** Values and gradients of one operation of numbers. */
function once(op, ...numbers) {
  const nodes = [...numbers.map((_, i) => ({ op: "input", of: [], id: `x${i}`, label: `x${i}` })),
    { op, of: numbers.map((_, i) => i), id: "y", label: "y" }];
  const graph = { nodes, inputs: numbers.map((_, i) => i), output: numbers.length };
  const values = forward(graph, numbers);
  return { graph, values, grads: backward(graph, values).grads };
}

test("each operation's slopes are those of finite differences", () => {
  const cases = [["+", 2, 3], ["-", 2, 3], ["*", 2, -3], ["/", 2, -3], ["neg", 2], ["relu", 2], ["relu", -2],
    ["tanh", 0.4], ["exp", 0.7], ["log", 1.7], ["sigmoid", -0.3], ["**2", 3], ["**-1", 2], ["**3", -1.5]];
  for (const [op, ...numbers] of cases) {
    const { grads } = once(op, ...numbers);
    numbers.forEach((number, i) => {
      const [up, down] = [1e-5, -1e-5].map((nudge) => once(op, ...numbers.with(i, number + nudge)).values.at(-1));
      assert.ok(Math.abs(grads[i] - (up - down) / 2e-5) < 1e-6, `${op} ${numbers} operand ${i}`);
    });
  }
});

test("relu passes nothing at zero and below, and hands NaN on", () => {
  assert.deepEqual(once("relu", 0).grads, [0, 1]);
  assert.equal(once("relu", -Infinity).values[1], 0);
  assert.ok(Number.isNaN(once("relu", NaN).values[1]));
});

test("both parts that arrive at a node used twice add up before it passes them on", () => {
  const graph = readGraph(twice());
  const { grads, moves } = backward(graph, forward(graph, graph.start));
  assert.deepEqual(grads, [-1, 2, 1, -2, 1, 1, 1]);
  const [first, second] = moves.flatMap(({ parts }) => parts.filter(({ to }) => to === at(graph, "h")));
  assert.deepEqual([first.before, first.part, first.left], [null, 5, 1]);
  assert.deepEqual([second.before, second.part, second.after, second.left], [5, -4, 1, 0]);
});

test("one operand in both places gets two parts", () => {
  const graph = readGraph({ name: "a·a", output: "y", nodes: [node("a", "input", [], 3, 6), node("y", "*", ["a", "a"], 9, 1)] });
  assert.deepEqual(backward(graph, [3, 9]).moves[0].parts.map(({ after }) => after), [3, 6]);
});

test("a node that the output does not depend on has gradient 0 and no step", () => {
  const graph = { nodes: [{ op: "input", of: [] }, { op: "exp", of: [0] }, { op: "neg", of: [0] }], inputs: [0], output: 2 };
  const run = backward(graph, forward(graph, [1]));
  assert.deepEqual(run.grads, [-1, 0, 1]);
  assert.deepEqual(run.moves.map((move) => move.node), [2]);
});

test("the steps know at each point what has been computed", () => {
  const graph = readGraph(twice());
  const list = steps(graph, backward(graph, forward(graph, graph.start)));
  assert.deepEqual(list.map(({ phase }) => phase),
    ["start", ...Array(4).fill("forward"), "seed", ...Array(4).fill("backward")]);
  assert.equal(stateAfter(graph, list, 0).known.filter(Boolean).length, 3);
  const h = at(graph, "h");
  const seen = [6, 7, 8].map((step) => stateAfter(graph, list, step)).map(({ sums, whole }) => [sums[h], whole[h]]);
  assert.deepEqual(seen, [[null, false], [5, false], [1, true]]);
});

test("data that were recorded otherwise, or make no graph, are refused by name", () => {
  assert.doesNotThrow(() => readGraph(twice({ value: -6 - 1e-7 })));
  assert.throws(() => readGraph(twice({ value: -6.1 })), /twice: value of L is -6, recorded -6.1/);
  assert.throws(() => readGraph(twice({ grad: undefined })), /gradient of L/);
  assert.throws(() => readGraph(twice({ op: "constructor" })), /operation “constructor” is not known/);
  assert.throws(() => readGraph(twice({ of: ["u", "w"] })), /no node “w”/);
  assert.throws(() => readGraph(twice({ of: ["u"] })), /L has 1 operands/);
  assert.throws(() => readGraph(twice({ id: "u" })), /two nodes “u”/);
  assert.throws(() => readGraph(twice({ label: "<b>" })), /label/);
});

test("layers: operands first, inputs next to their use, no two nodes in one place", () => {
  const { nodes } = readGraph(twice());
  assert.deepEqual(layersOf(nodes), [0, 0, 1, 1, 2, 2, 3]);
  const { places, layers, breadth } = layout(nodes);
  assert.deepEqual([layers, breadth], [4, 2]);
  assert.equal(new Set(places.map(({ layer, across }) => `${layer} ${across}`)).size, nodes.length);
});

test("a line that passes a layer bends around the node there", () => {
  const nodes = [{ of: [] }, { of: [0] }, { of: [1] }, { of: [2, 0] }]; // y = f(x) + x
  const { bends, places } = layout(nodes);
  assert.deepEqual(bends[3][1].map(({ layer }) => layer), [1, 2]);
  for (const bend of bends[3][1]) {
    assert.ok(places.every(({ layer, across }) => layer !== bend.layer || across !== bend.across));
  }
});

test("lines that need not cross do not", () => {
  // y = (a·b) + (c·d), listed so that the rows would be crossed in the order of the list
  const nodes = [[], [], [], [], [0, 2], [1, 3], [4, 5]].map((of) => ({ of }));
  const { places } = layout(nodes);
  const across = (i) => places[i].across;
  assert.ok(across(0) < across(1) && across(2) < across(3) && across(4) < across(5));
});

test("numbers read well: few digits, whole parts whole, a true minus", () => {
  const shown = { 12: "12", "-6": "−6", 0.30000000000000004: "0.3", 12345.678: "12346", 1e-9: "1·10⁻⁹", 25e8: "2.5·10⁹", "-0": "0" };
  for (const [value, text] of Object.entries(shown)) assert.equal(num(Number(value)), text);
  assert.deepEqual([num(NaN), num(-Infinity), num(1 / 3, 3)], ["undefined", "−∞", "0.333"]);
});

test("a step is told in words, with brackets around a second sign and ≈ where digits are left out", () => {
  const graph = readGraph(twice());
  const values = forward(graph, graph.start);
  const list = steps(graph, backward(graph, values));
  assert.equal(sentence(graph, values, list[0]), "Inputs: a = 2, b = −1, c = 5.");
  assert.equal(sentence(graph, values, list[1]), "h = a × b: 2 × (−1) = −2.");
  assert.equal(sentence(graph, values, list[2]), "u = h²: (−2)² = 4.");
  assert.match(sentence(graph, values, list[8]), /1 comes in; to h: 1 × \(−4\) = −4, and 5 \+ \(−4\) = 1 in all/);
  assert.deepEqual(part(graph, values, list[8].move, 0),
    { to: "h", rule: "slope 2 · h = −4", product: "1 × (−4) = −4", sum: "5 + (−4) = 1" });
  const third = once("/", 1, 3);
  assert.equal(formula(third.graph, 2), "y = x0 / x1");
  assert.equal(calculation(third.graph, third.values, 2), "1 / 3 ≈ 0.3333");
  assert.equal(slopeRule(third.graph, third.values, 2, 1), "−x0 / x1²");
});
