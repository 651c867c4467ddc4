// A graph as SVG: cards with value and gradient, lines with local slopes. See graph-stepper.js.

import { num, sign } from "./derivation.js";
import { layout } from "./layers.js";

/** Sizes in SVG units, about a CSS pixel each: layers go right on a wide page, down on a narrow one. */
const SIZES = {
  wide: { width: 660, height: 226, card: [74, 66], stride: 156, gap: 112 },
  narrow: { width: 300, height: 500, card: [88, 58], stride: 126, gap: 144 },
};

const points = (...pairs) => pairs.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(" ");
const spread = (text, letter = 7.2) => text.length * letter + 12;
const ARROW = 7; // length of an arrow's tip

/** Draws graphs into one <svg>; `wide` says which way the layers go. */
export class Drawing {
  constructor(svg, graph, wide) {
    const size = SIZES[wide ? "wide" : "narrow"];
    const { places, bends, layers, breadth } = layout(graph.nodes, graph.output);
    const [along, over] = wide ? [size.width, size.height] : [size.height, size.width];
    const [deep, broad] = wide ? size.card : [size.card[1], size.card[0]];
    const stride = Math.min((along - deep - 4) / Math.max(1, layers - 1), size.stride);
    const first = (along - stride * (layers - 1)) / 2;
    const gap = breadth > 1 ? Math.min((over - broad - 4) / (breadth - 1), size.gap) : 0;
    const at = ({ layer, across }) => {
      const [u, v] = [first + layer * stride, over / 2 + across * gap];
      return wide ? [u, v] : [v, u];
    };
    Object.assign(this, { svg, graph, wide, card: size.card, spots: places.map(at) });
    this.ways = graph.nodes.map(({ of }, i) => of.map((j, k) => {
      const twin = of.length === 2 && of[0] === of[1] ? (k ? 14 : -14) : 0;
      return this.way(this.spots[j], bends[i][k].map(at), this.spots[i], twin);
    }));
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  }

  /** A curve between two cards, by the bends: {forth, back, middle}; each way {line, tip}. */
  way(from, bends, to, twin) {
    const [w, h] = this.card;
    const move = ([x, y], u, v = twin) => (this.wide ? [x + u, y + v] : [x + v, y + u]);
    const half = (this.wide ? w : h) / 2;
    const tip = (end, u) => `M${points(move(end, u, -4), move(end, 0, 0), move(end, u, 4))}z`;
    const stops = (start, end) => [move(from, half + start), ...bends, move(to, -half - end)];
    const [forth, back] = [stops(0, ARROW), stops(ARROW, 0)];
    const line = (list) => list.slice(1).reduce((d, b, i) => {
      const a = list[i];
      const reach = Math.abs(this.wide ? b[0] - a[0] : b[1] - a[1]) / 2;
      return `${d}C${points(move(a, reach, 0), move(b, -reach, 0), b)}`;
    }, `M${points(list[0])}`);
    const [a, b] = stops(0, 0).slice(-2);
    return {
      forth: { line: line(forth), tip: tip(move(to, -half), -ARROW) },
      back: { line: line(back), tip: tip(move(from, half), ARROW) },
      middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    };
  }

  /** Shows what is known. now: the step itself; asked: the node in question, or -1. */
  show(values, { known, sums, whole, slopes }, { phase, node, move }) {
    const { nodes } = this.graph;
    const active = (i) => phase === "forward" || phase === "backward" ? i === node : false;
    const lines = nodes.map(({ of }, i) => of.map((j, k) => {
      const mode = active(i) ? `dl-${phase}` : slopes[i] ? "dl-passed" : known[i] ? "dl-known" : "";
      return { i, k, mode };
    })).flat();
    const curves = lines.map(({ i, k, mode }) => {
      const { line, tip } = this.ways[i][k][mode === "dl-backward" ? "back" : "forth"];
      const pulse = active(i) ? `<path class="dl-pulse" pathLength="100" d="${line}"/>` : "";
      return `<g class="dl-way ${mode}"><path d="${line}"/><path class="dl-tip" d="${tip}"/>${pulse}</g>`;
    });
    const chips = lines.filter(({ i }) => slopes[i]).map(({ i, k, mode }) => {
      const [x, y] = this.ways[i][k].middle;
      const text = `×${num(slopes[i][k], 3)}`;
      return `<g class="dl-chip ${mode}" transform="translate(${points([x, y])})">
        <rect x="${-spread(text) / 2}" y="-10" width="${spread(text)}" height="20" rx="10"/><text y="4">${text}</text></g>`;
    });
    const cards = nodes.map((_, i) => this.drawCard(i, values, { known, sums, whole },
      active(i) || (phase === "seed" && i === node) ? phase : "", move?.parts.filter(({ to }) => to === i) ?? []));
    this.svg.innerHTML = curves.join("") + chips.join("") + cards.join("");
  }

  drawCard(i, values, { known, sums, whole }, phase, arrived) {
    const { label, op } = this.graph.nodes[i];
    const [w, h] = this.card;
    const [left, row] = [-w / 2, h / 3];
    const told = sums[i] === null ? "" : num(sums[i], 3);
    // The sum is the point of a node used twice: while a second part arrives, the card shows it.
    const adding = arrived.filter(({ before }) => before !== null).at(-1);
    const share = adding && `${num(adding.before, 3)} + ${num(adding.part, 3)} = ${told}`.replace(/\+ −(\S+)/, "+ (−$1)");
    const grad = share ?? (told && !whole[i] ? `${told} + …` : told);
    const state = [phase && `dl-${phase}`, arrived.length && "dl-arrived", op === "input" && "dl-input"].filter(Boolean);
    const wide = Math.max(w, share ? spread(share, 7.6) : 0);
    return `<g class="dl-node ${state.join(" ")}" transform="translate(${points(this.spots[i])})">
      <rect class="dl-card-box" x="${left}" y="${-h / 2}" width="${w}" height="${h}" rx="8"/>
      <text class="dl-label" x="${left + 9}" y="${-h / 2 + row - 3}">${label}</text>
      <text class="dl-op" x="${-left - 9}" y="${-h / 2 + row - 3}">${sign(op)}</text>
      <text class="dl-value" y="${-h / 2 + 2 * row - 4}">${known[i] ? num(values[i], 3) : "?"}</text>
      ${grad ? `<path class="dl-grad-box" d="M${-wide / 2} ${h / 2 - row}h${wide}v${row - 8}q0 8 -8 8h${16 - wide}q-8 0 -8 -8z"/>` : ""}
      <text class="dl-grad" y="${h / 2 - 6}">${grad}</text></g>`;
  }
}
