// The line-fit lab's state as pictures and in words: SVG text of data, loss surface, loss curve.

import { linearScale, tickText, ticks } from "./plots.js";

export const [WIDTH, HEIGHT] = [340, 238]; // in SVG units: about one CSS pixel each
export const PLOT = { left: 42, top: 26, width: 290, height: 172 };
const SIZE = [PLOT.width, PLOT.height];

/** A number to three digits. */
export function short(value) {
  const text = Math.abs(value) < 1e6 ? String(Number(value.toPrecision(3))) : value.toExponential(2);
  return text.replace("e+", "e").replace("-", "−");
}

export const formula = ([a, b]) => `${short(a)} x ${b < 0 ? "−" : "+"} ${short(Math.abs(b))}`;

/** What the run does. batch: its size, 0 for all points; highest: the learning rate's limit. */
export function verdict({ run: { losses }, best: { floor }, highest, settings: { lr, batch, zero } }) {
  const last = losses.at(-1);
  const above = !batch && lr > highest;
  if (losses.length < 2) return "start";
  if (last > 10 * losses[0] || (above && last > 1.5 * Math.min(...losses))) return "diverging";
  if (above) return "above";
  if (!zero) return "swinging";
  if (last <= 1.01 * floor) return "floor";
  return batch && last < 3 * floor ? "hovering" : "falling";
}

export function summary(state) {
  const { run: { losses }, best, highest, settings: { lr, batch }, points } = state;
  const above = highest ? `the learning rate ${short(lr)} is above the limit ${short(highest)}`
    : "without zero_grad, momentum makes every learning rate run away";
  const said = {
    start: "Press Play or Step",
    diverging: `Diverging: ${lr > highest ? above : "a batch can be steeper than all points together: its limit is lower"}`,
    above: `It cannot settle: ${above}`,
    swinging: "It swings and does not settle: without zero_grad each step adds all earlier gradients",
    floor: "The line is as good as the best one",
    hovering: `It hovers near the floor: each step sees ${batch} of ${points.x.length} points`,
    falling: "Not yet at the floor",
  }[verdict(state)];
  return `Step ${losses.length - 1}: loss ${short(losses.at(-1))}, floor ${short(best.floor)}. ${said}.`;
}

/** For SVG; what lies beyond ±10,000 is off the plot anyway. */
const fixed = (value) => Number(Math.max(-1e4, Math.min(1e4, value)).toFixed(2));
const join = (places, between) => `M${places.map((place) => place.map(fixed).join(" ")).join(between)}`;

/** Scale and ticks {at, text} of an axis: k = 0 across, 1 up. */
function axis(range, k) {
  const scale = linearScale(range, k ? [PLOT.height, 0] : [0, PLOT.width]);
  const all = ticks(range, 5);
  return { scale, ticks: all.map((value) => ({ at: scale(value), text: tickText(value, all) })) };
}

/** Title, ticks and names around a plot; `content` is cut at its edges. */
function frame(title, across, acrossName, up, upName, content) {
  const { left, top, width, height } = PLOT;
  const text = (x, y, words, more = 'text-anchor="middle"') => `<text x="${fixed(x)}" y="${fixed(y)}" ${more}>${words}</text>`;
  return text(left, 15, title, 'class="dl-name"')
    + up.map((tick) => `<path class="dl-grid" d="M${left} ${fixed(top + tick.at)}h${width}"/>${text(left - 6, top + tick.at + 4, tick.text, 'text-anchor="end"')}`).join("")
    + across.map((tick) => text(left + tick.at, top + height + 16, tick.text)).join("")
    + text(left + width / 2, HEIGHT - 6, acrossName)
    + text(-top - height / 2, 11, upName, 'text-anchor="middle" transform="rotate(-90)"')
    + `<svg x="${left}" y="${top}" width="${width}" height="${height}">${content}</svg>`;
}

const circle = (name, [x, y], r) => `<circle class="${name}" cx="${fixed(x)}" cy="${fixed(y)}" r="${r}"/>`;
const label = (text, x, y, anchor = "end") => `<text class="dl-level" x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${text}</text>`;

/** Place of a point in the data plot, in its own units. */
export const placeOf = ({ x, y, window }, i) => [x[i], y[i]].map((value, k) => axis(window[k], k).scale(value));

/** Points, the line (dashed: the best one), the points of the last step's batch, the chosen point. */
export function dataView({ points, run, best, order, chosen }) {
  const [x, y] = points.window.map(axis);
  const now = run.path.at(-1);
  const line = ([a, b]) => join(points.window[0].map((end) => [x.scale(end), y.scale(a * end + b)]), "L");
  const seen = order[run.path.length - 2] ?? [];
  const dot = (i, name, r) => circle(name, [x.scale(points.x[i]), y.scale(points.y[i])], r);
  return frame(`Line: ${formula(now)}`, x.ticks, "x", y.ticks, "y",
    `${points.x.map((_, i) => dot(i, "dl-point", 3.2)).join("")}
    <path class="dl-best" d="${line(best.exact)}"/><path class="dl-line" d="${line(now)}"/>
    ${seen.map((i) => dot(i, "dl-now", 4.5)).join("")}${chosen === null ? "" : dot(chosen, "dl-chosen", 8)}`);
}

/** Map of the loss surface around the best line, with `start` on it and one scale for both axes. */
export function surfaceMap(start, exact) {
  const units = start.map((value, k) => SIZE[k] / 2.4 / Math.max(0.5, Math.abs(value - exact[k])));
  return { exact, unit: Math.min(...units) };
}

/** The loss over slope and intercept: lines of equal loss are exact ellipses; the path of the run. */
export function surfaceView({ map: { exact, unit }, best, run }) {
  const [x, y] = exact.map((middle, k) => axis([-1, 1].map((side) => middle + (side * SIZE[k]) / 2 / unit), k));
  const [ex, ey] = [x.scale(best.exact[0]), y.scale(best.exact[1])];
  const { angle } = best;
  let [rings, names] = ["", ""];
  for (const level of [100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1].filter((value) => value > best.floor)) {
    // loss = floor + Σ λᵢ·dᵢ²/2 along the axes of H: half an axis is √(2(loss − floor)/λᵢ)
    const [rx, ry] = best.eigenvalues.map((value) => fixed(unit * Math.sqrt((2 * (level - best.floor)) / value)));
    rings += `<ellipse rx="${rx}" ry="${ry}" transform="translate(${fixed(ex)} ${fixed(ey)}) rotate(${(-angle * 180) / Math.PI})"/>`;
    const top = Math.hypot(rx * Math.sin(angle), ry * Math.cos(angle));
    if (top > 24 && ey - top > 12 && level !== 2) names += label(level, ex, ey - top + 4, "middle");
  }
  const places = run.path.map(([a, b]) => [x.scale(a), y.scale(b)]);
  const here = places.at(-1);
  const gone = here.some((value, k) => value < 0 || value > SIZE[k]);
  return frame("Loss surface", x.ticks, "slope", y.ticks, "intercept",
    `<g class="dl-rings">${rings}</g>${names}<path class="dl-cross" d="M${fixed(ex - 6)} ${fixed(ey)}h12m-6 -6v12"/>
    <path class="dl-path" d="${join(places, "L")}"/><path class="dl-steps" d="${join(places, "h0M")}h0"/>
    ${circle("dl-dot", here, 5.5)}${gone ? label("The line has left this map.", PLOT.width - 8, PLOT.height - 8) : ""}`);
}

/** The loss after each step, on a logarithmic scale, with the floor. */
export function curveView({ best: { floor }, run: { losses } }) {
  const done = losses.length - 1;
  const log = (loss) => Math.log10(Math.max(loss, 1e-6));
  const low = log(floor) - 0.3;
  const high = Math.max(low + 1.5, log(Math.max(...losses)) + 0.15);
  const x = axis([0, 1.02 * ([40, 100, 200].find((steps) => steps >= done) ?? 400)], 0);
  const y = axis([low, high], 1).scale;
  const every = Math.ceil((high - low) / 5.5);
  const powers = [];
  for (let k = Math.ceil(low / every) * every; k <= high; k += every) powers.push({ at: y(k), text: short(10 ** k) });
  const places = losses.map((loss, i) => [x.scale(i), y(log(loss))]);
  return frame(`Loss ${short(losses[done])} after ${done} step${done === 1 ? "" : "s"}`, x.ticks, "steps", powers, "loss, log scale",
    `<path class="dl-best" d="M0 ${fixed(y(log(floor)))}h${PLOT.width}"/>${label(`floor ${short(floor)}`, PLOT.width - 4, y(log(floor)) + 13)}
    <path class="dl-path" d="${join(places, "L")}"/>${circle("dl-dot", places[done], 5)}`);
}
