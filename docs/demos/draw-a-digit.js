// <downhill-draw-a-digit data-src="….json">: the lesson's three models on the reader's own digit.

import { FARTHEST, HTML, NAMES } from "./digit-views.js";
import { readModels, sigmoid, verdict } from "./network.js";
import { Demo, afterPause, define, markup, readState, wantsLessMotion, writeState } from "./page.js";
import { paintGrey, paintStencil, paintVotes } from "./pictures.js";
import { firstFlip, prepare, shift } from "./pixels.js";
import { CANVAS, GRID, decode, encode, example, paint, raster, toGrid } from "./strokes.js";

const CLOSEST = 8; // grid steps between two points of a stroke
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** A whole number of pixels from the URL or a slider, kept within what the sliders allow. */
const pixelsFrom = (text) => Math.max(-FARTHEST, Math.min(FARTHEST, Math.round(Number(text)) || 0));

class DrawADigit extends Demo {
  build(json) {
    this.models = readModels(json);
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.strokes = [];
    this.pixels = raster([]);
    this.variant = { 3: -1, 7: -1 }; // seed of the last example
    this.pen = { at: [GRID / 2, GRID / 4], down: false };
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = this.summary(); }, 250);
    paintGrey(parts.mean3, Array.from(this.models.mean3, (v) => v / 255));
    paintGrey(parts.mean7, Array.from(this.models.mean7, (v) => v / 255));
    paintStencil(parts.stencil, this.models.stencil);
    this.listen(fragment.firstElementChild);
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopExample();
    this.save?.cancel();
    this.speak?.cancel();
  }

  listen(root) {
    const { canvas, right, down } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { example: digit, clear, guess } = target.closest("button")?.dataset ?? {};
      if (digit) this.drawExample(digit);
      if (clear !== undefined) this.clear();
      if (guess) this.guess(guess);
    });
    for (const slider of [right, down]) slider.addEventListener("input", () => this.changed());

    let pointer = null;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return toGrid([event.clientX - box.left, event.clientY - box.top]
        .map((v, axis) => (v / (axis ? box.height : box.width)) * CANVAS));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      pointer = event.pointerId;
      canvas.setPointerCapture(pointer);
      this.parts.pen.hidden = true;
      this.begin(at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId === pointer) this.extend(at(event), CLOSEST);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => { if (event.pointerId === pointer) pointer = null; });
    }

    const held = new Set();
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (KEYS[event.key]) {
        held.add(event.key); // two arrows held together move diagonally
        const step = event.shiftKey ? 4 : 16;
        this.movePen([...held].reduce(([x, y], key) => [x + KEYS[key][0], y + KEYS[key][1]], [0, 0]), step);
      } else if (event.key === " " || event.key === "Enter") {
        if (!event.repeat) this.setPen(!this.pen.down);
      } else if (event.key === "Escape" && this.pen.down) this.setPen(false);
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("keyup", (event) => held.delete(event.key));
    canvas.addEventListener("blur", () => {
      held.clear();
      this.pen.down = false;
      this.parts.pen.hidden = true;
    });
  }

  // --- the drawing

  begin(point) {
    this.stopExample();
    this.strokes.push([point]);
    paint(this.pixels, point, point);
    this.changed();
  }

  extend(point, closest = 1) {
    const stroke = this.strokes.at(-1);
    if (!stroke) return; // cleared with the pen down
    const last = stroke.at(-1);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < closest) return;
    stroke.push(point);
    paint(this.pixels, last, point);
    this.changed();
  }

  setStrokes(strokes) {
    this.strokes = strokes;
    this.pixels = raster(strokes);
    this.changed();
  }

  clear() {
    this.stopExample();
    this.pen.down = false;
    this.parts.right.value = this.parts.down.value = 0;
    this.setStrokes([]);
  }

  drawExample(digit, seed = this.variant[digit] + 1) {
    this.stopExample();
    this.variant[digit] = seed;
    const strokes = example(digit, seed);
    this.setStrokes(wantsLessMotion() ? strokes : []);
    this.drawn = `${digit}*${seed}`;
    if (wantsLessMotion()) return;
    const [points] = strokes;
    const start = performance.now();
    const frame = (now) => {
      const count = Math.ceil(Math.min(1, Math.max(0.02, (now - start) / 500)) * points.length);
      const done = count === points.length;
      this.setStrokes([points.slice(0, count)]);
      this.drawn = `${digit}*${seed}`;
      this.frame = done ? null : requestAnimationFrame(frame);
    };
    this.frame = requestAnimationFrame(frame);
  }

  stopExample() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.drawn = null; // name of the example on the canvas; a stroke of the reader's makes it theirs
  }

  movePen([x, y], step) {
    const inside = (v) => Math.max(0, Math.min(GRID - 1, v));
    this.pen.at = [inside(this.pen.at[0] + x * step), inside(this.pen.at[1] + y * step)];
    if (this.pen.down) this.extend(this.pen.at);
    this.showPen();
  }

  setPen(down) {
    this.pen.down = down;
    if (down) this.begin(this.pen.at);
    else this.changed();
    this.showPen();
  }

  showPen() {
    const { pen } = this.parts;
    pen.hidden = false;
    pen.classList.toggle("dl-down", this.pen.down);
    pen.style.left = `${(this.pen.at[0] / GRID) * 100}%`;
    pen.style.top = `${(this.pen.at[1] / GRID) * 100}%`;
  }

  // --- what the models say

  /** Something changed: show it with the next frame, tell and save it once things rest. */
  changed() {
    if (!this.drawing) {
      this.drawing = true;
      requestAnimationFrame(() => { this.drawing = false; this.show(); });
    }
    this.speak();
    this.save();
  }

  get moved() {
    return [pixelsFrom(this.parts.right.value), pixelsFrom(this.parts.down.value)];
  }

  show() {
    const { parts, models } = this;
    const [right, down] = this.moved;
    paintGrey(parts.canvas, this.pixels, 255);
    parts.pad.classList.toggle("dl-empty", !this.strokes.length);
    parts.rightText.textContent = String(right).replace("-", "−");
    parts.downText.textContent = String(down).replace("-", "−");
    this.image = prepare(this.pixels, CANVAS, CANVAS);
    const x = this.image && shift(this.image, right, down);
    paintGrey(parts.seen, x ?? new Float32Array(784));
    paintStencil(parts.product, models.stencil, x ?? new Float32Array(784));
    paintVotes(parts.votes, x ? models.votes(x) : new Float64Array(30));
    this.results = x && {};
    if (x) {
      const { to3, to7 } = models.distances(x);
      this.showCard("mean", to7 - to3, to7 / (to3 + to7),
        `${to3.toFixed(3)} from the mean 3, ${to7.toFixed(3)} from the mean 7`);
    }
    for (const name of ["linear", "mlp"]) {
      const score = x ? models.score[name](x) : 0;
      this.showCard(name, score, sigmoid(score),
        `score ${score < 0 ? "−" : "+"}${Math.abs(score).toFixed(2)}, probability of a 3: ${sigmoid(score).toFixed(3)}`);
    }
    if (!x) this.showCard("mean", 0, 0.5, "");
    this.showAnswer();
  }

  showCard(name, score, place, numbers) {
    const element = this.parts[name];
    const says = this.results ? verdict(score) : "";
    if (this.results) this.results[name] = says;
    element.dataset.says = says;
    element.querySelector(".dl-verdict").textContent = says || "–";
    element.querySelector(".dl-track b").style.left = `${place * 100}%`;
    element.querySelector(".dl-numbers").textContent = this.results ? numbers : "";
  }

  summary() {
    if (this.pen.down) return "Pen down.";
    if (!this.results) return "Nothing drawn yet.";
    const [right, down] = this.moved;
    const moves = [right && `${Math.abs(right)} px ${right > 0 ? "right" : "left"}`,
      down && `${Math.abs(down)} px ${down > 0 ? "down" : "up"}`].filter(Boolean);
    const place = moves.length ? `, moved ${moves.join(" and ")}` : "";
    return `This drawing${place}: ${Object.keys(NAMES).map((key) =>
      `${NAMES[key]} ${key === "mean" ? "say" : "says"} ${this.results[key]}`).join(", ")}.`;
  }

  guess(name) {
    this.guessed = name;
    for (const button of this.querySelectorAll("[data-guess]")) {
      button.setAttribute("aria-pressed", String(button.dataset.guess === name));
    }
    this.showAnswer();
  }

  showAnswer() {
    const { answer } = this.parts;
    if (!this.guessed) return;
    if (!this.image) {
      answer.textContent = `You say: ${NAMES[this.guessed]}. Now draw a digit, or press “Draw a 3”.`;
      return;
    }
    if (this.frame) return; // an example is being drawn: answer when it is whole
    const flips = Object.keys(NAMES).map((key) => {
      const flip = firstFlip(this.image, this.models.score[key], FARTHEST);
      return `${NAMES[key]} ${flip ? `at ${flip.pixels} px ${flip.way}` : `not within ${FARTHEST} px`}`;
    });
    answer.textContent = `You say: ${NAMES[this.guessed]}. Minds change: ${flips.join("; ")}.`;
  }

  // --- the URL

  writeUrl() {
    const [right, down] = this.moved;
    writeState({
      digit: this.drawn ?? encode(this.strokes),
      shift: right || down ? `${right}_${down}` : null,
    });
  }

  readUrl() {
    const [right, down] = (readState("shift") ?? "").split("_").map(pixelsFrom);
    this.parts.right.value = right;
    this.parts.down.value = down ?? 0;
    // The home page shows the models at work before anybody has drawn.
    const digit = readState("digit") ?? (this.closest(".home-demo") ? "3*0" : "");
    const named = /^([37])\*(\d{1,6})$/.exec(digit);
    if (named) {
      this.variant[named[1]] = Number(named[2]);
      this.strokes = example(named[1], Number(named[2]));
      this.drawn = digit;
    } else this.strokes = decode(digit) ?? [];
    this.pixels = raster(this.strokes);
    this.show();
    this.parts.status.textContent = this.summary();
  }
}

define("downhill-draw-a-digit", DrawADigit);
