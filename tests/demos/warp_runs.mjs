// node warp_runs.mjs cases.json: each case's picture after its order, its empty share, its error.
// The cases are those of the demo's data; `whole`: with all values of the pictures.

import { readFileSync } from "node:fs";

import { unpack } from "../../docs/demos/packed.js";
import { centreSquare, emptyShare, error, stages } from "../../docs/demos/warp.js";

const { pictures, presize, size, cases, whole } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const squares = pictures.map((picture) => centreSquare({ ...picture, rgb: unpack(picture.rgb) }));
console.log(JSON.stringify(cases.map(({ picture, angle, scale, order }) => {
  const settings = { presize, size, angle, zoom: scale };
  const made = stages(squares[picture], order, settings).at(-1);
  const [reference] = stages(squares[picture], "reference", settings);
  return { black: emptyShare(made), error: error(made, reference), values: whole ? Array.from(made.values) : null };
})));
