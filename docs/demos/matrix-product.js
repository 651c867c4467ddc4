// <downhill-matrix-product data-src="….json">: X a, row by row, products and then their sum.

import { unpack } from "./packed.js";
import { Demo, afterPause, define, markup, readState, wantsLessMotion, writeState } from "./page.js";
import { judge, lastStep, multiply, products, readEntries, readEntry, stage, sum } from "./products.js";

const ASKED = 2; // the row whose prediction the reader is asked for
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
const SUBS = "₁₂₃₄₅₆₇₈";

const HTML = `
<div class="dl-demo dl-product">
  <div class="dl-predict">
    <p><b>Predict first.</b> What is the third prediction, ŷ₃?</p>
    <form class="dl-choices" data-part="form" novalidate>
      <input type="number" step="any" inputmode="text" aria-label="Your prediction of ŷ₃" data-part="guess">
      <button type="submit">Check</button>
      <button type="button" data-third>Show row 3</button>
    </form>
    <p class="dl-answer" role="status" data-part="answer">One or two decimals are enough. You need one row of X, and all of a.</p>
  </div>
  <div class="dl-desk">
    <div class="dl-equation" data-part="equation"></div>
    <div class="dl-work">
      <p class="dl-rowname" data-part="rowName"></p>
      <div class="dl-terms" data-part="terms" aria-hidden="true"></div>
      <p class="dl-status" role="status" data-part="status"></p>
    </div>
  </div>
  <div class="dl-tools">
    <button type="button" data-previous>Previous</button>
    <button type="button" data-next>Next</button>
    <button type="button" data-play>Play</button>
    <button type="button" data-reset>Reset</button>
  </div>
  <p><small>Every number of X and a can be changed. Shown to three decimals; the sums use all of them.</small></p>
</div>`;

const shown = (value) => value.toFixed(3).replace(/^-(0\.0*)$/, "$1").replace("-", "−");
const factor = (value) => (value < 0 ? `(${shown(value)})` : shown(value));
const typed = (value) => String(Number(value.toFixed(3)) + 0);

/** Rows of numbers from packed numbers or from lists in lists. */
function rows(value) {
  if (Array.isArray(value)) return value.map((row) => Array.from(Array.isArray(row) ? row : unpack(row)));
  const flat = Array.from(unpack(value));
  const [n, d] = value.shape;
  return Array.from({ length: n }, (_, i) => flat.slice(i * d, (i + 1) * d));
}

class MatrixProduct extends Demo {
  build(json) {
    const X = rows(json.X);
    const a = Array.from(Array.isArray(json.a) ? json.a : unpack(json.a));
    if (X.length <= ASKED || X.length > ORDINALS.length) throw new Error(`${X.length} rows`);
    if (!X.every((row) => row.length === a.length) || ![...X.flat(), ...a].every(Number.isFinite)) throw new Error("X and a do not fit");
    this.given = { X, a };
    this.columns = a.length;
    this.last = lastStep(X.length, a.length);
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.drawEquation();
    this.listen(fragment.firstElementChild);
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.pause();
    this.save?.cancel();
  }

  drawEquation() {
    const { X, a } = this.given;
    const entry = (name, where) => `<input type="number" step="0.1" inputmode="text" aria-label="${name}" ${where}>`;
    const label = (name, shape) => `<p class="dl-label"><i>${name}</i> <small>[${shape}]</small></p>`;
    this.parts.equation.innerHTML = `
      <div>${label("X", `${X.length}, ${a.length}`)}<div class="dl-matrix" role="group" aria-label="X, ${X.length} rows and ${a.length} columns">
        ${X.map((row, i) => `<div class="dl-row" data-row="${i}">${row.map((_, j) => entry(`X, row ${i + 1}, column ${j + 1}`, `data-x="${i} ${j}" data-of="${j}"`)).join("")}</div>`).join("")}</div></div>
      <div>${label("a", a.length)}<div class="dl-matrix dl-a" role="group" aria-label="a, ${a.length} entries">
        ${a.map((_, j) => `<div class="dl-row">${entry(`a, entry ${j + 1}`, `data-a="${j}" data-of="${j}"`)}</div>`).join("")}</div></div>
      <b class="dl-equals" aria-hidden="true">=</b>
      <div>${label("ŷ", X.length)}<div class="dl-matrix dl-yhat" role="group" aria-label="ŷ, ${X.length} predictions">
        ${X.map((_, i) => `<div class="dl-row"><output data-y="${i}" aria-live="off"></output></div>`).join("")}</div></div>`;
    this.cells = {
      X: [...this.parts.equation.querySelectorAll("[data-x]")],
      a: [...this.parts.equation.querySelectorAll("[data-a]")],
      y: [...this.parts.equation.querySelectorAll("[data-y]")],
      rows: [...this.parts.equation.querySelectorAll("[data-row]")],
    };
  }

  listen(root) {
    root.addEventListener("click", ({ target }) => {
      const { third, previous, next, play, reset } = target.closest("button")?.dataset ?? {};
      if (play !== undefined) { this.timer ? this.pause() : this.play(); return; }
      if ([third, previous, next, reset].some((pressed) => pressed !== undefined)) this.pause();
      if (third !== undefined) this.go(ASKED * (this.columns + 1) + 1);
      if (previous !== undefined) this.go(this.step - 1);
      if (next !== undefined) this.go(this.step + 1, true);
      if (reset !== undefined) this.reset();
    });
    this.parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check();
    });
    this.parts.equation.addEventListener("input", ({ target }) => this.edit(target));
    this.parts.equation.addEventListener("change", () => this.fill());
  }

  // --- what the reader does

  set({ X, a }) {
    this.X = X.map((row) => [...row]);
    this.a = [...a];
    this.fill();
  }

  /** Writes every entry's number where another stands; what cannot be read becomes the last that could. */
  fill() {
    const write = (cell, value) => {
      cell.removeAttribute("aria-invalid");
      if (readEntry(cell.value) === null || Number(cell.value) !== Number(typed(value))) cell.value = typed(value);
      if (!cell.hasAttribute("value")) cell.setAttribute("value", cell.value); // the arrow keys count from it
    };
    this.cells.X.forEach((cell, k) => write(cell, this.X.flat()[k]));
    this.cells.a.forEach((cell, j) => write(cell, this.a[j]));
  }

  edit(cell) {
    const entry = readEntry(cell.value);
    cell.toggleAttribute("aria-invalid", false);
    if (entry === null) {
      cell.setAttribute("aria-invalid", "true");
      return;
    }
    const [i, j] = (cell.dataset.x ?? "").split(" ").map(Number);
    if (cell.dataset.x) this.X[i][j] = entry;
    else this.a[cell.dataset.a] = entry;
    this.show();
  }

  check() {
    const guess = readEntry(this.parts.guess.value);
    const row = this.X[ASKED];
    const sentence = () => `${row.map((x, j) => `${factor(x)} × ${factor(this.a[j])}`).join(" + ")} = ${shown(sum(products(row, this.a)))}`;
    const answers = {
      "right": () => `Right: ${sentence()}.`,
      "one product": () => "That is one of the products. Every entry of the row makes one; add them up.",
      "another row": () => "That is the prediction of another row. The third prediction needs the third row of X.",
      "sign": () => "The size is right, the sign is not. A negative times a positive is negative.",
      "wrong": () => "Not yet. Each entry of row 3 times the entry of a in its colour, then the sum. “Show row 3” goes through it.",
    };
    this.parts.answer.textContent = guess === null ? "Type a number, such as 1.5, then press Check."
      : `You say ${this.parts.guess.value.replace("-", "−")}. ${answers[judge(guess, this.X, this.a, ASKED)]()}`;
  }

  reset() {
    this.set(this.given);
    this.parts.guess.value = "";
    this.go(0);
  }

  play() {
    if (this.step >= this.last) this.go(0);
    const tick = () => {
      this.timer = setTimeout(tick, 1200);
      this.go(this.step + 1, true);
      if (this.step >= this.last) this.pause();
    };
    this.timer = setTimeout(tick, this.step ? 1200 : 300);
    this.showButtons();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.step !== undefined) this.showButtons();
  }

  /** @param fly the sum flies into its place, where the reader likes motion */
  go(step, fly = false) {
    const before = this.step;
    this.step = Math.max(0, Math.min(this.last, step));
    this.show();
    const { row, column } = stage(this.step, this.columns);
    if (fly && this.step !== before && column === this.columns && !wantsLessMotion()) this.fly(row);
  }

  fly(row) {
    const [from, to] = [this.parts.terms.querySelector(".dl-total b"), this.cells.y[row]].map((node) => node.getBoundingClientRect());
    const [dx, dy] = [from.x + from.width / 2 - to.x - to.width / 2, from.y + from.height / 2 - to.y - to.height / 2];
    this.cells.y[row].animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], { duration: 500, easing: "ease-in-out" });
  }

  // --- what is seen

  show() {
    const { columns, cells, X, a } = this;
    const { row, column, done } = stage(this.step, columns);
    const summed = column === columns;
    cells.rows.forEach((node, i) => node.classList.toggle("dl-current", i === row));
    [...cells.X, ...cells.a].forEach((cell) => {
      const mine = cell.dataset.x === undefined || Number(cell.dataset.x.split(" ")[0]) === row;
      const j = Number(cell.dataset.of);
      cell.classList.toggle("dl-met", row >= 0 && mine && j <= column);
      cell.classList.toggle("dl-now", mine && j === column);
    });
    const y = multiply(X, a);
    cells.y.forEach((cell, i) => {
      cell.textContent = i < done ? shown(y[i]) : "·";
      cell.setAttribute("aria-label", `ŷ${i + 1}${i < done ? "" : ", not computed yet"}`);
      cell.classList.toggle("dl-landed", summed && i === row);
    });
    this.parts.rowName.textContent = row < 0 ? "Row by row" : `Row ${row + 1} of X, times a`;
    this.parts.terms.innerHTML = Array.from({ length: columns }, (_, j) => {
      const known = row >= 0 && j <= column;
      const [left, right] = row < 0 ? [`x${SUBS[j]}`, `a${SUBS[j]}`] : [factor(X[row][j]), factor(a[j])];
      return `<p class="${known ? "" : "dl-later"}"><span data-of="${j}">${left}</span><span>×</span><span data-of="${j}">${right}</span>`
        + `<span>=</span><b data-of="${j}">${known ? shown(X[row][j] * a[j]) : "?"}</b></p>`;
    }).join("") + `<p class="dl-total${summed ? "" : " dl-later"}"><span>sum${row < 0 ? "" : ` = ŷ${SUBS[row]}`}</span><span>=</span><b>${summed ? shown(y[row]) : "?"}</b></p>`;
    this.parts.status.textContent = this.summary();
    this.showButtons();
    this.save();
  }

  showButtons() {
    const button = (name) => this.parts.equation.closest(".dl-demo").querySelector(`[data-${name}]`);
    button("play").textContent = this.timer ? "Pause" : "Play";
    // Not `disabled`, which would throw the keyboard's focus away.
    button("previous").setAttribute("aria-disabled", String(this.step === 0));
    button("next").setAttribute("aria-disabled", String(this.step === this.last));
  }

  summary() {
    const { columns, X, a } = this;
    const { row, column } = stage(this.step, columns);
    if (row < 0) return "No prediction yet. Next makes the first product.";
    const parts = products(X[row], a);
    if (column < columns) return `Row ${row + 1}: ${shown(X[row][column])} times ${shown(a[column])} is ${shown(parts[column])}.`;
    const end = this.step === this.last ? " That was the last row." : "";
    return `Row ${row + 1}: ${parts.map(shown).join(" plus ")} is ${shown(sum(parts))}, the ${ORDINALS[row]} prediction.${end}`;
  }

  // --- the URL

  writeUrl() {
    const changed = (mine, given) => (mine.some((v, k) => v !== given[k]) ? mine.map((v) => Number(v.toPrecision(7))).join("_") : null);
    writeState({
      "mat-step": this.step && !this.timer ? String(this.step) : null,
      "mat-a": changed(this.a, this.given.a),
      "mat-X": changed(this.X.flat(), this.given.X.flat()),
    });
  }

  readUrl() {
    const { X, a } = this.given;
    const flat = readEntries(readState("mat-X"), X.length * this.columns);
    this.set({
      X: flat ? X.map((_, i) => flat.slice(i * this.columns, (i + 1) * this.columns)) : X,
      a: readEntries(readState("mat-a"), this.columns) ?? a,
    });
    this.go(Math.round(Number(readState("mat-step"))) || 0);
  }
}

define("downhill-matrix-product", MatrixProduct);
