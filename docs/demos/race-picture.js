// The optimiser race's two pictures, as SVG text: the surface from above, and the heights by step.

import { BOTTOM, OPTIMISERS, contour, value } from "./optimisers.js";
import { linearScale, path } from "./plots.js";

export const VIEW = [3, 2.1]; // the map goes from −3 to 3 and from −2.1 to 2.1
export const [WIDTH, HEIGHT] = [360, 252]; // of the map, in SVG units: one scale for x and y
export const x = linearScale([-VIEW[0], VIEW[0]], [0, WIDTH]);
export const y = linearScale([-VIEW[1], VIEW[1]], [HEIGHT, 0]);

const CHART = { left: 54, right: 284, top: 24, bottom: 126 };
const NAMES = Object.keys(OPTIMISERS);
const SHAPES = { sgd: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", momentum: "M-4.6-4.6h9.2v9.2h-9.2z", adam: "M0-6.2L5.8 4.2H-5.8z" };

export const mark = (name) => `<path class="dl-mark dl-${name}" d="${SHAPES[name]}"/>`;
export const minus = (text) => String(text).replace("-", "−");

/** A surface's contours, and empty lines and marks for the paths. */
export function mapOf(surface) {
  const closed = (curve) => `${path(curve.map(([u]) => x(u)), curve.map(([, v]) => y(v)))}Z`;
  // Evenly spaced half-widths up to the corner; the saddle's two hollows need lines of their own.
  const levels = Array.from({ length: 14 }, (_, i) => value(surface, VIEW) * ((i + 1) / 15) ** 2);
  if (surface.lowest < 0) levels.unshift(-0.2, -0.1, 0);
  const lines = levels.reverse().flatMap((level) => contour(surface, level)).map((curve) => `<path d="${closed(curve)}"/>`);
  const cross = surface.minima.map(([u, v]) => `M${x(u) - 6} ${y(v)}h12M${x(u)} ${y(v) - 6}v12`).join("");
  return `<g class="dl-contours">${lines.join("")}</g>
    ${[-2, 0, 2].map((u) => `<text x="${x(u)}" y="${HEIGHT - 6}" text-anchor="middle">${u ? minus(u) : "x = 0"}</text>`).join("")}
    ${[-1, 0, 1].map((v) => `<text x="${WIDTH - 6}" y="${y(v) + 4}" text-anchor="end">${v ? minus(v) : "y = 0"}</text>`).join("")}
    <path class="dl-lowest" d="${cross}"/>
    ${NAMES.map((name) => `<path class="dl-halo" data-halo="${name}"/>`).join("")}
    ${NAMES.map((name) => `<path class="dl-way dl-${name}"/><path class="dl-dots dl-${name}"/>`).join("")}
    ${NAMES.map(mark).join("")}
    <g class="dl-ring"><circle r="11"/><circle r="4"/></g>`;
}

/** A dot per step, where there is room between them: "d" of a path. */
export function spots(xs, ys) {
  let [text, last] = ["", null];
  xs.forEach((u, i) => {
    if (last !== null && Math.hypot(u - xs[last], ys[i] - ys[last]) < 7) return;
    text += `M${u.toFixed(1)} ${ys[i].toFixed(1)}h0`;
    last = i;
  });
  return text;
}

/** Heights above the lowest point, on a logarithmic scale. paths: pairs of a name and its points so far. */
export function chart(surface, paths, steps) {
  const across = linearScale([0, steps], [CHART.left, CHART.right]);
  const up = linearScale([-4, 2], [CHART.bottom, CHART.top]);
  const floor = up(Math.log10(BOTTOM));
  const height = (place) => { // not a number, past all bounds, counts as highest
    const above = value(surface, place) - surface.lowest;
    return above < 100 ? Math.max(1e-4, above) : 100;
  };
  const lines = paths.map(([name, points]) => {
    const ys = points.map((place) => up(Math.log10(height(place))));
    const xs = ys.map((_, i) => across(i));
    return `<path class="dl-way dl-${name}" d="${path(xs, ys)}"/><g transform="translate(${xs.at(-1)} ${ys.at(-1)})">${mark(name)}</g>`;
  });
  return `<text class="dl-name" x="0" y="13">Height above the lowest point</text>
    ${[2, 0, -2, -4].map((t) => `<line class="dl-grid" x1="${CHART.left}" x2="${CHART.right}" y1="${up(t)}" y2="${up(t)}"/>
      <text x="${CHART.left - 6}" y="${up(t) + 4}" text-anchor="end">${10 ** t}</text>`).join("")}
    ${[0, 0.25, 0.5, 0.75, 1].map((t) => `<text x="${across(t * steps)}" y="${CHART.bottom + 15}" text-anchor="middle">${t * steps}</text>`).join("")}
    <text x="${(CHART.left + CHART.right) / 2}" y="157" text-anchor="middle">step · shaded: the bottom, below ${BOTTOM}</text>
    <rect class="dl-floor" x="${CHART.left}" width="${CHART.right - CHART.left}" y="${floor}" height="${up(-4) - floor}"/>${lines.join("")}`;
}
