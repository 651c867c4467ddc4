// <downhill-line-fit data-src="….json">: gradient descent fits a line; three linked views.

import { batches, descend, leastSquares, limit } from "./descent.js";
import { HEIGHT, PLOT, WIDTH, curveView, dataView, formula, placeOf, short, summary, surfaceMap, surfaceView } from "./fit-views.js";
import { unpack } from "./packed.js";
import { Demo, afterPause, define, markup, readState, wantsLessMotion, writeState } from "./page.js";
import { Points } from "./points.js";

const MOST = 400; // steps
const SHOWN = 40; // for the prediction
const NEAR = 26; // how far from a point, in SVG units, a finger takes it
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIZES = [1, 4, 16, 0]; // of a batch; 0: all points
// Usual value, least, most; in the URL as fit-lr …
const SETTINGS = { lr: [0.1, 0.001, 10], batch: [0, 0, 16], momentum: [0, 0, 0.95], zero: [1, 0, 1], seed: [1, 0, 999], steps: [0, 0, MOST] };
const GUESSES = { slow: "It gets there, slowly", swings: "It swings wider and wider", above: "It settles too high" };
const ACTIONS = { play: "Play", step: "Step", ten: "10 steps", reset: "Reset", restore: "Put points back" };

const buttons = (name, texts) => Object.entries(texts).map(([key, text]) => `<button type="button" data-${name}="${key}">${text}</button>`).join("");
const plot = (name, role) => `<svg data-part="${name}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="${role}"></svg>`;
const slider = (part, name, more) => `<label class="dl-slider"><span>${name} <b data-part="${part}Text"></b></span>
  <input type="range" data-part="${part}" ${more}><i></i></label>`;
const HTML = `
<div class="dl-demo dl-fit" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> <span data-part="question"></span></p>
    <div class="dl-choices" role="group" aria-label="Your prediction">${buttons("guess", GUESSES)}</div>
    <p class="dl-answer" role="status" data-part="answer">Your answer sets the lab and runs it.</p>
  </div>
  <div class="dl-plots">
    <div>${plot("data", 'application" tabindex="0')}<small>Drag a point. By keyboard: ← → choose one, Shift and arrows move it.</small></div>
    <div>${plot("surface", "img")}<small>Each ring joins lines of equal loss; + is the best line.</small></div>
    <div>${plot("curve", "img")}</div>
    <div class="dl-tools">${buttons("do", ACTIONS)}</div>
    <div class="dl-controls">
      ${slider("rate", "Learning rate", 'min="0" max="400"')}
      <p class="dl-limit" data-part="limit"></p>
      ${slider("momentum", "Momentum", 'min="0" max="0.95" step="0.05"')}
      <div class="dl-row">
        <div role="group" aria-label="Batch size"><span>Batch size</span>
          <div>${SIZES.map((size) => buttons("size", { [size]: size || "All" })).join("")}</div></div>
        <label><span>Seed</span><input type="number" min="0" max="999" data-part="seed"></label>
      </div>
      <label class="dl-switch"><input type="checkbox" role="switch" data-part="zero"><span><code>zero_grad</code> before each step</span></label>
    </div>
    <p class="dl-status" role="status" data-part="status"></p>
  </div>
</div>`;

const between = (low, high, value) => Math.max(low, Math.min(high, value));
const rounded = (value) => Number(value.toPrecision(3));
const position = (rate) => between(0, 1, (Math.log10(rate) + 3) / 4); // on the slider: 0.001 to 10

class LineFit extends Demo {
  build(json) {
    this.points = new Points(unpack(json.x), unpack(json.y));
    this.start = json.start;
    this.map = surfaceMap(this.start, leastSquares(this.points).exact);
    this.chosen = null;
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => this.tell(), 250);
    this.listen();
    this.readUrl();
    this.press("guess");
    this.show();
    this.tell();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    cancelAnimationFrame(this.playing);
    this.save?.cancel();
    this.speak?.cancel();
  }

  listen() {
    const { root, rate, momentum, zero, seed, data } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess, size, do: action } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
      if (size) this.set({ batch: Number(size) });
      if (action) this[action]();
    });
    root.addEventListener("input", ({ target }) => {
      if (target === rate) this.set({ lr: rounded(10 ** (rate.value / 100 - 3)) });
      if (target === momentum) this.set({ momentum: Number(momentum.value) });
      if (target === zero) this.set({ zero: Number(zero.checked) });
      if (target === seed && seed.value && seed.validity.valid) this.set({ seed: Number(seed.value) });
    });
    this.handle(data);
  }

  /** Points move by pointer or keyboard. */
  handle(svg) {
    let grip = null; // from the pointer to the point that it holds
    let last = 0; // chosen
    const { points } = this;
    const all = points.x.map((_, i) => i);
    const place = (i) => placeOf(points, i);
    const on = (name, action, options) => svg.addEventListener(name, action, options);
    const at = ({ clientX, clientY }) => {
      const { left, top, width } = svg.getBoundingClientRect();
      return [((clientX - left) * WIDTH) / width - PLOT.left, ((clientY - top) * WIDTH) / width - PLOT.top];
    };
    const choose = (i) => {
      this.chosen = i;
      this.changed();
    };
    const move = (x, y) => {
      points.move(last, [x / PLOT.width, 1 - y / PLOT.height]);
      this.changed();
    };
    on("pointerdown", (event) => {
      if (!event.isPrimary || event.button) return;
      const [x, y] = at(event);
      const far = (i) => Math.hypot(place(i)[0] - x, place(i)[1] - y);
      const nearest = all.reduce((best, i) => (far(i) < far(best) ? i : best));
      if (far(nearest) > NEAR) return;
      grip = [place(nearest)[0] - x, place(nearest)[1] - y];
      svg.setPointerCapture(event.pointerId);
      choose((last = nearest));
    });
    on("pointermove", (event) => {
      if (!grip || !event.isPrimary) return;
      const [x, y] = at(event);
      move(x + grip[0], y + grip[1]);
    });
    on("lostpointercapture", () => { grip = null; });
    // A finger on a point moves it; anywhere else it scrolls the page.
    on("touchstart", (event) => { if (grip) event.preventDefault(); }, { passive: false });
    on("focus", () => choose(last));
    on("blur", () => choose(null));
    on("keydown", (event) => {
      const [right, down] = KEYS[event.key] ?? [];
      if (right === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const [x, y] = place(last);
      if (event.shiftKey) move(x + right * 4, y + down * 4);
      else if (right) {
        all.sort((i, j) => points.x[i] - points.x[j] || i - j);
        choose((last = all[between(0, all.length - 1, all.indexOf(last) + right)]));
      } else return;
      event.preventDefault();
    });
  }

  /** The run is done anew from its start, so that a setting shows its whole effect. */
  set(settings) {
    Object.assign(this.settings, settings);
    this.changed();
  }

  step(by = 1) {
    this.pause();
    this.set({ steps: between(0, MOST, this.run.losses.length - 1 + by) });
  }

  ten() { this.step(10); }

  reset() { this.step(-MOST); }

  restore() {
    this.points.restore();
    this.changed();
  }

  play(until = MOST) {
    if (this.playing) return this.pause();
    if (this.settings.steps >= until) this.set({ steps: 0 });
    const [every, by] = wantsLessMotion() ? [1000, 10] : [80, 1];
    let last = performance.now();
    const frame = (now) => {
      this.playing = requestAnimationFrame(frame);
      if (now - last < every) return;
      last = now;
      this.set({ steps: Math.min(until, this.settings.steps + by) });
      if (this.settings.steps >= until) this.pause();
    };
    this.pause("Pause");
    this.playing = requestAnimationFrame(frame);
  }

  pause(next = ACTIONS.play) {
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.parts.root.querySelector("[data-do=play]").textContent = next;
  }

  compute() {
    const { points, settings: { lr, batch, momentum, zero, seed, steps }, start } = this;
    this.best = leastSquares(points);
    this.highest = limit(this.best.eigenvalues[0], momentum, zero);
    this.order = batches(points.x.length, batch || points.x.length, steps, seed);
    this.run = descend(points, { start, lr, momentum, zeroGrad: zero }, this.order);
  }

  guess(name) {
    this.pause();
    this.set({ lr: this.tooHigh, batch: 0, momentum: 0, zero: 1, steps: SHOWN });
    this.press("guess", name);
    this.compute();
    const { losses } = this.run;
    this.parts.answer.textContent = `You say: ${GUESSES[name].toLowerCase()}. At ${this.tooHigh}, ${SHOWN} steps take the loss `
      + `from ${short(losses[0])} to ${short(losses.at(-1))}${losses.at(-1) > losses[0]
        ? ": each step lands on the other side, further away. Now try just below" : ""}.`;
    if (!wantsLessMotion()) this.play(SHOWN);
  }

  /** Something changed: show it with the next frame, tell and save it once things rest. */
  changed() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      this.show();
    });
    this.speak();
    this.save();
  }

  /** Shows which of the buttons called `name` holds. */
  press(name, value) {
    for (const node of this.parts.root.querySelectorAll(`[data-${name}]`)) {
      node.setAttribute("aria-pressed", node.dataset[name] === String(value));
    }
  }

  show() {
    this.compute();
    const { parts, settings: { lr, batch, momentum, zero, seed }, highest } = this;
    parts.data.innerHTML = dataView(this);
    parts.surface.innerHTML = surfaceView(this);
    parts.curve.innerHTML = curveView(this);
    parts.rate.value = position(lr) * 400;
    parts.rateText.textContent = short(lr);
    parts.root.style.setProperty("--at", position(highest));
    parts.limit.innerHTML = highest
      ? `limit ${zero ? `2${momentum ? "(1 + β)" : ""}` : 4}/λ<sub>max</sub> = ${short(highest)}` : "no limit: every rate runs away";
    parts.rate.setAttribute("aria-valuetext", `${short(lr)}, ${parts.limit.textContent}`);
    parts.momentum.value = momentum;
    parts.momentumText.textContent = momentum;
    parts.zero.checked = zero;
    if (document.activeElement !== parts.seed) parts.seed.value = seed;
    this.press("size", batch);
    const [largest] = this.best.eigenvalues;
    this.tooHigh = rounded(2.1 / largest);
    parts.question.textContent = `For these points the learning rate has a limit, ${short(2 / largest)}. `
      + `What does the line do a little above it, at ${this.tooHigh}?`;
  }

  tell() {
    if (this.playing) return this.speak(); // not while steps rush by
    const { parts, run: { path, losses }, best, points, chosen } = this;
    parts.status.textContent = (chosen === null ? "" : `Point ${chosen + 1} of ${points.x.length}: `
      + `x ${short(points.x[chosen])}, y ${short(points.y[chosen])}. `) + summary(this);
    const name = (part, text) => parts[part].setAttribute("aria-label", text);
    name("data", `${points.x.length} points; the line ${formula(path.at(-1))}; the best line ${formula(best.exact)}. `
      + "Left and right arrow choose a point, Shift and arrows move it.");
    name("surface", `Loss over slope and intercept; a path from ${path[0].map(short)} to ${path.at(-1).map(short)}.`);
    name("curve", `Loss after each step: from ${short(losses[0])} to ${short(losses.at(-1))}.`);
  }

  writeUrl() {
    if (this.playing) return this.save();
    const state = { "fit-points": this.points.encode() };
    for (const name in SETTINGS) {
      const value = this.settings[name];
      state[`fit-${name}`] = value === SETTINGS[name][0] ? null : value;
    }
    writeState(state);
  }

  readUrl() {
    this.settings = {};
    for (const name in SETTINGS) {
      const [usual, least, most] = SETTINGS[name];
      const value = Number(readState(`fit-${name}`) || usual);
      const round = usual % 1 || name === "momentum" ? rounded : Math.round;
      this.settings[name] = Number.isFinite(value) ? round(between(least, most, value)) : usual;
    }
    if (!SIZES.includes(this.settings.batch)) this.settings.batch = 0;
    this.points.decode(readState("fit-points") ?? "");
  }
}

define("downhill-line-fit", LineFit);
