// What the confusion explorer shows: its frame, the matrix with recalls, a cell's pictures, words.

import { linearScale } from "./plots.js";

const SORTS = { name: "Name", recall: "Recall", mistakes: "Mistakes", alike: "Likeness" };
const ANSWERS = { w: "The label is wrong", r: "The label is right" };
const HIDDEN = "answer, or touch here";

export const safe = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const percent = (share) => `${Math.round(share * 100)} %`;
const buttons = (name, texts, more = "") => Object.entries(texts).map(([key, text]) => `<button type="button" data-${name}="${key}"${more}>${text}</button>`).join("");

export const HTML = `
<div class="dl-demo dl-confusion dl-hidden" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> Which two does the model take for each other most often?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction" data-part="choices"></div>
    <p class="dl-answer" role="status" data-part="answer">The matrix appears when you answer.</p>
  </div>
  <div class="dl-tools" role="group" aria-label="Sort the breeds by"><span>Sort by</span>${buttons("sort", SORTS, ' aria-pressed="false"')}</div>
  <div class="dl-views">
    <svg data-part="matrix" role="application" tabindex="0"></svg>
    <div class="dl-cell">
      <div class="dl-tools"><button type="button" data-next="-1">← Fuller</button><button type="button" data-next="1">Next confusion →</button></div>
      <p class="dl-status" role="status" data-part="status"></p>
      <ul class="dl-strip" tabindex="0" data-part="strip" aria-label="Mistakes of this cell"></ul>
    </div>
  </div>
  <div class="dl-game">
    <p><b>Is the label wrong?</b> <span data-part="gameText"></span></p>
    <div class="dl-card"><canvas data-part="picture" role="img"></canvas>
      <div><p class="dl-claim" role="status" data-part="claim"></p>
        <div class="dl-choices" data-part="replies">${buttons("answer", ANSWERS)}</div></div></div>
    <p class="dl-verdict" role="status" data-part="verdict"></p>
  </div>
</div>`;

/** Where things are in the matrix view, in CSS pixels. */
export function places(width, height, k) {
  const top = 20; // the names of the axes
  const named = (side) => side / k >= 12;
  const plain = { left: 22, right: 58, top: top + 6 };
  const roomy = { left: Math.min(112, Math.max(84, width * 0.26)), right: 58, top: top + 64 };
  const side = ({ left, right, top: above }) => Math.floor(Math.min(width - left - right, height - above - 4));
  const room = named(side(roomy)) ? roomy : plain;
  const whole = side(room);
  return { ...room, side: whole, cell: whole / k, names: room === roomy, width, height };
}

/** The matrix in a view's order, with the recall of each class and its interval beside its row. */
export function matrixView({ matrix, names, about, sorted, cell: [label, said], place }) {
  const { left, top, side, cell, width } = place;
  const k = sorted.length;
  const [row, column] = [sorted.indexOf(label), sorted.indexOf(said)];
  const at = (i, j) => `x="${(left + j * cell).toFixed(2)}" y="${(top + i * cell).toFixed(2)}"`;
  const middle = (i) => (i + 0.5) * cell;
  const x = linearScale([0, 1], [left + side + 10, width - 6]);
  const most = Math.max(1, ...matrix.flatMap((counts, i) => counts.filter((_, j) => j !== i)));
  const cells = sorted.flatMap((i, r) => sorted.map((j, c) => {
    const count = matrix[i][j];
    if (!count) return "";
    const strength = i === j ? about[i].recall : Math.sqrt(count / most);
    const number = cell >= 15 ? `<text x="${left + middle(c)}" y="${top + middle(r) + 4}" text-anchor="middle">${count}</text>` : "";
    return `<rect class="${i === j ? "dl-right" : "dl-wrong"}" ${at(r, c)} width="${cell}" height="${cell}" fill-opacity="${(0.12 + 0.4 * strength).toFixed(2)}"/>${number}`;
  })).join("");
  const grid = Array.from({ length: k + 1 }, (_, i) => `M${left} ${top + i * cell}h${side}M${left + i * cell} ${top}v${side}`).join("");
  const name = (i, held, where) => `<text class="${held ? "dl-held" : ""}" ${where}>${safe(names[i])}</text>`;
  const labels = !place.names ? "" : sorted.map((i, r) => name(i, r === row, `x="${left - 5}" y="${top + middle(r) + 4}" text-anchor="end"`)
    + name(i, r === column, `transform="translate(${left + middle(r) + 3} ${top - 5}) rotate(-50)"`)).join("");
  const whiskers = sorted.map((i, r) => {
    const { recall, interval, n } = about[i];
    const y = (top + middle(r)).toFixed(1);
    return n ? `<path class="dl-whisker" d="M${x(interval[0]).toFixed(1)} ${y}H${x(interval[1]).toFixed(1)}"/><circle class="dl-recall" r="${Math.min(3.5, cell / 2.5).toFixed(1)}" cx="${x(recall).toFixed(1)}" cy="${y}"/>` : "";
  }).join("");
  return `<g class="dl-all">
    <rect class="dl-band" x="${left}" y="${top + row * cell}" width="${width - left}" height="${cell}"/><rect class="dl-band" x="${left + column * cell}" y="${top}" width="${cell}" height="${side}"/>
    <path class="dl-lines" d="${grid}"/>${cells}${labels}
    <path class="dl-lines" d="M${x(0)} ${top}v${side}M${x(1)} ${top}v${side}"/>${whiskers}
    <rect class="dl-chosen" ${at(row, column)} width="${cell}" height="${cell}" rx="2"/></g>
    <text class="dl-axis" x="${width}" y="12" text-anchor="end">recall 0–1</text>
    <text class="dl-axis" x="0" y="12">label ↓ &nbsp; model says →</text>
    <g class="dl-wait"><rect class="dl-blank" x="${left}" y="${top}" width="${side}" height="${side}"/><text x="${left + side / 2}" y="${top + side / 2}" text-anchor="middle">${HIDDEN}</text></g>`;
}

/** The chosen cell in a sentence or two. */
export function inWords({ matrix, names, about, cell: [label, said] }) {
  const { right, n, interval: [low, high] } = about[label];
  if (!n) return `No picture is labelled ${names[label]}.`;
  if (label === said) {
    const lost = n - right;
    return `${names[label]}: ${right} of ${n} recognised, a recall of ${percent(right / n)} (95 % interval ${percent(low)} to ${percent(high)}). `
      + (lost ? `${lost === 1 ? "The one missed" : `The ${lost} missed`}:` : "None missed.");
  }
  return `Labelled ${names[label]}, called ${names[said]}: ${matrix[label][said]} of ${n}. `
    + `The other way round: ${matrix[said][label]} of ${about[said].n}.`;
}

/** Cards of mistakes; a canvas stands where a picture is. */
export const stripView = (mistakes, names) => mistakes.map(({ thumb, predicted, probability, loss }) => `<li>
  ${thumb === null ? '<span class="dl-none">no picture</span>' : `<canvas data-thumb="${thumb}" role="img" aria-label="its picture"></canvas>`}
  <span>${safe(names[predicted])}, p ${probability.toFixed(2)}</span><small>loss ${loss.toFixed(2)}</small></li>`).join("");

/** What the game says of a picture: the label and the model's opinion. */
export const claimed = ({ true: label, predicted, probability, loss }, names) => `The label says <b>${safe(names[label])}</b>. `
  + `The model says <b>${safe(names[predicted])}</b>, p ${probability.toFixed(2)}. Loss ${loss.toFixed(2)}.`;

/** What the game says to an answer. known: the wrong labels are published. */
export function verdict(mistake, answer, names, known) {
  if (!known) {
    return answer === "w" ? "Noted. No list says who is right: open the full picture, and ask somebody who has not seen the model’s answer."
      : "Noted: a hard picture with a right label. It is worth more to the training than any other.";
  }
  const shows = mistake.wrong_label?.replaceAll("_", " ");
  const right = (answer === "w") === Boolean(shows);
  return `${right ? "Yes" : "No"}: ${shows ? `it shows a ${shows}, and somebody wrote ${names[mistake.true]}.` : "the label is right, and the model is wrong."}`;
}

/** Where the game stands. */
export function standing({ right, called, of }, total) {
  const which = total === 1 ? "The picture with the largest loss." : `The ${total} pictures with the largest losses.`;
  if (!of) return which;
  const score = right === null ? `You call ${called} of ${of} wrong.` : `${right} of ${of} answers right.`;
  return of < total ? `${which} ${score}` : `All ${total} done. ${score}`;
}
