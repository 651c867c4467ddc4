// What the softmax calculator shows: its frame, its rows, the curve −log p, and the state in words.

import { linearScale, path } from "./plots.js";
import { cell, floorOfTwice, trouble } from "./softmax.js";

export const LARGEST = 150; // that can be added to every logit
const [WIDTH, HEIGHT] = [340, 210]; // of the curve, in SVG units
const PLOT = { left: 30, right: 330, top: 26, bottom: 170 };
const TOP = 6; // the curve's highest loss
const GUESSES = { same: "They stay as they are", winner: "The largest takes all", nan: "They become nan" };
const PRESETS = { given: "The run’s logits", equal: "All equal", right: "Sure and right", wrong: "Sure and wrong" };
const COLUMNS = ["z", "exp", "p", "logP", "gradient"];

const buttons = (name, texts, more = "") => Object.entries(texts).map(([key, text]) => `<button type="button" data-${name}="${key}"${more}>${text}</button>`).join("");

export const HTML = `
<div class="dl-demo dl-softmax" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> Add 100 to every logit. What becomes of the probabilities?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">${buttons("guess", GUESSES, ' aria-pressed="false"')}</div>
    <p class="dl-answer" role="status" data-part="answer">Your answer adds the 100.</p>
  </div>
  <div class="dl-tools" role="group" aria-label="Set the logits">${buttons("set", PRESETS)}</div>
  <div class="dl-table" role="table" aria-label="From logits to the loss">
    <div role="rowgroup"><div class="dl-cells dl-heads" role="row">
      <span role="columnheader">target</span><span role="columnheader">logit</span>
      ${COLUMNS.map((name) => `<span role="columnheader" data-head="${name}"></span>`).join("")}</div></div>
    <div role="rowgroup" data-part="rows"></div>
    <div role="rowgroup"><div class="dl-cells dl-sums" role="row">
      <span role="rowheader">Σ</span><span role="cell"></span><span role="cell"></span><span role="cell"></span>
      <span role="cell"><small aria-hidden="true">Σ p</small><b data-part="sum"></b></span><span role="cell"></span>
      <span role="cell"><small aria-hidden="true">Σ gradient</small><b data-part="gradientSum"></b></span></div></div>
  </div>
  <p class="dl-loss">loss = −log p = <output data-part="loss" aria-live="off"></output></p>
  <p class="dl-status" role="status" data-part="status"></p>
  <div class="dl-plots">
    <div class="dl-controls">
      <label class="dl-slider"><span>Add to every logit <b data-part="addText"></b></span>
        <input type="range" min="${-LARGEST}" max="${LARGEST}" step="1" data-part="add"></label>
      <label class="dl-slider"><span>Divide by the temperature <b data-part="temperatureText"></b></span>
        <input type="range" min="-1" max="1" step="0.02" data-part="temperature"></label>
      <label class="dl-switch"><input type="checkbox" role="switch" data-part="naive"><span>Without subtracting the maximum</span></label>
      <label class="dl-switch"><input type="checkbox" role="switch" data-part="twice"><span>Softmax twice, by mistake</span></label>
    </div>
    <svg data-part="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"></svg>
  </div>
  <p><small>Every number as float32 computes it.</small></p>
</div>`;

/** A row per class. names: as shown; limit: of the sliders, either sign. */
export function rowsView(names, limit) {
  const safe = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const value = (name, more = "") => `<span role="cell" class="dl-${name}"><small aria-hidden="true" data-head="${name}"></small><b data-own="${name}"></b>${more}</span>`;
  return names.map((name, i) => `<div class="dl-cells" role="row" data-row="${i}">
    <span role="rowheader"><label class="dl-class"><input type="radio" name="sm-target" value="${i}" data-own="target"
      aria-label="${safe(name)} is the target"><span>${safe(name)}</span></label></span>
    <span role="cell" class="dl-logit"><input type="range" min="${-limit}" max="${limit}" step="0.1" data-own="slider" aria-label="Logit of ${safe(name)}"></span>
    ${value("z")}${value("exp")}${value("p", '<i></i><i class="dl-first" data-own="first" hidden></i>')}${value("logP")}${value("gradient", "<i></i>")}</div>`).join("");
}

/** What the columns hold, in the current settings. */
export function headers({ naive, twice, add, temperature }) {
  const z = add || temperature !== 1 ? "used" : "z";
  return {
    z,
    exp: naive ? "exp(z)" : "exp(z−max)",
    p: twice ? "p, twice" : "p",
    logP: "log p",
    gradient: twice || naive ? "gradient" : temperature === 1 ? "p − y" : "(p − y) / T",
  };
}

/** The curve −log p, where this prediction is on it, and what softmax twice puts out of reach. */
export function curveView(p, loss, k, twice) {
  const x = linearScale([0, 1], [PLOT.left, PLOT.right]);
  const y = linearScale([0, TOP], [PLOT.bottom, PLOT.top]);
  const shares = Array.from({ length: 90 }, (_, i) => Math.exp(-TOP * (1 - i / 89)));
  const equal = Math.log(k);
  const reach = Math.exp(-floorOfTwice(k));
  const shown = Number.isFinite(loss) && Number.isFinite(p);
  const far = loss > TOP; // beyond the plot: an arrow at its top
  const mark = far ? `<path class="dl-dot" d="M${x(p) - 7} ${PLOT.top + 8}l7 -12l7 12z"/>` : `<circle class="dl-dot" r="6" cx="${x(p)}" cy="${y(Math.max(0, loss))}"/>`;
  return `<text class="dl-name" x="0" y="14">−log p of the target</text>
    ${twice ? `<rect class="dl-closed" x="${x(reach)}" y="${PLOT.top}" width="${x(1) - x(reach)}" height="${PLOT.bottom - PLOT.top}"/>
      <text x="${(x(reach) + x(1)) / 2}" y="${PLOT.top + 16}" text-anchor="middle">out of reach, twice</text>` : ""}
    ${[0, 2, 4, 6].map((t) => `<line class="dl-grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(t)}" y2="${y(t)}"/>
      <text x="${PLOT.left - 8}" y="${y(t) + 4}" text-anchor="end">${t}</text>`).join("")}
    ${[0, 0.25, 0.5, 0.75, 1].map((t) => `<text x="${x(t)}" y="${PLOT.bottom + 16}" text-anchor="${t === 1 ? "end" : "middle"}">${t}</text>`).join("")}
    <text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">p of the target</text>
    <path class="dl-equal" d="M${x(0)} ${y(equal)}H${x(1)}"/>
    <text x="${PLOT.right}" y="${y(equal) - 5}" text-anchor="end">all equal: ln ${k} = ${equal.toFixed(3)}</text>
    <path class="dl-line" d="${path(shares.map(x), shares.map((share) => y(-Math.log(share))))}"/>
    ${shown ? mark : `<text class="dl-lost" x="${(PLOT.left + PLOT.right) / 2}" y="${y(3.4)}" text-anchor="middle">the loss is ${cell(loss)}</text>`}`;
}

export const spoken = (p, loss, k, twice) => `The curve of minus log p falls from high losses at p near 0 to 0 at p = 1. `
  + `Here p is ${cell(p)} and the loss ${cell(loss)}; with ${k} equal logits it is ${Math.log(k).toFixed(3)}.`
  + (twice ? ` Softmax twice cannot bring p above ${Math.exp(-floorOfTwice(k)).toFixed(3)}.` : "");

/** The state, in two or three sentences. */
export function inWords({ classes, state: { target, naive, twice }, result }) {
  const { last, loss, gradient } = result;
  const wrong = naive && trouble(result);
  if (wrong === "overflow") return `Σ exp(z) is too large for float32: inf. Divided by it, an exp is 0, or nan if it is inf too. The loss is ${cell(loss)}, every gradient nan.`;
  if (wrong === "nothing left") return "Every exp rounds to 0 in float32, and 0 / 0 is nan: every p, the loss and every gradient.";
  if (wrong === "underflow") return `The p of ${classes[target]} rounds to 0 in float32. Its log is −inf, so the loss is inf and every gradient nan.`;
  const top = last.p.indexOf(Math.max(...last.p));
  const winner = last.p.every((share) => share === last.p[0]) ? "All classes are equally likely."
    : top === target ? "It is the most likely class." : `Most likely: ${classes[top]}, ${cell(last.p[top])}.`;
  return `Target ${classes[target]}: p ${cell(last.p[target])}, loss ${cell(loss)}. ${winner} Descent raises its logit: gradient ${cell(gradient[target])}.`
    + (twice ? ` Twice keeps the loss above ${floorOfTwice(classes.length).toFixed(3)}.` : "");
}
