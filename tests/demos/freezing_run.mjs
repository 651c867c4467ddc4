// node freezing_run.mjs data.json: for each case, what trains, what moves, and the count of what trains.

import { readFileSync } from "node:fs";

import { count, freeze, readLayers } from "../../docs/demos/freezing.js";

const data = JSON.parse(readFileSync(process.argv[2], "utf8"));
const layers = readLayers(data);
console.log(JSON.stringify(data.cases.map(({ freeze_to: freezeTo, train_bn: trainBn, bn_freeze: bnFreeze = false }) => {
  const states = freeze(layers, data.groups.length, { freezeTo, trainBn, bnFreeze });
  return { trains: states.map((s) => s.trains), moves: states.map((s) => s.moves), ...count(layers, states) };
})));
