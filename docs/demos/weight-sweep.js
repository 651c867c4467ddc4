// <downhill-weight-sweep data-src="….json">: one weight's slider; accuracy a staircase, loss a slope.

import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";
import { extent, linearScale, nearest, path, tickText, ticks } from "./plots.js";
import { levels, readRange } from "./sweep.js";

const [WIDTH, HEIGHT] = [340, 200]; // of a plot, in SVG units: about one CSS pixel each
const PLOT = { left: 64, right: 330, top: 26, bottom: 168 };
const GUESSES = { both: "Both", loss: "Only the loss", accuracy: "Only the accuracy" };

const plot = (name) => `<svg data-part="${name}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"></svg>`;
const HTML = `
<div class="dl-demo dl-sweep dl-hidden" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> One weight moves by 0.0001. What moves with it?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">
      ${Object.entries(GUESSES).map(([key, name]) => `<button type="button" data-guess="${key}" aria-pressed="false">${name}</button>`).join("")}
      <button type="button" data-guess="show">Just show me</button>
    </div>
    <p class="dl-answer" role="status" data-part="answer">The curves appear when you answer or move the slider.</p>
  </div>
  <div class="dl-plots">${plot("accuracy")}${plot("loss")}</div>
  <label class="dl-slider"><span data-part="name"></span>
    <input type="range" min="0" step="1" data-part="slider"></label>
  <div class="dl-tools">
    <label class="dl-switch"><input type="checkbox" role="switch" data-part="zoom"><span data-part="zoomText"></span></label>
    <button type="button" data-trained>Back to the trained weight</button>
  </div>
  <p class="dl-status" role="status" data-part="status"></p>
</div>`;

const minus = (text) => text.replace("-", "−");
const signed = (value, digits) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

class WeightSweep extends Demo {
  build(json) {
    this.ranges = { wide: readRange(json.wide), fine: readRange(json.fine) };
    this.json = json;
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = this.summary(); }, 150);
    const { weight } = this.ranges.fine;
    this.half = (weight[weight.length - 1] - weight[0]) / 2;
    parts.zoomText.textContent = `Zoom to ±${Number(this.half.toPrecision(2))} around the trained weight`;
    parts.name.textContent = `Weight of pixel (${json.pixel.join(", ")}), row and column`;
    parts.root.addEventListener("click", ({ target }) => {
      const { guess, trained } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
      if (trained !== undefined) this.moveTo(json.trained);
    });
    parts.slider.addEventListener("input", () => {
      this.reveal(); // who moves the slider wants to see
      this.show();
    });
    parts.zoom.addEventListener("change", () => this.setRange(this.weight));
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.save?.cancel();
    this.speak?.cancel();
  }

  get range() {
    return this.ranges[this.parts.zoom.checked ? "fine" : "wide"];
  }

  get index() {
    return Number(this.parts.slider.value);
  }

  /** Draws the chosen range's plots and puts the slider near a weight. */
  setRange(weight = this.json.trained) {
    const { weight: weights, accuracy, loss } = this.range;
    this.parts.slider.max = weights.length - 1;
    this.axes = {
      accuracy: this.drawPlot(this.parts.accuracy, "Accuracy: images right, of "
        + this.json.n.toLocaleString("en"), accuracy, extent(accuracy, 4), true),
      loss: this.drawPlot(this.parts.loss, "Loss", loss, extent(loss, 0.001), false),
    };
    this.moveTo(weight);
  }

  drawPlot(svg, title, values, range, staircase) {
    const { weight } = this.range;
    const x = linearScale([weight[0], weight[weight.length - 1]], [PLOT.left, PLOT.right]);
    const y = linearScale(range, [PLOT.bottom, PLOT.top]);
    const across = ticks([weight[0], weight[weight.length - 1]], 4);
    const up = ticks(range, 5).filter((tick) => !staircase || Number.isInteger(tick));
    const line = path(Array.from(weight, x), Array.from(values, y), { staircase });
    svg.innerHTML = `<text class="dl-name" x="0" y="14">${title}</text>
      ${up.map((t) => `<line class="dl-grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(t)}" y2="${y(t)}"/>
        <text x="${PLOT.left - 6}" y="${y(t) + 4}" text-anchor="end">${tickText(t, up)}</text>`).join("")}
      ${across.map((t) => `<text x="${x(t)}" y="${PLOT.bottom + 16}" text-anchor="middle">${tickText(t, across)}</text>`).join("")}
      <text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 5}" text-anchor="middle">weight</text>
      <text class="dl-wait" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT / 2}" text-anchor="middle">answer, or move the slider</text>
      <path class="dl-line" d="${line}"/>
      <line class="dl-marker" y1="${PLOT.top}" y2="${PLOT.bottom}"/><circle class="dl-dot" r="5"/>`;
    svg.setAttribute("aria-label", `${title}, for weights from ${minus(weight[0].toFixed(3))} to `
      + `${minus(weight[weight.length - 1].toFixed(3))}: ${levels(values)} different values.`);
    return { x, y };
  }

  moveTo(weight) {
    this.parts.slider.value = nearest(this.range.weight, weight);
    this.show();
  }

  show() {
    const { index, range, parts } = this;
    this.weight = range.weight[index];
    for (const name of ["accuracy", "loss"]) {
      const [x, y] = [this.axes[name].x(range.weight[index]), this.axes[name].y(range[name][index])];
      const [marker, dot] = [".dl-marker", ".dl-dot"].map((part) => parts[name].querySelector(part));
      marker.setAttribute("x1", x);
      marker.setAttribute("x2", x);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
    }
    const text = `${signed(this.weight, parts.zoom.checked ? 5 : 2)}`;
    parts.slider.setAttribute("aria-valuetext", text);
    this.speak();
    this.save();
  }

  summary() {
    const { index, range, json } = this;
    const place = signed(this.weight, this.parts.zoom.checked ? 5 : 2);
    return `Weight ${place}: ${range.accuracy[index].toLocaleString("en")} of ${json.n.toLocaleString("en")} right, `
      + `loss ${range.loss[index].toFixed(6)}.`;
  }

  guess(name) {
    for (const button of this.querySelectorAll("[data-guess]")) {
      button.setAttribute("aria-pressed", String(button.dataset.guess === name));
    }
    const { accuracy, loss, weight } = this.ranges.fine;
    const right = levels(accuracy);
    const count = (n) => n.toLocaleString("en");
    const said = GUESSES[name] ? `You say: ${GUESSES[name].toLowerCase()}. ` : "";
    this.parts.answer.textContent = `${said}Over ${count(weight.length)} steps within `
      + `±${Number(this.half.toPrecision(2))}, the loss slides from ${loss[0].toPrecision(5)} to `
      + `${loss[loss.length - 1].toPrecision(5)}; the number right takes ${count(right)} value${right === 1 ? "" : "s"}. Zoom in!`;
    this.reveal();
  }

  reveal() {
    this.parts.root.classList.remove("dl-hidden");
  }

  writeUrl() {
    const away = this.index !== nearest(this.range.weight, this.json.trained);
    writeState({
      w: away ? String(Number(this.weight.toPrecision(6))) : null,
      zoom: this.parts.zoom.checked ? "1" : null,
    });
  }

  readUrl() {
    this.parts.zoom.checked = readState("zoom") === "1";
    const wanted = readState("w");
    const known = wanted !== null && Number.isFinite(Number(wanted));
    this.setRange(known ? Number(wanted) : this.json.trained);
    if (known || this.parts.zoom.checked) this.reveal();
    this.parts.status.textContent = this.summary();
  }
}

define("downhill-weight-sweep", WeightSweep);
