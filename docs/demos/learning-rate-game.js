// <downhill-learning-rate-game data-src="….json">: read a range test, choose a rate, see how it trained.

import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";
import { linearScale } from "./plots.js";
import { factorOff, finalError, nearestRun, points, reach, readRounds } from "./rate-game.js";
import { HEIGHT, PLOT, WIDTH, lossPicture, percent, picture, short } from "./rate-picture.js";

const NOTCHES = 400; // of the slider
const HTML = `
<div class="dl-demo dl-game" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> <span data-part="question"></span></p>
    <div class="dl-choices" role="group" aria-label="Curve" data-part="rounds"></div>
  </div>
  <div class="dl-desk">
    <div>
      <svg data-part="picture" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"></svg>
      <input type="range" min="0" max="${NOTCHES}" step="1" data-part="slider" aria-label="Your learning rate">
    </div>
    <div class="dl-side">
      <div class="dl-tools"><button type="button" data-go data-part="go"></button><button type="button" data-again>Start again</button></div>
      <p class="dl-status" role="status" data-part="status"></p>
      <svg data-part="loss" viewBox="0 0 280 104" role="img"></svg>
      <p class="dl-score" data-part="score"></p>
    </div>
  </div>
  <p class="dl-rules"><small data-part="rules"></small></p>
</div>`;

class LearningRateGame extends Demo {
  build(json) {
    this.rounds = readRounds(json);
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    parts.rounds.append(...this.rounds.map(({ name }, i) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.dataset.round = i;
      return button;
    }));
    this.listen();
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.save?.cancel();
  }

  listen() {
    const { root, slider, picture: svg } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { round, go, again } = target.closest("button")?.dataset ?? {};
      if (round) this.enter(Number(round));
      if (go !== undefined) this.go();
      if (again !== undefined) this.again();
    });
    slider.addEventListener("input", () => this.choose(this.rateAt(slider.value / NOTCHES)));
    svg.addEventListener("click", ({ clientX }) => {
      const { left, width } = svg.getBoundingClientRect();
      const share = linearScale([PLOT.left, PLOT.right], [0, 1])(((clientX - left) * WIDTH) / width);
      this.choose(this.rateAt(Math.max(0, Math.min(1, share))));
    });
  }

  get round() {
    return this.rounds[this.number];
  }

  rateAt(share) {
    const [low, high] = reach(this.round);
    return Math.max(low, Math.min(high, Number((low * (high / low) ** share).toPrecision(3))));
  }

  // --- what the reader does

  enter(number, rate = null) {
    this.number = number;
    [...this.parts.rounds.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
    this.parts.question.textContent = this.round.runs
      ? `The rate grew from batch to batch, and the loss with it in the end. Which rate trains best? Choose on the axis, then train.`
      : `Another network’s range test. Which rate would you choose here?`;
    this.parts.go.textContent = this.round.runs ? "Train with this rate" : "Check this rate";
    this.latest = null;
    this.choose(rate ?? this.rateAt(0.5));
  }

  choose(rate) {
    const { slider } = this.parts;
    const [low, high] = reach(this.round);
    this.rate = rate;
    this.checked = false;
    slider.value = Math.round((NOTCHES * Math.log(rate / low)) / Math.log(high / low));
    slider.setAttribute("aria-valuetext", short(rate, 3));
    this.show();
  }

  go() {
    this.checked = true;
    if (this.round.runs) {
      this.latest = nearestRun(this.round.runs, this.rate);
      if (!this.tried.includes(this.latest)) this.tried.push(this.latest);
    } else if (!this.seen.includes(this.number)) this.seen.push(this.number);
    this.show();
  }

  again() {
    [this.tried, this.seen] = [[], []];
    this.enter(this.number);
  }

  // --- what is seen

  show() {
    const { parts, round, rate, tried, latest } = this;
    const seen = round.runs ? tried.length > 0 : this.seen.includes(this.number);
    parts.picture.innerHTML = picture(round, { rate, tried, latest: round.runs ? latest : null, seen });
    parts.picture.setAttribute("aria-label", `Loss against the learning rate, ${short(round.lrs[0])} to ${short(round.lrs.at(-1))}: `
      + `from ${round.losses[0].toPrecision(3)} it falls to ${Math.min(...round.losses).toPrecision(3)} at ${short(round.lrs[round.losses.indexOf(Math.min(...round.losses))])}, then rises.`);
    const run = round.runs && latest !== null ? round.runs[latest] : null;
    parts.loss.innerHTML = lossPicture(run);
    parts.loss.style.visibility = round.runs ? "visible" : "hidden";
    parts.loss.setAttribute("aria-label", run ? `Training loss at rate ${short(run.lr)}, from ${run.train_loss[0].toPrecision(3)} to ${run.train_loss.at(-1).toPrecision(3)}` : "Training loss: nothing is trained yet");
    const rules = Object.entries(round.rules).filter(([, lr]) => lr > 0).map(([name, lr]) => `${name} ${short(lr)}${round.runs ? this.scoreOf(lr) : ""}`);
    parts.rules.textContent = seen ? `fastai’s four rules say: ${rules.join(", ")}.` : "After your first try, the suggestions of fastai’s four rules appear on the curve.";
    const text = this.checked ? (round.runs ? this.told(run) : this.judged()) : `Your rate: ${short(rate, 3)}.`;
    if (parts.status.textContent !== text) parts.status.textContent = text;
    parts.score.textContent = round.runs ? this.score() : "";
    this.save();
  }

  scoreOf(rate) {
    const index = nearestRun(this.round.runs, rate);
    return this.tried.includes(index) ? ` (${points(this.round.runs, index)} points)` : "";
  }

  told(run) {
    const { runs } = this.round;
    const mine = points(runs, this.latest);
    const best = runs.reduce((least, one, i) => (finalError(one) < finalError(runs[least]) ? i : least), 0);
    const errors = run.error.map((error) => (Number.isFinite(error) ? percent(error) : "nan"));
    const shown = errors.length > 4 ? [errors[0], "…", ...errors.slice(-2)] : errors;
    const hint = best === this.latest ? "No run is better." : `A ${best < this.latest ? "lower" : "higher"} rate does better.`;
    const seeds = run.seeds > 1 ? `, mean of ${run.seeds} seeds` : "";
    return `${short(this.rate, 3)}: the nearest run has ${short(run.lr)}. Error after each epoch: ${shown.join(", ")}${seeds}. ${mine} of 100 points. ${hint}`;
  }

  judged() {
    const { good, why } = this.round;
    const off = factorOff(good, this.rate);
    const far = (factor) => (factor < 1.05 ? "a little" : `${factor.toPrecision(2)} times`.replace(/(\d(\.\d)?)e\+(\d) /, (_, m, __, e) => `${(m * 10 ** e).toLocaleString("en")} `));
    const verdict = off === 1 ? "Right" : off > 1 ? `Too high, ${far(off)}` : `Too low, ${far(1 / off)}`;
    return `${short(this.rate, 3)}: ${verdict}. Good is ${short(good[0])} to ${short(good[1])}. ${why}`;
  }

  score() {
    const { runs } = this.round;
    if (!this.tried.length) return `${runs.length} runs are waiting, each with its own rate.`;
    const all = this.tried.map((index) => points(runs, index));
    return `First try: ${all[0]} points. Best of ${all.length} of ${runs.length} runs: ${Math.max(...all)}.`;
  }

  // --- the URL

  writeUrl() {
    const list = (values) => (values.length ? values.join("_") : null);
    writeState({
      "lg-curve": this.number ? String(this.number) : null,
      "lg-lr": this.rate === this.rateAt(0.5) ? null : String(this.rate),
      "lg-tried": list(this.tried), "lg-seen": list(this.seen),
    });
  }

  readUrl() {
    const list = (name, low, high) => [...new Set((readState(name) ?? "").split("_").filter(Boolean).map(Number))]
      .filter((value) => Number.isInteger(value) && value >= low && value < high);
    this.tried = list("lg-tried", 0, this.rounds[0].runs.length);
    this.seen = list("lg-seen", 1, this.rounds.length);
    const number = Number(readState("lg-curve"));
    this.enter(this.rounds[number] ? number : 0);
    const rate = Number(readState("lg-lr"));
    const [low, high] = reach(this.round);
    if (rate >= low && rate <= high) this.choose(rate);
    if (this.round.runs ? this.tried.includes(nearestRun(this.round.runs, this.rate)) : this.seen.includes(this.number)) this.go();
  }
}

define("downhill-learning-rate-game", LearningRateGame);
