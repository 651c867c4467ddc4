// Where the nodes of a small graph stand: in layers, each node after all that it is computed from.

/** Layer of each node: the longest way from an input; an input stands just before its first use. */
export function layersOf(nodes) {
  const layer = nodes.map(() => 0);
  nodes.forEach(({ of }, i) => {
    if (of.length) layer[i] = 1 + Math.max(...of.map((j) => layer[j]));
  });
  const users = nodes.map(() => []);
  nodes.forEach(({ of }, i) => of.forEach((j) => users[j].push(i)));
  nodes.forEach(({ of }, i) => {
    if (!of.length && users[i].length) layer[i] = Math.min(...users[i].map((u) => layer[u])) - 1;
  });
  return layer;
}

/** Pairs of links [from, to] (places in two neighbouring rows) that cross. */
function crossings(rows, links) {
  const at = new Map();
  for (const row of rows) row.forEach((point, i) => at.set(point, i));
  let count = 0;
  for (let i = 0; i < links.length; i++) {
    for (let j = 0; j < i; j++) {
      const [[a, b], [c, d]] = [links[i], links[j]];
      if (a.layer === c.layer && (at.get(a) - at.get(c)) * (at.get(b) - at.get(d)) < 0) count += 1;
    }
  }
  return count;
}

/**
 * Layered layout: [{layer, across}] of each node, across 0 in the middle and 1 between neighbours;
 * for each node and operand the bends [{layer, across}] of a line that passes other layers;
 * how many layers, and how many stand side by side at most.
 * @param {{of: number[]}[]} nodes in topological order
 */
export function layout(nodes, output = nodes.length - 1) {
  const places = layersOf(nodes).map((layer) => ({ layer, across: 0 }));
  const rows = Array.from({ length: 1 + Math.max(...places.map(({ layer }) => layer)) }, () => []);
  const links = [];
  const bends = nodes.map(({ of }) => of.map(() => []));
  const placed = new Set();
  const visit = (i) => { // operands in their order: a tree is drawn without a crossing
    if (placed.has(i)) return;
    placed.add(i);
    rows[places[i].layer].push(places[i]);
    nodes[i].of.forEach((j, k) => {
      const way = [places[i]];
      for (let layer = places[i].layer - 1; layer > places[j].layer; layer--) {
        const bend = { layer, across: 0 };
        rows[layer].push(bend);
        bends[i][k].unshift(bend);
        way.push(bend);
      }
      way.push(places[j]);
      for (let step = 1; step < way.length; step++) links.push([way[step], way[step - 1]]);
      visit(j);
    });
  };
  visit(output);
  nodes.forEach((_, i) => visit(i));

  // Sweeps back and forth: each point goes to the mean place of those it is linked to.
  let best = rows.map((row) => [...row]);
  let fewest = crossings(rows, links);
  for (let sweep = 0; sweep < 6 && fewest; sweep++) {
    const [near, far] = sweep % 2 ? [1, 0] : [0, 1];
    for (const row of sweep % 2 ? rows : [...rows].reverse()) {
      const wish = new Map(row.map((point, at) => {
        const others = links.filter((link) => link[near] === point).map((link) => link[far]);
        const places = others.map((other) => rows[other.layer].indexOf(other));
        return [point, places.length ? places.reduce((a, b) => a + b) / places.length : at];
      }));
      row.sort((a, b) => wish.get(a) - wish.get(b));
    }
    const now = crossings(rows, links);
    if (now < fewest) [best, fewest] = [rows.map((row) => [...row]), now];
  }
  for (const row of best) row.forEach((point, i) => { point.across = i - (row.length - 1) / 2; });
  return { places, bends, layers: best.length, breadth: Math.max(...best.map((row) => row.length)) };
}
