// What trains, what only moves, what stays: fastai 2.8.12's freeze_to, train_bn and BnFreeze.

/** The layers of the data, checked: a group for each, and groups in order. */
export function readLayers({ layers, groups }) {
  if (!layers.length || !groups.length) throw new Error(`${layers.length} layers, ${groups.length} groups`);
  layers.forEach(({ name, group, parameters }, i) => {
    if (!groups[group] || !(parameters >= 0)) throw new Error(`layer ${name} in group ${group} with ${parameters} parameters`);
    if (i && group < layers[i - 1].group) throw new Error(`layer ${name} of group ${group} comes after group ${layers[i - 1].group}`);
  });
  return layers;
}

/** The first group that is not frozen; a negative n counts from the end, as in Python's slices. */
export const border = (n, groups) => Math.max(0, Math.min(groups, n < 0 ? groups + n : n));

/**
 * Each layer's state after freeze_to(n) and a training step.
 * trains: its weights have requires_grad; moves: its running statistics are updated.
 * train_bn forces BatchNorm's weights to train; BnFreeze puts into eval mode those that do not.
 */
export function freeze(layers, groups, { freezeTo, trainBn, bnFreeze }) {
  const first = border(freezeTo, groups);
  return layers.map(({ group, batchnorm, running }) => {
    const frozen = group < first;
    const trains = !frozen || (batchnorm && trainBn);
    return { frozen, trains, moves: batchnorm && running > 0 && (trains || !bnFreeze) };
  });
}

/** What a layer looks like on the map: one word, of five. */
export function look({ batchnorm }, { frozen, trains, moves }) {
  if (!frozen) return "trains";
  if (trains) return "forced";
  return moves ? "moves" : batchnorm ? "still" : "frozen";
}

/** Sums over the layers (of one group, where it is given). */
export function count(layers, states, group = null) {
  const sums = { parameters: 0, trainable: 0, forced: 0, moving: 0, movingLayers: 0 };
  layers.forEach((layer, i) => {
    if (group !== null && layer.group !== group) return;
    const { frozen, trains, moves } = states[i];
    sums.parameters += layer.parameters;
    if (trains) sums.trainable += layer.parameters;
    if (trains && frozen) sums.forced += layer.parameters;
    if (moves && frozen) { // what moves although its group is frozen
      sums.moving += layer.running;
      sums.movingLayers++;
    }
  });
  return sums;
}

/** All ways to write a call: freeze_to(2) is freeze_to(-1) and freeze(), with three groups. */
export function spellings(n, groups) {
  const all = [`freeze_to(${n})`];
  if (n > 0 && n < groups) all.push(`freeze_to(${n - groups})`);
  if (n === groups - 1) all.push("freeze()");
  if (n === 0) all.push("unfreeze()");
  return all;
}
