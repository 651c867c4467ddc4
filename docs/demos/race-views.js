// What the optimiser race shows: its frame and its words.

import { OPTIMISERS, RATES, SURFACES } from "./optimisers.js";
import { HEIGHT, WIDTH, mark, minus } from "./race-picture.js";

export const NAMES = Object.keys(OPTIMISERS);

const button = (data, text, pressed) => `<button type="button" data-${data}${pressed ? ' aria-pressed="false"' : ""}>${text}</button>`;
const slider = (part, text, last) => `<label class="dl-slider">${text} <output data-part="${part}Text"></output>
  <input type="range" min="0" max="${last}" step="1" data-part="${part}"></label>`;

export const HTML = `
<div class="dl-demo dl-race">
  <div class="dl-predict">
    <p><b>Predict first.</b> Which one gets to the bottom of the ravine first?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">
      ${NAMES.map((name) => button(`guess="${name}"`, OPTIMISERS[name], true)).join("")}
    </div>
    <p class="dl-answer" role="status" data-part="answer">Choose one, then press Play: the race answers.</p>
  </div>
  <div class="dl-choices" role="group" aria-label="Surface">
    ${Object.keys(SURFACES).map((key) => button(`surface="${key}"`, key[0].toUpperCase() + key.slice(1), true)).join("")}
  </div>
  <div class="dl-field">
    <div>
      <div class="dl-map">
        <svg data-part="map" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"></svg>
        <div class="dl-start" data-part="start" role="application" tabindex="0"></div>
      </div>
      <p><small>Seen from above: greener is lower, + is lowest. Drag the start ◎, or move it with the arrow keys.</small></p>
      <div class="dl-tools">
        ${button("play", "Play")}${button("step", "Step")}${button("rewind", "Rewind")}${button("reset", "Reset")}
      </div>
    </div>
    <div>
      <table>
        <caption data-part="caption"></caption>
        <thead><tr><th scope="col">Optimiser</th><th scope="col">Height f</th><th scope="col">Where</th></tr></thead>
        <tbody>${NAMES.map((name) => `<tr data-part="${name}"><th scope="row"><svg viewBox="0 0 34 16" aria-hidden="true"><path class="dl-way dl-${name}" d="M1 8H33"/><g transform="translate(17 8)">${mark(name)}</g></svg>${OPTIMISERS[name]}</th><td></td><td></td></tr>`).join("")}</tbody>
      </table>
      <svg class="dl-chart" data-part="chart" viewBox="0 0 300 160" role="img"></svg>
    </div>
  </div>
  <div class="dl-sliders">
    ${slider("lr", "Learning rate of all three:", RATES.length - 1)}
    ${slider("beta", "β of momentum:", 99)}
  </div>
  <p class="dl-status" role="status" data-part="status"></p>
</div>`;

export const count = (names) => names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
export const inText = (name) => (name === "momentum" ? "momentum" : OPTIMISERS[name]);
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
export const heightText = (height) => (Math.abs(height) < 1000 ? minus(height.toFixed(3)) : "over 1,000");
