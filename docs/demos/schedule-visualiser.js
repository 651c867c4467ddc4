// <downhill-schedule-visualiser data-src="….json">: fine_tune's arguments → rates and momentum, step by step.

import { DEFAULTS, call, fineTune, named, python } from "./one-cycle.js";
import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";
import { nearest } from "./plots.js";
import { difference, readCase } from "./recorded-runs.js";
import { WIDTH, HEIGHT, kindOf, picture, short, stepAt } from "./schedule-picture.js";

const range = (first, last, step = 1) => Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => Number((first + i * step).toFixed(6)));
const decades = (from, to, factors) => range(from, to).flatMap((power) => factors.map((f) => Number(`${f}e${power}`)));
// Argument → its name in the URL, what the slider offers, its name where Python has none.
const CONTROLS = {
  epochs: ["ft-epochs", range(1, 10)],
  baseLr: ["ft-lr", [...decades(-5, -2, [1, 1.5, 2, 3, 5, 7]), 0.1]],
  freezeEpochs: ["ft-frozen", range(0, 5)],
  lrMult: ["ft-mult", [1, 2, 2.6, 5, 10, 20, 50, 100, 200, 500, 1000]],
  pctStart: ["ft-pct", range(0, 1, 0.01)],
  div: ["ft-div", [1, 2, 3, 5, 10, 25, 50, 100]],
  divFinal: ["ft-final", decades(0, 6, [1])],
  steps: ["ft-steps", [1, 2, 3, 5, 10, 15, 20, 30, 50, 75, 100], "steps/epoch"],
  groups: ["ft-groups", range(1, 5)],
};
const COUNTS = ["epochs", "freezeEpochs", "steps", "groups"];
const GUESSES = { 0.002: "2e−3", 0.001: "1e−3", 0.00001: "1e−5" };

const HTML = `
<div class="dl-demo dl-schedule dl-hidden" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> <code>fine_tune(3, base_lr=2e-3)</code>: how high does the head’s learning rate get after unfreezing?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">
      ${Object.entries(GUESSES).map(([value, text]) => `<button type="button" data-guess="${value}" aria-pressed="false">${text}</button>`).join("")}
      <button type="button" data-guess="show">Show me</button>
    </div>
    <p class="dl-answer" role="status" data-part="answer">The curves appear when you answer or change an argument.</p>
  </div>
  <p class="dl-call"><code data-part="call"></code> <span data-part="length"></span></p>
  <div class="dl-desk">
    <div>
      <svg data-part="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"></svg>
      <input type="range" min="0" step="1" data-part="cursor" aria-label="Step that is read">
    </div>
    <div class="dl-read">
      <div class="dl-values"><table><caption data-part="caption"></caption>
        <thead><tr><th scope="col">Parameters</th><th scope="col">Rate</th></tr></thead><tbody data-part="rows"></tbody></table></div>
      <label class="dl-runs">fastai’s recorded runs
        <select data-part="runs"><option value="">choose one</option></select></label>
      <p class="dl-check" role="status" data-part="check"></p>
      <div class="dl-tools"><label class="dl-switch"><input type="checkbox" role="switch" data-part="logarithmic"><span>Log axis</span></label>
        <button type="button" data-reset>Reset</button></div>
    </div>
  </div>
  <div class="dl-controls">
    ${Object.entries(CONTROLS).map(([key, [, values, name = named(key)]]) => `<label class="dl-slider"><span><code>${name}</code> <b data-part="${key}Text"></b></span>
      <input type="range" min="0" max="${values.length - 1}" step="1" data-control="${key}" aria-label="${name}"></label>`).join("")}
  </div>
  <p class="dl-status" role="status" data-part="status"></p>
</div>`;

class ScheduleVisualiser extends Demo {
  build(json) {
    const { groups, steps_per_epoch: steps, cases } = json;
    if (!(steps >= 1 && groups >= 1)) throw new Error(`${steps} steps per epoch, ${groups} groups`);
    this.usual = { ...DEFAULTS, steps, groups };
    this.cases = cases.map((one) => readCase(one, steps));
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.sliders = Object.fromEntries([...fragment.querySelectorAll("[data-control]")].map((node) => [node.dataset.control, node]));
    this.cases.forEach((one, i) => parts.runs.append(new Option(call(one.chosen), i)));
    parts.runs.closest("label").hidden = parts.check.hidden = !this.cases.length;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = this.summary(); }, 250);
    this.listen();
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.save?.cancel();
    this.speak?.cancel();
  }

  listen() {
    const { root, picture: svg, cursor, logarithmic, runs } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess, reset } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
      if (reset !== undefined) this.change(this.usual);
    });
    for (const [key, slider] of Object.entries(this.sliders)) {
      slider.addEventListener("input", () => this.change({ ...this.chosen, [key]: CONTROLS[key][1][slider.value] }));
    }
    cursor.addEventListener("input", () => this.read(Number(cursor.value)));
    logarithmic.addEventListener("change", () => this.change(this.chosen, this.recorded));
    runs.addEventListener("change", () => this.compare(this.cases[runs.value]));
    for (const moved of ["pointerdown", "pointermove"]) {
      svg.addEventListener(moved, ({ clientX }) => {
        if (root.classList.contains("dl-hidden")) return;
        const { left, width } = svg.getBoundingClientRect();
        this.read(stepAt(((clientX - left) * WIDTH) / width, this.schedule.moms.length));
      });
    }
  }

  // --- what the reader does

  /** New arguments: the cursor keeps its share of the way. */
  change(chosen, recorded = null, share = this.step / Math.max(1, this.schedule.moms.length - 1)) {
    this.parts.root.classList.remove("dl-hidden");
    this.set(chosen, recorded, share);
  }

  set(chosen, recorded, share) {
    this.chosen = { ...chosen };
    this.recorded = recorded;
    this.schedule = fineTune(chosen, chosen.steps, chosen.groups);
    this.draw();
    this.read(Math.round(share * (this.schedule.moms.length - 1)));
    if (recorded) return;
    this.parts.runs.value = "";
    this.parts.check.textContent = "Choose one: its dots must lie on the curves.";
  }

  compare(recorded) {
    if (!recorded) return this.change(this.chosen);
    this.change({ ...recorded.chosen, steps: recorded.stepsPerEpoch, groups: recorded.groups }, recorded);
    const { rate, momentum } = difference(recorded);
    this.parts.check.textContent = `Dots: fastai’s record. Largest difference: rate ${short(rate, 1)}, momentum ${short(momentum, 1)}.`;
  }

  guess(name) {
    for (const button of this.querySelectorAll("[data-guess]")) button.setAttribute("aria-pressed", String(button.dataset.guess === name));
    this.change({ ...this.usual, groups: Math.max(2, this.usual.groups) });
    const { frozen, peaks, moms } = this.schedule;
    this.read(frozen + Math.round(0.3 * (moms.length - frozen)));
    const right = Number(name) === peaks[1].at(-1);
    const said = GUESSES[name] ? `You say ${GUESSES[name]}. ${right ? "Right" : "Not so"}. ` : "";
    const text = `Before it unfreezes, fine_tune halves base_lr: the head peaks at ${short(peaks[1].at(-1))} and the body’s first group at a hundredth of that, ${short(peaks[1][0])}. The cursor stands there.`;
    this.parts.answer.textContent = said + text;
  }

  // --- what is seen

  draw() {
    const { parts, chosen, schedule, recorded } = this;
    for (const [key, [, values]] of Object.entries(CONTROLS)) {
      const slider = this.sliders[key];
      slider.value = nearest(values, chosen[key]);
      const text = python(chosen[key]);
      parts[`${key}Text`].textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
    const steps = schedule.moms.length;
    parts.call.textContent = `learn.${call(chosen)}`;
    parts.length.textContent = `${chosen.freezeEpochs + chosen.epochs} epochs × ${chosen.steps} = ${steps.toLocaleString("en")} steps`;
    const { svg, place } = picture(schedule, { stepsPerEpoch: chosen.steps, logarithmic: parts.logarithmic.checked, recorded });
    parts.picture.innerHTML = svg;
    this.place = place;
    const peak = (phase) => short(schedule.peaks[phase].at(-1));
    parts.picture.setAttribute("aria-label", `Learning rates and momentum over ${steps} steps. The head rises to ${peak(0)} in ${schedule.frozen} frozen steps, `
      + `then to ${peak(1)} and down again in ${steps - schedule.frozen}. The table has the values at a step.`);
    parts.cursor.max = steps - 1;
    const row = (kind, name) => `<tr><th scope="row"><svg viewBox="0 0 22 12" aria-hidden="true"><path class="dl-curve dl-${kind}" d="M1 6H21"/></svg>${name}<small></small></th><td></td></tr>`;
    const rows = schedule.lrs[0].map((_, g) => row(kindOf(g, chosen.groups), this.nameOf(g)));
    parts.rows.innerHTML = [...rows.reverse(), row("mom", "momentum of all")].join("");
  }

  nameOf(group) {
    const { groups } = this.chosen;
    return groups === 1 ? "the only group" : group === groups - 1 ? "head" : `body, group ${group + 1}`;
  }

  read(step) {
    const { parts, schedule, chosen } = this;
    this.step = Math.max(0, Math.min(schedule.moms.length - 1, step));
    const { x, ys } = this.place(this.step);
    const cursor = parts.picture.querySelector(".dl-cursor");
    cursor.setAttribute("transform", `translate(${x} 0)`);
    cursor.querySelectorAll("circle").forEach((circle, i) => circle.setAttribute("cy", ys[i]));
    const [lrs, mom] = [schedule.lrs[this.step], schedule.moms[this.step]];
    [...parts.rows.children].forEach((row, i) => {
      const group = chosen.groups - 1 - i;
      row.lastElementChild.textContent = group < 0 ? mom.toFixed(4) : short(lrs[group], 3);
      const rests = group >= 0 && group < chosen.groups - 1 && this.step < schedule.frozen;
      row.querySelector("small").textContent = rests ? " frozen" : "";
    });
    parts.caption.textContent = `Step ${this.step + 1} of ${schedule.moms.length}`;
    parts.cursor.value = this.step;
    parts.cursor.setAttribute("aria-valuetext", `step ${this.step + 1}, head ${short(lrs.at(-1), 3)}, momentum ${mom.toFixed(3)}`);
    this.speak();
    this.save();
  }

  summary() {
    const { step, schedule, chosen } = this;
    const epochs = chosen.freezeEpochs + chosen.epochs;
    const first = step < schedule.frozen;
    const phase = chosen.groups === 1 ? `${first ? "first" : "second"} phase; with one group, freezing freezes nothing`
      : first ? "frozen: of the body only BatchNorm trains" : "unfrozen: all groups train";
    const rates = schedule.lrs[step].map((lr, g) => `${this.nameOf(g)} ${short(lr, 3)}`).reverse().join("; ");
    return `Step ${step + 1}, epoch ${Math.floor(step / chosen.steps) + 1} of ${epochs}, ${phase}. Rates: ${rates}. Momentum ${schedule.moms[step].toFixed(4)}.`;
  }

  // --- the URL

  writeUrl() {
    const values = { "ft-step": this.step ? String(this.step + 1) : null, "ft-log": this.parts.logarithmic.checked ? "1" : null };
    for (const [key, [word]] of Object.entries(CONTROLS)) values[word] = this.chosen[key] === this.usual[key] ? null : String(this.chosen[key]);
    writeState(values);
  }

  readUrl() {
    const chosen = { ...this.usual };
    let known = false;
    for (const [key, [word, values]] of Object.entries(CONTROLS)) {
      const text = readState(word);
      const value = text ? Number(text) : NaN;
      if (!(value >= values[0] && value <= values.at(-1))) continue;
      known = true;
      chosen[key] = COUNTS.includes(key) ? Math.round(value) : value;
    }
    this.parts.logarithmic.checked = readState("ft-log") === "1";
    this.set(chosen, null, 0);
    const step = Math.round(Number(readState("ft-step"))) || 0;
    if (step) this.read(step - 1);
    if (known || step || this.parts.logarithmic.checked) this.parts.root.classList.remove("dl-hidden");
    this.parts.status.textContent = this.summary();
  }
}

define("downhill-schedule-visualiser", ScheduleVisualiser);
