// What draw-a-digit shows: its frame and its words.

import { CANVAS } from "./strokes.js";

export const NAMES = { mean: "mean images", linear: "linear stencil", mlp: "two-layer net" };
export const FARTHEST = 6; // pixels that the digit can be moved

const card = (name, title, pictures) => `
  <div class="dl-card" role="group" aria-label="${title}" data-part="${name}">
    <p class="dl-title">${title} <b class="dl-verdict">–</b></p>
    <div class="dl-pictures">${pictures}</div>
    <div class="dl-result">
      <div class="dl-track" aria-hidden="true"><span>7</span><i><b></b></i><span>3</span></div>
      <p class="dl-numbers"></p>
    </div>
  </div>`;
const picture = (part, label, caption) => `<span><canvas data-part="${part}" width="28" height="28"
  role="img" aria-label="${label}"></canvas><small>${caption}</small></span>`;

export const HTML = `
<div class="dl-demo dl-digit">
  <div class="dl-predict">
    <p><b>Predict first.</b> A digit moves in its frame, a pixel at a time. Which of the three changes its mind first?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">
      ${Object.entries(NAMES).map(([key, name]) => `<button type="button" data-guess="${key}" aria-pressed="false">${name[0].toUpperCase()}${name.slice(1)}</button>`).join("")}
    </div>
    <p class="dl-answer" role="status" data-part="answer">A guess costs nothing. Then draw, and move your digit with the sliders.</p>
  </div>
  <div class="dl-desk">
    <div class="dl-pad dl-empty" data-part="pad">
      <canvas data-part="canvas" width="${CANVAS}" height="${CANVAS}" tabindex="0" role="application"
        aria-label="Drawing area for a 3 or a 7. Arrow keys move the pen, with Shift in small steps; Space puts it down or lifts it; Escape lifts it."></canvas>
      <i class="dl-pen" data-part="pen" hidden></i>
    </div>
    <div class="dl-tools">
      <button type="button" data-example="3">Draw a 3</button>
      <button type="button" data-example="7">Draw a 7</button>
      <button type="button" data-clear>Clear</button>
    </div>
    <div class="dl-seen">
      ${picture("seen", "What the models see: the drawing at 28 by 28 pixels", "what they see: 28 × 28")}
      <div>
        <label>Move right <output data-part="rightText">0</output> px
          <input type="range" min="-${FARTHEST}" max="${FARTHEST}" value="0" data-part="right"></label>
        <label>Move down <output data-part="downText">0</output> px
          <input type="range" min="-${FARTHEST}" max="${FARTHEST}" value="0" data-part="down"></label>
      </div>
    </div>
  </div>
  <div class="dl-cards">
    ${card("mean", "Mean images", picture("mean3", "Mean of all training threes", "mean 3") + picture("mean7", "Mean of all training sevens", "mean 7"))}
    ${card("linear", "Linear stencil", picture("stencil", "Weights of the linear model: blue pixels vote for 3, red pixels for 7", "weights") + picture("product", "Weights times the drawing: the votes that count here", "× digit"))}
    ${card("mlp", "Two-layer net", `<span><svg data-part="votes" viewBox="0 0 150 64" role="img" aria-label="Votes of the 30 hidden units: up for 3, down for 7"></svg><small>30 hidden units vote: ↑ 3, ↓ 7</small></span>`)}
  </div>
  <p class="dl-status" role="status" data-part="status"></p>
</div>`;
