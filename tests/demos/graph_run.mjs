// Values and gradients of graphs, as the demo computes them: node graph_run.mjs graphs.json → JSON.
import { readFileSync } from "node:fs";

import { backward, forward, readGraph } from "../../docs/demos/graph.js";

const { graphs } = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(graphs.map((json) => {
  const graph = readGraph(json); // throws where a recorded number differs
  const values = forward(graph, graph.start);
  return { values, grads: backward(graph, values).grads };
})));
