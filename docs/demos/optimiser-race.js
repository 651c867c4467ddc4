// <downhill-optimiser-race data-src="….json">: SGD, momentum and Adam from one start.

import { RATES, SURFACES, inside, readPlace, route, standing } from "./optimisers.js";
import { Demo, afterPause, define, markup, readState, wantsLessMotion, writeState } from "./page.js";
import { HEIGHT, VIEW, WIDTH, chart, mapOf, mark, minus, spots, x, y } from "./race-picture.js";
import { HTML, NAMES, capital, count, heightText, inText } from "./race-views.js";
import { nearest, path } from "./plots.js";

const STEPS = 100;
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

class OptimiserRace extends Demo {
  build(json) {
    this.starts = {};
    for (const [key, surface] of Object.entries(SURFACES)) {
      const given = json.start?.[key];
      const place = given === undefined ? surface.start : given;
      if (place?.length !== 2 || !place.every(Number.isFinite)) throw new Error(`no start on the ${key}`);
      this.starts[key] = inside(place, VIEW);
    }
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = this.summary(); }, 250);
    this.listen(fragment.firstElementChild);
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.pause();
    this.save?.cancel();
    this.speak?.cancel();
  }

  listen(root) {
    const { start, map, lr, beta } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess, surface, play, step, rewind, reset } = target.closest("button")?.dataset ?? {};
      if (guess) this.predict(guess);
      if (surface) this.choose(surface);
      if (play !== undefined) this.timer ? this.pause() : this.play();
      if (step !== undefined) { this.pause(); this.go(this.step + 1); }
      if (rewind !== undefined) { this.pause(); this.go(0); }
      if (reset !== undefined) this.reset();
    });
    for (const input of [lr, beta]) input.addEventListener("input", () => this.race());

    const at = ({ clientX, clientY }) => {
      const box = map.getBoundingClientRect();
      return [((clientX - box.left) / box.width * 2 - 1) * VIEW[0], (1 - (clientY - box.top) / box.height * 2) * VIEW[1]];
    };
    let pointer = null;
    map.addEventListener("click", (event) => this.moveStart(at(event)));
    start.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      pointer = event.pointerId;
      start.setPointerCapture(pointer);
    });
    start.addEventListener("pointermove", (event) => { if (event.pointerId === pointer) this.moveStart(at(event)); });
    for (const end of ["pointerup", "pointercancel"]) start.addEventListener(end, () => { pointer = null; });
    start.addEventListener("keydown", (event) => {
      if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.moveStart(this.start.map((p, i) => p + KEYS[event.key][i] * (event.shiftKey ? 0.01 : 0.1)));
    });
  }

  get surface() { return SURFACES[this.key]; }
  get lr() { return RATES[this.parts.lr.value]; }
  get beta() { return this.parts.beta.value / 100; }

  // --- what the reader does

  choose(key, start = this.starts[key]) {
    this.pause();
    this.key = key;
    this.start = start;
    this.step = 0;
    for (const node of this.parts.map.closest(".dl-demo").querySelectorAll("[data-surface]")) {
      node.setAttribute("aria-pressed", String(node.dataset.surface === key));
    }
    this.parts.map.innerHTML = mapOf(this.surface); // once; paths come into its empty lines
    this.parts.map.setAttribute("aria-label", `The ${this.surface.name} f = ${this.surface.formula} seen from above, as contours.`);
    this.race();
  }

  predict(name) {
    this.guess = name;
    for (const node of this.querySelectorAll("[data-guess]")) {
      node.setAttribute("aria-pressed", String(node.dataset.guess === name));
    }
    this.choose("ravine", this.key === "ravine" ? this.start : undefined);
  }

  reset() {
    this.parts.lr.value = nearest(RATES, 0.02);
    this.parts.beta.value = 90;
    this.choose(this.key);
  }

  moveStart(place) {
    this.start = inside(place, VIEW);
    this.race();
  }

  play() {
    if (this.step >= STEPS) this.step = 0;
    const [stride, wait] = wantsLessMotion() ? [10, 900] : [1, 90]; // ten jumps rather than a film
    const tick = () => {
      this.timer = setTimeout(tick, wait);
      this.go(this.step + stride);
      if (this.step >= STEPS) this.pause();
    };
    this.timer = setTimeout(tick, wait);
    this.parts.status.textContent = "Racing…";
    this.querySelector("[data-play]").textContent = "Pause";
    this.show();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    const play = this.querySelector("[data-play]");
    if (play) play.textContent = "Play";
    if (this.paths) this.show();
  }

  go(step) {
    this.step = Math.max(0, Math.min(STEPS, step));
    this.show();
  }

  // --- what is seen

  /** Runs the race afresh from the start; the step shown stays. */
  race() {
    const { surface, start, lr, beta } = this;
    this.paths = {};
    for (const name of NAMES) this.paths[name] = route(surface, name, { start, lr, beta, steps: STEPS });
    this.parts.lrText.textContent = String(lr);
    this.parts.lr.setAttribute("aria-valuetext", String(lr));
    this.parts.betaText.textContent = beta.toFixed(2);
    this.parts.beta.setAttribute("aria-valuetext", beta.toFixed(2));
    const [across, up] = start.map((p) => minus(p.toFixed(2)));
    this.parts.start.setAttribute("aria-label", `Start, at x ${across}, y ${up}. Arrow keys move it, with Shift in small steps.`);
    this.parts.start.style.left = `${x(start[0]) / WIDTH * 100}%`;
    this.parts.start.style.top = `${y(start[1]) / HEIGHT * 100}%`;
    this.parts.map.querySelector(".dl-ring").setAttribute("transform", `translate(${x(start[0])} ${y(start[1])})`);
    this.show();
  }

  show() {
    const { parts, step, surface } = this;
    this.stands = {};
    for (const name of NAMES) {
      const stand = this.stands[name] = standing(surface, this.paths[name], step, VIEW);
      // Far outside the map an SVG renderer loses its precision.
      const seen = this.paths[name].slice(0, step + 1).map((place) => place.map((p) => Math.max(-50, Math.min(50, p))));
      const [xs, ys] = [seen.map(([u]) => x(u)), seen.map(([, v]) => y(v))];
      const [way, dots] = ["way", "dots"].map((kind) => parts.map.querySelector(`.dl-${kind}.dl-${name}`));
      way.setAttribute("d", path(xs, ys));
      parts.map.querySelector(`[data-halo="${name}"]`).setAttribute("d", path(xs, ys));
      dots.setAttribute("d", spots(xs, ys));
      const sign = parts.map.querySelector(`.dl-mark.dl-${name}`);
      sign.setAttribute("transform", `translate(${xs.at(-1)} ${ys.at(-1)})`);
      sign.style.visibility = step ? "visible" : "hidden";
      const [height, where] = parts[name].querySelectorAll("td");
      height.textContent = heightText(stand.height);
      where.textContent = this.where(stand);
      parts[name].dataset.state = stand.state;
    }
    parts.caption.textContent = `Step ${step} of ${STEPS}`;
    const seen = NAMES.map((name) => [name, this.paths[name].slice(0, step + 1)]);
    parts.chart.innerHTML = chart(surface, seen, STEPS);
    parts.chart.setAttribute("aria-label", `Height above the lowest point at steps 0 to ${step}, on a logarithmic scale; the table has the last.`);
    this.showAnswer();
    if (this.timer) this.speak.cancel();
    else this.speak();
    this.save();
  }

  where({ state, since }) {
    return { start: "at the start", going: "on its way", passing: "passing through", away: "out of the picture", stuck: "stuck at the saddle",
      bottom: `bottom since ${since}`, diverged: `diverged by ${since}` }[state];
  }

  summary() {
    const { step, stands } = this;
    const [across, up] = this.start.map((p) => minus(p.toFixed(2)));
    if (!step) return `Step 0. All three stand at x ${across}, y ${up}, at height ${heightText(stands.sgd.height)}.`;
    const order = [...NAMES].sort((a, b) => this.rank(a) - this.rank(b));
    const lead = order.filter((name) => this.rank(name) === this.rank(order[0])); // Infinity equals itself
    const ahead = this.rank(order[0]) === Infinity ? "all have diverged"
      : lead.length > 1 ? `${count(lead.map(inText))} are level` : `${inText(order[0])} is ahead`;
    return `Step ${step}: ${ahead}. ${capital(order.map((name) => `${inText(name)} ${this.told(stands[name])}`).join("; "))}.`;
  }

  told({ state, since, height }) {
    if (state === "bottom") return `at the bottom since step ${since}`;
    if (state === "diverged") return `diverged: past a million by step ${since}`;
    return `${{ away: "out of the picture, ", stuck: "stuck at the saddle, ", passing: "passing through the bottom, " }[state] ?? ""}at height ${heightText(height)}`;
  }

  /** Who is at the bottom counts by when it came there, the others by their height. */
  rank(name) {
    const { state, since, height } = this.stands[name];
    if (state === "bottom") return since - 1000;
    return state === "diverged" ? Infinity : height;
  }

  showAnswer() {
    if (!this.guess) return;
    const answer = `You say: ${inText(this.guess)}. ${this.verdict()}`;
    // A screen reader says what is written here, so only news is.
    if (this.parts.answer.textContent !== answer) this.parts.answer.textContent = answer;
  }

  verdict() {
    if (this.step < STEPS) return this.timer ? "They are off." : "Press Play.";
    const there = NAMES.filter((name) => this.stands[name].state === "bottom").sort((a, b) => this.rank(a) - this.rank(b));
    const others = NAMES.filter((name) => !there.includes(name));
    const times = there.map((name, i) => `${inText(name)} from ${i ? "" : "step "}${this.stands[name].since}`);
    if (others.length) times.push(`${count(others.map(inText))} not within ${STEPS} steps`);
    return `At the bottom: ${times.join(", ")}. Does another learning rate change the order?`;
  }

  // --- the URL

  writeUrl() {
    const { key, start, lr, beta, step } = this;
    const moved = start.some((p, i) => p !== this.starts[key][i]);
    writeState({
      "race-surface": key === "ravine" ? null : key,
      "race-start": moved ? start.join("_") : null,
      "race-lr": lr === 0.02 ? null : String(lr),
      "race-beta": beta === 0.9 ? null : String(beta),
      "race-step": step && !this.timer ? String(step) : null,
    });
  }

  readUrl() {
    const number = (name, otherwise) => {
      const text = readState(`race-${name}`);
      return text && Number.isFinite(Number(text)) ? Number(text) : otherwise;
    };
    const wanted = readState("race-surface");
    this.parts.lr.value = nearest(RATES, Math.min(9, number("lr", 0.02)));
    this.parts.beta.value = Math.round(number("beta", 0.9) * 100);
    const key = Object.hasOwn(SURFACES, wanted) ? wanted : "ravine";
    this.choose(key, readPlace(readState("race-start"), VIEW) ?? this.starts[key]);
    this.go(Math.round(number("step", 0)));
    this.parts.status.textContent = this.summary();
  }
}

define("downhill-optimiser-race", OptimiserRace);
