// <downhill-softmax-calculator data-src="….json">: logits → exp → p → −log p, and the gradient.

import { unpack } from "./packed.js";
import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";
import { cell, crossEntropy, float32, readLogits } from "./softmax.js";
import { HTML, LARGEST, curveView, headers, inWords, rowsView, spoken } from "./softmax-views.js";

const listed = (value) => Array.from(Array.isArray(value) ? value : unpack(value));
const between = (low, high, value) => Math.max(low, Math.min(high, value));
const rounded = (value) => Number(value.toPrecision(3));

class SoftmaxCalculator extends Demo {
  build(json) {
    const given = { logits: listed(json.logits), target: json.target };
    const k = json.classes.length;
    if (given.logits.length !== k || k < 2 || !given.logits.every(Number.isFinite) || !(json.target in json.classes)) {
      throw new Error("classes, logits and target do not fit");
    }
    this.given = given;
    this.classes = json.classes.map((name) => String(name).replaceAll("_", " "));
    this.limit = Math.max(10, Math.ceil(Math.max(...given.logits.map(Math.abs))));
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = inWords(this); }, 250);
    parts.rows.innerHTML = rowsView(this.classes, this.limit);
    this.rows = [...parts.rows.children].map((row) => {
      const own = (name) => row.querySelector(`[data-own="${name}"]`);
      return { row, ...Object.fromEntries(["target", "slider", "z", "exp", "p", "first", "logP", "gradient"].map((name) => [name, own(name)])) };
    });
    this.listen();
    this.readUrl();
    this.show();
    parts.status.textContent = inWords(this);
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.save?.cancel();
    this.speak?.cancel();
  }

  listen() {
    const { root, add, temperature, naive, twice } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess, set } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
      if (set) this.preset(set);
    });
    root.addEventListener("input", ({ target }) => {
      const { own } = target.dataset;
      if (own === "slider") {
        const logits = [...this.state.logits];
        logits[target.closest("[data-row]").dataset.row] = Number(target.value);
        this.set({ logits });
      }
      if (own === "target") this.set({ target: Number(target.value) });
      if (target === add) this.set({ add: Number(add.value) });
      if (target === temperature) this.set({ temperature: rounded(10 ** Number(temperature.value)) });
      if (target === naive) this.set({ naive: naive.checked });
      if (target === twice) this.set({ twice: twice.checked });
    });
  }

  set(changes) {
    Object.assign(this.state, changes);
    this.show();
    this.speak();
    this.save();
  }

  preset(name) {
    const { logits, target } = this.state;
    const zeros = logits.map(() => 0);
    const sure = (at) => zeros.with(at, Math.min(8, this.limit));
    if (name === "given") this.set({ ...this.given, add: 0, temperature: 1, naive: false, twice: false });
    if (name === "equal") this.set({ logits: zeros });
    if (name === "right") this.set({ logits: sure(target) });
    if (name === "wrong") this.set({ logits: sure((target + 1) % logits.length) });
  }

  guess(name) {
    for (const button of this.parts.root.querySelectorAll("[data-guess]")) {
      button.setAttribute("aria-pressed", String(button.dataset.guess === name));
    }
    this.set({ add: 100, temperature: 1, naive: false, twice: false });
    const said = this.parts.root.querySelector(`[data-guess="${name}"]`).textContent.toLowerCase();
    this.parts.answer.textContent = `You say: ${said}. They stay: every exp grows by the same factor, which cancels. `
      + "Float32 has no room for exp(100), though: try without subtracting the maximum.";
  }

  show() {
    const { state, parts, classes } = this;
    const { logits, target, ...settings } = state;
    this.result = crossEntropy(logits, target, { ...settings, round: float32 });
    const { z, first, last, loss, gradient } = this.result;
    const names = headers(state);
    for (const [name, text] of Object.entries(names)) {
      for (const node of parts.root.querySelectorAll(`[data-head="${name}"]`)) node.textContent = text;
    }
    this.rows.forEach((own, i) => {
      own.row.classList.toggle("dl-target", i === target);
      own.target.checked = i === target;
      own.slider.value = logits[i];
      own.slider.setAttribute("aria-valuetext", `${cell(logits[i], 2)}, p ${cell(last.p[i])}`);
      const write = (part, value, decimals) => {
        own[part].textContent = cell(value, decimals);
        own[part].parentElement.classList.toggle("dl-broken", !Number.isFinite(value));
      };
      write("z", z[i], 2);
      write("exp", first.exps[i]);
      write("p", last.p[i]);
      write("logP", last.logP[i]);
      write("gradient", gradient[i]);
      own.p.parentElement.style.setProperty("--p", last.p[i] || 0);
      own.first.hidden = !state.twice;
      own.first.style.setProperty("--p", first.p[i] || 0);
      own.gradient.parentElement.style.setProperty("--g", between(-1, 1, gradient[i] || 0));
    });
    parts.loss.textContent = cell(loss);
    for (const [part, values] of [[parts.sum, last.p], [parts.gradientSum, gradient]]) {
      const total = values.reduce((a, b) => a + b);
      part.textContent = cell(Math.abs(total) < 1e-6 ? 0 : total); // but for rounding
    }
    parts.add.value = state.add;
    parts.addText.textContent = String(state.add).replace("-", "−");
    parts.temperature.value = Math.log10(state.temperature);
    parts.temperatureText.textContent = String(state.temperature);
    parts.temperature.setAttribute("aria-valuetext", String(state.temperature));
    parts.naive.checked = state.naive;
    parts.twice.checked = state.twice;
    parts.curve.innerHTML = curveView(last.p[target], loss, classes.length, state.twice);
    parts.curve.setAttribute("aria-label", spoken(last.p[target], loss, classes.length, state.twice));
  }

  writeUrl() {
    const { logits, target, add, temperature, naive, twice } = this.state;
    const moved = logits.some((value, i) => value !== this.given.logits[i]);
    writeState({
      "sm-z": moved ? logits.map((value) => Number(value.toPrecision(7))).join("_") : null,
      "sm-target": target === this.given.target ? null : String(target),
      "sm-add": add ? String(add) : null,
      "sm-temp": temperature === 1 ? null : String(temperature),
      "sm-naive": naive ? "1" : null,
      "sm-twice": twice ? "1" : null,
    });
  }

  readUrl() {
    const k = this.classes.length;
    const number = (name, usual, low, high) => {
      const value = Number(readState(name) || NaN);
      return Number.isFinite(value) ? between(low, high, value) : usual;
    };
    this.state = {
      logits: readLogits(readState("sm-z"), k, this.limit) ?? this.given.logits,
      target: Math.round(number("sm-target", this.given.target, 0, k - 1)),
      add: Math.round(number("sm-add", 0, -LARGEST, LARGEST)),
      temperature: rounded(number("sm-temp", 1, 0.1, 10)),
      naive: readState("sm-naive") === "1",
      twice: readState("sm-twice") === "1",
    };
  }
}

define("downhill-softmax-calculator", SoftmaxCalculator);
