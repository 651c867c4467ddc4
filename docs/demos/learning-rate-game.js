// <downhill-learning-rate-game data-src="….json">: read a range test, choose a rate, see how it trained.

import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";
import { linearScale } from "./plots.js";
import { bestRun, nearestRun, points, reach, readRounds, verdict } from "./rate-game.js";
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
      <p class="dl-chosen" data-part="chosen"></p>
      <input type="range" min="0" max="${NOTCHES}" step="1" data-part="slider" aria-label="Your learning rate">
    </div>
    <div class="dl-side">
      <div class="dl-tools">
        <button type="button" data-go data-part="go"></button>
        <button type="button" data-none data-part="none">No rate is good</button>
        <button type="button" data-again>Start again</button>
      </div>
      <p class="dl-status" role="status" data-part="status"></p>
      <svg data-part="loss" viewBox="0 0 280 104" role="img"></svg>
      <p class="dl-score" data-part="score"></p>
    </div>
  </div>
  <p class="dl-rules" data-part="rules"></p>
</div>`;

class LearningRateGame extends Demo {
  build(json) {
    this.rounds = readRounds(json);
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    parts.rounds.innerHTML = this.rounds.map((_, i) => `<button type="button" data-round="${i}">Curve ${i + 1}</button>`).join("");
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
      const { round, go, none, again } = target.closest("button")?.dataset ?? {};
      if (round) this.enter(Number(round));
      if (go !== undefined) this.go();
      if (none !== undefined) this.go(null);
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

  enter(number) {
    const { parts } = this;
    this.number = number;
    const { runs } = this.round;
    [...parts.rounds.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
    parts.question.textContent = runs
      ? `In this range test each batch had a higher rate than the last. With which rate would you train ${runs[0].error.length} epochs? Choose it on the axis, then train.`
      : "Another range test from this lesson, of another situation. Which rate would you train with, if any?";
    parts.go.textContent = runs ? "Train with this rate" : "Check this rate";
    parts.none.hidden = Boolean(runs);
    parts.loss.style.display = parts.score.style.display = runs ? "" : "none";
    this.latest = this.tried.at(-1) ?? null;
    this.answer = runs && this.latest !== null ? this.told() : "";
    this.choose(this.rateAt(0.5));
  }

  choose(rate) {
    const { slider, chosen } = this.parts;
    const [low, high] = reach(this.round);
    this.rate = rate;
    slider.value = Math.round((NOTCHES * Math.log(rate / low)) / Math.log(high / low));
    slider.setAttribute("aria-valuetext", short(rate, 3));
    chosen.textContent = `Your learning rate: ${short(rate, 3)}`;
    this.show();
  }

  /** Trains with a rate, or answers with it; null: no rate is good. */
  go(rate = this.rate) {
    const { number, round: { runs, name, good, why } } = this;
    if (runs) {
      this.latest = nearestRun(runs, rate);
      this.tried = [...this.tried.filter((index) => index !== this.latest), this.latest];
      this.first ??= this.latest;
      this.answer = `You chose ${short(rate, 3)}. ${this.told()}`;
    } else {
      if (!this.seen.includes(number)) this.seen.push(number);
      const range = good ? ` Good is ${short(good[0])} to ${short(good[1])}.` : "";
      this.answer = `${rate === null ? "No rate" : short(rate, 3)}: ${verdict(good, rate)}. This was “${name}”.${range} ${why}`;
    }
    this.show();
  }

  again() {
    [this.tried, this.seen, this.first] = [[], [], null];
    this.enter(this.number);
  }

  // --- what is seen

  show() {
    const { parts, round, rate, tried, latest } = this;
    const { lrs, losses, runs, rules } = round;
    const seen = runs ? tried.length > 0 : this.seen.includes(this.number);
    parts.picture.innerHTML = picture(round, { rate, tried, latest, seen });
    const least = Math.min(...losses);
    parts.picture.setAttribute("aria-label", `Loss against the learning rate, ${short(lrs[0])} to ${short(lrs.at(-1))}: `
      + `at first ${losses[0].toPrecision(3)}, lowest ${least.toPrecision(3)} at ${short(lrs[losses.indexOf(least)])}, at the end ${losses.at(-1).toPrecision(3)}.`);
    const run = runs && latest !== null ? runs[latest] : null;
    parts.loss.innerHTML = lossPicture(run);
    parts.loss.setAttribute("aria-label", run ? `Training loss at rate ${short(run.lr)}, from ${run.train_loss[0].toPrecision(3)} to ${run.train_loss.at(-1).toPrecision(3)}` : "Training loss: nothing is trained yet");
    const scored = (lr) => {
      const index = runs ? nearestRun(runs, lr) : -1;
      return tried.includes(index) ? ` (${points(runs, index)} points)` : "";
    };
    const named = Object.entries(rules).filter(([, lr]) => lr > 0).map(([name, lr]) => `${name} ${short(lr)}${runs ? scored(lr) : ""}`);
    parts.rules.textContent = seen ? `fastai’s four rules, which see nothing but the curve, say: ${named.join(", ")}.` : "After your first answer, the suggestions of fastai’s four rules appear on the curve.";
    if (parts.status.textContent !== this.answer) parts.status.textContent = this.answer;
    parts.score.textContent = runs ? this.score() : "";
    this.save();
  }

  /** What the latest run came to. */
  told() {
    const { runs } = this.round;
    const { lr, error, seeds } = runs[this.latest];
    const [mine, best] = [points(runs, this.latest), bestRun(runs)];
    const errors = error.map((value) => (Number.isFinite(value) ? percent(value) : "nan"));
    const shown = errors.length > 4 ? [errors[0], "…", ...errors.slice(-2)] : errors;
    const hint = best === this.latest ? "No run is better." : mine >= 90 ? "The best run is hardly better." : `A ${best < this.latest ? "lower" : "higher"} rate does better.`;
    return `The nearest recorded run has ${short(lr)}. Error after each epoch: ${shown.join(", ")}${seeds > 1 ? ` (mean of ${seeds} seeds)` : ""}. ${mine} of 100 points. ${hint}`;
  }

  score() {
    const { runs } = this.round;
    if (!this.tried.length) return `${runs.length} recorded runs are waiting (?). The lowest error gives 100 points, the highest 0.`;
    const best = Math.max(...this.tried.map((index) => points(runs, index)));
    return `First try: ${points(runs, this.first)} points. Best of ${this.tried.length} of ${runs.length} runs: ${best}.`;
  }

  // --- the URL

  writeUrl() {
    const list = (values) => (values.length ? values.join("_") : null);
    writeState({
      "lg-curve": this.number ? String(this.number) : null,
      "lg-lr": this.rate === this.rateAt(0.5) ? null : String(this.rate),
      "lg-tried": list(this.tried),
      "lg-first": this.tried.length > 1 ? String(this.first) : null,
      "lg-seen": list(this.seen),
    });
  }

  readUrl() {
    const list = (name, low, high) => [...new Set((readState(name) ?? "").split("_").filter(Boolean).map(Number))]
      .filter((value) => Number.isInteger(value) && value >= low && value < high);
    this.tried = list("lg-tried", 0, this.rounds[0].runs.length);
    this.seen = list("lg-seen", 1, this.rounds.length);
    const [first] = list("lg-first", 0, this.rounds[0].runs.length);
    this.first = this.tried.includes(first) ? first : this.tried[0] ?? null;
    const number = Number(readState("lg-curve"));
    this.enter(this.rounds[number] ? number : 0);
    const rate = Number(readState("lg-lr"));
    const [low, high] = reach(this.round);
    if (rate >= low && rate <= high) this.choose(rate);
  }
}

define("downhill-learning-rate-game", LearningRateGame);
