// The schedule as a picture: learning rates above, momentum beneath, one axis of steps.

import { extent, linearScale, path, ticks } from "./plots.js";

export const [WIDTH, HEIGHT] = [380, 356]; // SVG units: about one CSS pixel each
export const PLOT = { left: 54, right: 372 };
const RATE = { top: 46, bottom: 212 };
const MOMENTUM = { top: 260, bottom: 316 };

/** A rate in few characters: 2e−3, 1.5e−4; 0 stays 0. */
export const short = (value, digits = 2) => (value === 0 ? "0" : Number(value.toPrecision(digits)).toExponential().replace("-", "−").replace("e+", "e"));

/** Step → place on the picture; a schedule of one step has one too. */
export const across = (steps) => linearScale([0, Math.max(1, steps - 1)], [PLOT.left, PLOT.right]);

/** The step beneath a place on the picture. */
export const stepAt = (x, steps) => Math.max(0, Math.min(steps - 1, Math.round(linearScale([PLOT.left, PLOT.right], [0, Math.max(1, steps - 1)])(x))));

/** Scale and marks of the rates. */
function rateAxis(lrs, logarithmic) {
  const all = lrs.flat();
  const most = Math.max(...all);
  const ends = [RATE.bottom, RATE.top];
  if (!logarithmic) return { y: linearScale([0, most * 1.04], ends), marks: ticks([0, most * 1.04], 4) };
  const powers = [Math.floor(Math.log10(Math.min(...all))), Math.ceil(Math.log10(most))];
  if (powers[1] === powers[0]) powers[1]++;
  const scale = linearScale(powers, ends);
  return { y: (value) => scale(Math.log10(value)), marks: ticks(powers, 6).map((power) => 10 ** power) };
}

const text = (x, y, said, more = "") => `<text x="${x}" y="${y}" ${more}>${said}</text>`;
const level = (y, said) => `<line class="dl-grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>${text(PLOT.left - 6, y + 4, said, 'text-anchor="end"')}`;

/**
 * SVG of a schedule, as `fineTune` returns it.
 * @param recorded the same from fastai's record, drawn as dots, or null
 * @returns {{svg: string, place: (step: number) => object}} and where the cursor's parts stand at a step
 */
export function picture(schedule, { stepsPerEpoch, logarithmic, recorded }) {
  const { lrs, moms, frozen } = schedule;
  const [steps, groups] = [moms.length, lrs[0].length];
  const x = across(steps);
  const rate = rateAxis(lrs, logarithmic);
  const range = extent(moms, 0.01);
  const momentum = { y: linearScale(range, [MOMENTUM.bottom, MOMENTUM.top]), marks: ticks(range, 3) };
  const border = frozen === 0 ? PLOT.left : frozen === steps ? PLOT.right : x(frozen - 0.5);
  const line = (values, y, from, to, kind) => (to > from ? `<path class="dl-curve ${kind}" d="${path(values.slice(from, to).map((_, i) => x(from + i)), values.slice(from, to).map(y))}"/>` : "");
  const dots = (values, y, kind) => {
    const stride = Math.max(1, Math.ceil(values.length / 26));
    return `<path class="dl-record ${kind}" d="${values.map((value, i) => (i % stride ? "" : `M${x(i).toFixed(1)} ${y(value).toFixed(1)}h0`)).join("")}"/>`;
  };
  const epochs = Array.from({ length: Math.max(0, Math.ceil(steps / stepsPerEpoch) - 1) }, (_, i) => x((i + 1) * stepsPerEpoch - 0.5));
  const marks = ticks([0, Math.max(1, steps - 1)], 5).filter(Number.isInteger);
  const band = (left, right, name, kind) => (right - left < 1 ? "" : `<path class="${kind}" d="${[RATE, MOMENTUM].map(({ top, bottom }) => `M${left} ${top - (top === RATE.top ? 20 : 8)}H${right}V${bottom}H${left}z`).join("")}"/>
    ${right - left < 54 ? "" : text((left + right) / 2, RATE.top - 7, name, 'text-anchor="middle" class="dl-phase"')}`);
  const curves = [];
  const draw = (all, record, y, kind, resting) => {
    curves.push(line(all, y, 0, frozen, kind + resting), line(all, y, frozen, steps, kind));
    if (record) curves.push(dots(record, y, kind));
  };
  const column = (rows, g) => rows?.map((row) => row[g]);
  for (let g = 0; g < groups; g++) draw(column(lrs, g), column(recorded?.lrs, g), rate.y, `dl-${kindOf(g, groups)}`, g < groups - 1 ? " dl-resting" : "");
  draw(moms, recorded?.moms, momentum.y, "dl-mom", "");
  const svg = `${band(PLOT.left, border, groups > 1 ? "frozen" : "1st phase", "dl-frozen")}${band(border, PLOT.right, groups > 1 ? "unfrozen" : "2nd phase", "dl-free")}
    ${text(0, 14, "Learning rate", 'class="dl-name"')}
    ${rate.marks.map((mark) => level(rate.y(mark), short(mark))).join("")}
    <path class="dl-epochs" d="${epochs.map((at) => `M${at.toFixed(1)} ${RATE.top}V${RATE.bottom}M${at.toFixed(1)} ${MOMENTUM.top}V${MOMENTUM.bottom}`).join("")}"/>
    ${text(0, MOMENTUM.top - 26, "Momentum", 'class="dl-name"')}
    ${momentum.marks.map((mark) => level(momentum.y(mark), mark.toFixed(2))).join("")}
    ${marks.map((mark) => text(x(mark), MOMENTUM.bottom + 17, mark, 'text-anchor="middle"')).join("")}
    ${text((PLOT.left + PLOT.right) / 2, HEIGHT - 6, "step · thin lines: epochs", 'text-anchor="middle"')}
    ${text((PLOT.left + PLOT.right) / 2, (RATE.top + RATE.bottom) / 2, "answer, or change an argument", 'text-anchor="middle" class="dl-wait"')}
    ${curves.join("")}
    <g class="dl-cursor"><path d="M0 ${RATE.top - 20}V${MOMENTUM.bottom}"/>
      ${lrs[0].map((_, g) => `<circle class="dl-${kindOf(g, groups)}" r="4.5"/>`).join("")}<circle class="dl-mom" r="4.5"/></g>`;
  return { svg, place: (step) => ({ x: x(step), ys: [...lrs[step].map(rate.y), momentum.y(moms[step])] }) };
}

/** Colour of a group: the head has always the same, the groups of the body go from first to last. */
export const kindOf = (group, groups) => `g${group === groups - 1 ? "head" : group}`;
