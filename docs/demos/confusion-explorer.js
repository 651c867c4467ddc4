// <downhill-confusion-explorer data-src="….json">: a confusion matrix to walk through, and a game.

import { paintColour } from "./colour-pictures.js";
import { choices, mostConfused, moved, order, readCell, recalls, score, square } from "./confusion.js";
import { HTML, claimed, inWords, matrixView, places, safe, standing, stripView, verdict } from "./confusion-views.js";
import { unpack } from "./packed.js";
import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";

const SORTS = ["name", "recall", "mistakes", "alike"];

class ConfusionExplorer extends Demo {
  build(json) {
    const k = json.vocab.length;
    const flat = unpack(json.matrix);
    if (flat.length !== k * k || k < 2) throw new Error(`${flat.length} counts for ${k} classes`);
    this.matrix = square(flat, k);
    this.names = json.vocab.map((name) => String(name).replaceAll("_", " "));
    this.about = recalls(this.matrix);
    this.confused = mostConfused(this.matrix);
    this.mistakes = json.mistakes;
    this.pictured = json.mistakes.filter(({ thumb }) => thumb !== null);
    this.thumbs = { pixels: unpack(json.thumbs), shape: json.thumbs.shape };
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = inWords(this); }, 120);
    this.offer();
    this.listen();
    this.readUrl();
    return fragment;
  }

  ready() {
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.parts.matrix);
    this.draw();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes?.disconnect();
    this.save?.cancel();
    this.speak?.cancel();
  }

  offer() {
    this.offered = choices(this.matrix);
    this.parts.choices.innerHTML = this.offered.map(({ pair: [a, b] }, i) => `<button type="button" data-guess="${i}" aria-pressed="false">${safe(this.names[a])} and ${safe(this.names[b])}</button>`).join("")
      + '<button type="button" data-guess="show">Just show me</button>';
  }

  listen() {
    const { root, matrix } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess, sort, next, answer } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
      if (sort) this.sort(sort);
      if (next) this.follow(Number(next));
      if (answer) this.answer(answer);
    });
    matrix.addEventListener("click", (event) => {
      if (this.hidden) return this.reveal();
      const box = matrix.getBoundingClientRect();
      const { left, top, cell } = this.place;
      const nearest = (offset) => Math.max(0, Math.min(this.names.length - 1, Math.floor(offset / cell)));
      const row = nearest(event.clientY - box.top - top);
      const across = event.clientX - box.left - left;
      const outside = across < 0 || across > this.place.side; // its name or its recall
      this.choose([this.sorted[row], this.sorted[outside ? row : nearest(across)]]);
    });
    matrix.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const cell = moved(this.cell, event.key, this.sorted);
      if (!cell) return;
      event.preventDefault();
      this.reveal();
      this.choose(cell);
    });
  }

  // --- what the reader does

  get hidden() {
    return this.parts.root.classList.contains("dl-hidden");
  }

  reveal() {
    this.parts.root.classList.remove("dl-hidden");
  }

  press(name, value) {
    for (const node of this.parts.root.querySelectorAll(`[data-${name}]`)) {
      node.setAttribute("aria-pressed", String(node.dataset[name] === value));
    }
  }

  guess(which) {
    const called = ({ pair: [a, b] }) => `${this.names[a]} and ${this.names[b]}`;
    const best = this.offered.reduce((a, b) => (b.count > a.count ? b : a));
    const mine = this.offered[which];
    const times = (n) => (n === 1 ? "once" : `${n} times`);
    const said = !mine ? "" : mine === best ? `You say: ${called(mine)}. Yes: ` : `You say: ${called(mine)}, ${mine.count ? times(mine.count) : "never"}. `;
    this.parts.answer.textContent = said + (mine === best ? `${times(best.count)}, both ways together.` : `Most often ${called(best)}: ${times(best.count)}, both ways together.`);
    this.press("guess", which);
    this.reveal();
    const [a, b] = best.pair;
    this.choose(this.matrix[a][b] >= this.matrix[b][a] ? [a, b] : [b, a]);
  }

  sort(by) {
    this.by = by;
    this.sorted = order(this.matrix, by);
    this.press("sort", by);
    this.draw();
    this.save();
  }

  choose(cell) {
    this.cell = cell;
    this.draw();
    this.fill();
    this.speak();
    this.save();
  }

  /** Along the cells off the diagonal, from the fullest to the emptiest. */
  follow(step) {
    this.reveal();
    if (!this.confused.length) return;
    const [label, said] = this.cell;
    const here = this.confused.findIndex((cell) => cell.label === label && cell.said === said);
    const next = here < 0 ? 0 : Math.max(0, Math.min(this.confused.length - 1, here + step));
    this.choose([this.confused[next].label, this.confused[next].said]);
  }

  answer(reply) {
    if (reply === "next") this.asked += 1;
    else if (reply === "again") [this.answers, this.asked] = ["", 0];
    else if (this.answers.length === this.asked) this.answers += reply;
    this.play();
    this.save();
  }

  // --- what is seen

  draw() {
    const { matrix } = this.parts;
    const { clientWidth: width, clientHeight: height } = matrix;
    if (!width || !height) return;
    this.place = places(width, height, this.names.length);
    matrix.setAttribute("viewBox", `0 0 ${width} ${height}`);
    matrix.innerHTML = matrixView(this);
    matrix.setAttribute("aria-label", `Confusion matrix of ${this.names.length} breeds, sorted by ${this.by}. `
      + "Rows: the label; columns: what the model says. The arrow keys walk through it.");
  }

  paint(canvas, thumb) {
    const [, height, width] = this.thumbs.shape;
    Object.assign(canvas, { width, height });
    paintColour(canvas, this.thumbs.pixels, { start: thumb * width * height * 3 });
  }

  /** The pictures of the chosen cell; of a cell on the diagonal, all that were missed. */
  fill() {
    const [label, said] = this.cell;
    const { strip } = this.parts;
    const here = this.mistakes.filter((mistake) => mistake.true === label && (label === said || mistake.predicted === said));
    strip.innerHTML = stripView(here, this.names);
    strip.scrollLeft = 0;
    for (const canvas of strip.querySelectorAll("canvas")) this.paint(canvas, Number(canvas.dataset.thumb));
  }

  play() {
    const { parts, names, pictured, answers, asked } = this;
    const known = pictured.some((mistake) => mistake.wrong_label);
    const mistake = pictured[asked];
    parts.gameText.textContent = pictured.length ? standing(score(pictured, answers), pictured.length) : "There is no mistake to look at.";
    const set = (buttons) => { parts.replies.innerHTML = Object.entries(buttons).map(([key, text]) => `<button type="button" data-answer="${key}">${text}</button>`).join(""); };
    const before = parts.replies.contains(document.activeElement);
    if (mistake) {
      parts.claim.innerHTML = claimed(mistake, names);
      this.paint(parts.picture, mistake.thumb);
      parts.picture.setAttribute("aria-label", `Picture ${asked + 1} of ${pictured.length}`);
    }
    const answered = answers.length > asked;
    parts.verdict.textContent = answered ? verdict(mistake, answers[asked], names, known) : "";
    if (!mistake) set({});
    else if (!answered) set({ w: "The label is wrong", r: "The label is right" });
    else if (asked + 1 < pictured.length) set({ next: "Next picture" });
    else set({ again: "Play again" });
    if (before) parts.replies.querySelector("button")?.focus();
  }

  // --- the URL

  writeUrl() {
    const [label, said] = this.cell;
    const moved = this.hidden || (label === this.start[0] && said === this.start[1]);
    writeState({
      "cf-sort": this.by === SORTS[0] ? null : this.by,
      "cf-cell": moved ? null : `${label}_${said}`,
      "cf-game": this.answers || null,
    });
  }

  readUrl() {
    const wanted = readCell(readState("cf-cell"), this.names.length);
    this.start = [0, 0];
    if (wanted) this.reveal();
    this.cell = wanted ?? this.start;
    this.by = SORTS.includes(readState("cf-sort")) ? readState("cf-sort") : SORTS[0];
    this.answers = /^[wr]*$/.test(readState("cf-game") ?? "") ? (readState("cf-game") ?? "").slice(0, this.pictured.length) : "";
    this.asked = Math.min(this.answers.length, Math.max(0, this.pictured.length - 1));
    this.sort(this.by);
    this.fill();
    this.play();
    this.parts.status.textContent = inWords(this);
  }
}

define("downhill-confusion-explorer", ConfusionExplorer);
