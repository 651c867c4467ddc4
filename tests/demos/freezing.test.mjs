import assert from "node:assert/strict";
import { test } from "node:test";

import { border, count, freeze, look, readLayers, spellings } from "../../docs/demos/freezing.js";

const layer = (name, group, parameters, running = 0) => ({ name, kind: "?", group, parameters, batchnorm: running > 0, running });
const layers = [layer("conv1", 0, 100), layer("bn1", 0, 8, 8), layer("conv2", 1, 200), layer("bn2", 1, 16, 16), layer("bn3", 2, 4, 4), layer("fc", 2, 50)];
const groups = [{ name: "stem" }, { name: "body" }, { name: "head" }];
const settings = (freezeTo, trainBn = true, bnFreeze = false) => ({ freezeTo, trainBn, bnFreeze });

test("negative numbers count from the end, as slices do", () => {
  assert.deepEqual([-4, -3, -1, 0, 2, 3, 4].map((n) => border(n, 3)), [0, 0, 2, 0, 2, 3, 3]);
});

test("unfrozen, everything trains", () => {
  const sums = count(layers, freeze(layers, 3, settings(0)));
  assert.deepEqual(sums, { parameters: 378, trainable: 378, forced: 0, moving: 0, movingLayers: 0 });
});

test("frozen, BatchNorm trains all the same", () => {
  const states = freeze(layers, 3, settings(-1));
  assert.deepEqual(states.map((s) => s.trains), [false, true, false, true, true, true]);
  assert.deepEqual(count(layers, states), { parameters: 378, trainable: 78, forced: 24, moving: 24, movingLayers: 2 });
  assert.deepEqual(count(layers, states, 1), { parameters: 216, trainable: 16, forced: 16, moving: 16, movingLayers: 1 });
});

test("train_bn=False stops the weights; the statistics move until BnFreeze", () => {
  assert.deepEqual(count(layers, freeze(layers, 3, settings(2, false))), { parameters: 378, trainable: 54, forced: 0, moving: 24, movingLayers: 2 });
  assert.equal(count(layers, freeze(layers, 3, settings(2, false, true))).moving, 0);
});

test("BnFreeze without train_bn=False stops nothing", () => {
  assert.deepEqual(freeze(layers, 3, settings(2, true, true)), freeze(layers, 3, settings(2, true, false)));
});

test("one group freezes nothing", () => {
  const alone = layers.map((one) => ({ ...one, group: 0 }));
  assert.equal(count(alone, freeze(alone, 1, settings(-1))).trainable, 378);
});

test("a layer looks like what happens to it", () => {
  const looks = (chosen) => freeze(layers, 3, chosen).map((state, i) => look(layers[i], state));
  assert.deepEqual(looks(settings(2)), ["frozen", "forced", "frozen", "forced", "trains", "trains"]);
  assert.deepEqual(looks(settings(2, false)), ["frozen", "moves", "frozen", "moves", "trains", "trains"]);
  assert.deepEqual(looks(settings(1, false, true)), ["frozen", "still", "trains", "trains", "trains", "trains"]);
});

test("a call has several spellings", () => {
  assert.deepEqual(spellings(2, 3), ["freeze_to(2)", "freeze_to(-1)", "freeze()"]);
  assert.deepEqual(spellings(1, 3), ["freeze_to(1)", "freeze_to(-2)"]);
  assert.deepEqual(spellings(0, 3), ["freeze_to(0)", "unfreeze()"]);
  assert.deepEqual(spellings(3, 3), ["freeze_to(3)"]);
  assert.deepEqual(spellings(0, 1), ["freeze_to(0)", "freeze()", "unfreeze()"]);
});

test("layers that do not fit their groups are refused", () => {
  assert.equal(readLayers({ layers, groups }), layers);
  assert.throws(() => readLayers({ layers: [], groups }), /0 layers, 3 groups/);
  assert.throws(() => readLayers({ layers: [layer("x", 3, 1)], groups }), /layer x in group 3/);
  assert.throws(() => readLayers({ layers: [layer("a", 1, 1), layer("b", 0, 1)], groups }), /layer b of group 0 comes after group 1/);
});
