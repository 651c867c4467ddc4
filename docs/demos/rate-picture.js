// The game's pictures: the range test's curve, the errors of the runs beneath it, a run's training loss.

import { finalError, lossAt, reach } from "./rate-game.js";
import { extent, linearScale, path, tickText, ticks } from "./plots.js";

export const [WIDTH, HEIGHT] = [380, 356]; // SVG units: about one CSS pixel each
export const PLOT = { left: 54, right: 368 };
const ERROR = { top: 226, bottom: 312 };
const curveOf = ({ runs }) => ({ top: 26, bottom: runs ? 190 : ERROR.bottom }); // without runs it has the whole picture

/** A rate in few characters: 2.7e−3, 0.12. */
export function short(value, digits = 2) {
  const rounded = Number(value.toPrecision(digits));
  return rounded >= 0.1 ? String(rounded) : rounded.toExponential().replace("-", "−");
}
export const percent = (error) => `${(100 * error).toFixed(1)} %`;

/** Rate → place, on a logarithmic axis. */
export function across(round) {
  const scale = linearScale(reach(round).map(Math.log), [PLOT.left, PLOT.right]);
  return (rate) => scale(Math.log(rate));
}

const text = (x, y, said, more = "") => `<text x="${x}" y="${y}" ${more}>${said}</text>`;
const level = (y, said) => `<line class="dl-grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>${text(PLOT.left - 6, y + 4, said, 'text-anchor="end"')}`;
/** A window on a plot: what goes beyond is cut off. */
const window = ({ top, bottom }, inside) => `<svg x="${PLOT.left}" y="${top}" width="${PLOT.right - PLOT.left}" height="${bottom - top}" viewBox="${PLOT.left} ${top} ${PLOT.right - PLOT.left} ${bottom - top}">${inside}</svg>`;

/**
 * @param tried indices of the runs that are shown; latest: the newest of them
 * @param seen whether the rules' suggestions and the good range are shown
 */
export function picture(round, { rate, tried, latest, seen }) {
  const { lrs, losses, rules, runs, good, guessing } = round;
  const x = across(round);
  const { top, bottom } = curveOf(round);
  const [least, first] = [Math.min(...losses), losses[0]];
  const high = Math.min(Math.max(...losses), first + 0.5 * (first - least)); // how it blows up in the end matters little
  const dotted = guessing > 0;
  const range = extent([least, high > least ? high : least + 1, dotted ? guessing : least], 1);
  const y = linearScale(range, [bottom, top]);
  const foot = bottom - (dotted && y(guessing) > bottom - 32 ? 34 : 8); // names keep off the dotted line's
  const [from, to] = reach(round).map(Math.log10);
  const powers = Array.from({ length: Math.floor(to + 1e-9) - Math.ceil(from - 1e-9) + 1 }, (_, i) => Math.ceil(from - 1e-9) + i);
  const decades = powers.filter((_, i) => i % Math.ceil(powers.length / 7) === 0).map((power) => [x(10 ** power), power]);
  const levels = ticks(range, 4);
  const named = !seen ? "" : Object.entries(rules).filter(([, lr]) => lr > 0).sort((a, b) => a[1] - b[1]).map(([name, lr], i) => {
    const [at, down, on] = [x(lr), foot - 15 * i, Math.max(top, y(lossAt(round, lr)))];
    const right = at > PLOT.right - 70;
    return `<path class="dl-rule" d="M${at} ${on}V${down - 4}"/><circle class="dl-rule" cx="${at}" cy="${on}" r="3"/>${text(at + (right ? -5 : 5), down, name, `class="dl-named" text-anchor="${right ? "end" : "start"}"`)}`;
  }).join("");
  const band = seen && good ? `<rect class="dl-good" x="${x(good[0])}" width="${Math.max(3, x(good[1]) - x(good[0]))}" y="${top}" height="${bottom - top}"/>` : "";
  return `${band}${text(0, 14, "lr_find: loss while the rate grows", 'class="dl-name"')}
    ${levels.map((mark) => level(y(mark), tickText(mark, levels))).join("")}
    ${decades.map(([at, power]) => text(at, HEIGHT - 24, short(10 ** power), 'text-anchor="middle"')).join("")}
    ${text((PLOT.left + PLOT.right) / 2, HEIGHT - 6, "learning rate, logarithmic", 'text-anchor="middle"')}
    ${dotted ? `<path class="dl-guessing" d="M${PLOT.left} ${y(guessing)}H${PLOT.right}"/>${text(PLOT.left + 4, y(guessing) + (y(guessing) > bottom - 20 ? -5 : 15), "blind guessing")}` : ""}
    ${window({ top, bottom }, `<path class="dl-line" d="${path(lrs.map(x), losses.map(y))}"/>`)}
    ${runs ? errors(runs, x, tried, latest) : ""}
    ${named}<path class="dl-marker" d="M${x(rate)} ${top}V${ERROR.bottom}"/>
    <circle class="dl-dot" cx="${x(rate)}" cy="${Math.max(top, y(lossAt(round, rate)))}" r="5"/>`;
}

function errors(runs, x, tried, latest) {
  const y = linearScale([0, 1], [ERROR.bottom, ERROR.top]);
  const at = (i) => [x(runs[i].lr), y(finalError(runs[i]))];
  const order = [...tried].sort((a, b) => a - b).map(at);
  return `${text(0, ERROR.top - 14, "Error of real runs, after training", 'class="dl-name"')}
    ${[0, 0.5, 1].map((mark) => level(y(mark), `${100 * mark} %`)).join("")}
    ${runs.map(({ lr }, i) => (tried.includes(i) ? "" : text(x(lr), (ERROR.top + ERROR.bottom) / 2 + 5, "?", 'class="dl-unknown" text-anchor="middle"'))).join("")}
    ${order.length > 1 ? `<path class="dl-tried" d="${path(order.map(([u]) => u), order.map(([, v]) => v))}"/>` : ""}
    ${order.map(([u, v]) => `<circle class="dl-run" cx="${u}" cy="${v}" r="4.5"/>`).join("")}
    ${latest === null ? "" : `<circle class="dl-latest" cx="${at(latest)[0]}" cy="${at(latest)[1]}" r="8.5"/>`}`;
}

/** Training loss of a run, step by step; null: nothing has been trained. */
export function lossPicture(run) {
  const title = text(0, 13, "Training loss of that run", 'class="dl-name"');
  if (!run) return title;
  const finite = run.train_loss.filter(Number.isFinite);
  const broken = finite.length < run.train_loss.length;
  const shown = finite.map((value) => Math.min(value, 2 * finite[0])); // beyond twice the start it is plain enough
  if (!shown.length) return `${title}${text(140, 64, "nan from the start", 'class="dl-unknown" text-anchor="middle"')}`;
  const range = extent([0, ...shown], 1);
  const x = linearScale([0, Math.max(1, run.train_loss.length - 1)], [34, 272]);
  const y = linearScale(range, [98, 24]);
  const marks = ticks(range, 3);
  return `${title}${marks.map((mark) => `<line class="dl-grid" x1="34" x2="272" y1="${y(mark)}" y2="${y(mark)}"/>${text(28, y(mark) + 4, tickText(mark, marks), 'text-anchor="end"')}`).join("")}
    <path class="dl-line" d="${path(shown.map((_, i) => x(i)), shown.map(y))}"/>${broken ? text(x(finite.length - 1) + 6, 40, "nan") : ""}`;
}
