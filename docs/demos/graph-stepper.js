// <downhill-graph-stepper data-src="….json">: a small graph forward, then backward, node by node.
//
// Data: {"graphs": [{"name", "nodes", "output", "ask"}]}, as the lesson's own run recorded them.
//   name    text on the graph's button
//   nodes   [{"id", "op", "of", "label", "value", "grad"}], operands before the node that uses them
//     id      [A-Za-z]\w*, unique in the graph
//     op      "input" or "" (a number that the reader can change), "const" (a fixed number),
//             "+", "-", "*", "/" (two operands), "neg", "relu", "tanh", "exp", "log", "sigmoid",
//             "square", "**2", "**-1", … (one operand)
//     of      ids of the operands, in order; one id may stand twice
//     label   what the page shows, a few letters (default: id)
//     value, grad   recorded; the demo starts only where it computes the same within 1e-6
//   output  id of the node whose gradient is 1
//   ask     id of the node in the prediction (default: the first input)
// URL: graph-pick (2: the second graph), graph-in (inputs in order, "2_-3_4"), graph-step.

import { calculation, formula, num, part, sentence } from "./derivation.js";
import { Drawing } from "./drawing.js";
import { backward, forward, readGraph, stateAfter, steps } from "./graph.js";
import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";

const FARTHEST = 100; // an input is within ±100
const WIDE = 600; // px: the layers go right instead of down
const PAUSE = { forward: 1500, backward: 2600 }; // ms that Play leaves for reading a step

const HTML = `
<div class="dl-demo dl-stepper">
  <div class="dl-choices" role="group" aria-label="Graph" data-part="chooser"></div>
  <form class="dl-predict" data-part="form">
    <label><b>Predict first.</b> <span data-part="question"></span>
      <input type="number" step="any" autocomplete="off" data-part="guess"></label>
    <button type="submit">Answer</button>
    <button type="button" data-do="reveal">Show me</button>
    <p class="dl-answer" role="status" data-part="answer"></p>
  </form>
  <div class="dl-inputs" role="group" aria-label="Inputs of the graph" data-part="inputs"></div>
  <svg role="img" data-part="svg"></svg>
  <p class="dl-key"><span class="dl-value">value, forward</span> <span class="dl-grad">gradient of <i data-part="output"></i>, backward</span> <span class="dl-pill">×local slope</span></p>
  <div class="dl-progress" aria-hidden="true" data-part="track"></div>
  <div class="dl-buttons" role="group" aria-label="Steps">
    <button type="button" data-do="back">Back</button>
    <button type="button" data-do="next">Next</button>
    <button type="button" data-do="play" data-part="play">Play</button>
    <button type="button" data-do="reset">Reset</button>
  </div>
  <div class="dl-told">
    <div class="dl-now" role="status" data-part="now"></div>
    <div class="dl-past" role="region" tabindex="0" aria-label="All steps so far" data-part="past"><ol data-part="list"></ol></div>
  </div>
</div>`;

const near = (a, b) => Math.abs(a - b) <= 0.005 * Math.max(1, Math.abs(b));

/** A number from a field or the URL: within what an input may be, or null. */
function read(text) {
  const value = String(text).trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.max(-FARTHEST, Math.min(FARTHEST, value)) : null;
}

class GraphStepper extends Demo {
  build({ graphs }) {
    this.graphs = graphs.map(readGraph);
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    parts.chooser.innerHTML = this.graphs.map(({ name }, i) =>
      `<button type="button" data-pick="${i}">${name}</button>`).join("");
    const root = fragment.firstElementChild;
    root.addEventListener("click", ({ target }) => {
      const { pick, do: action } = target.closest("button")?.dataset ?? {};
      if (pick) this.choose(Number(pick));
      else if (action) this.act(action);
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.guess = read(parts.guess.value);
      this.answer(this.guess === null ? "Type a number first; a wrong one costs nothing." : undefined);
    });
    parts.inputs.addEventListener("input", ({ target }) => this.change(target));
    parts.inputs.addEventListener("change", ({ target }) => { // leave what counts in the field
      target.value = this.numbers[target.dataset.input];
      target.removeAttribute("aria-invalid");
    });
    this.watchWidth = new ResizeObserver(() => {
      if (this.drawing && this.drawing.wide !== this.clientWidth >= WIDE) this.draw();
    });
    this.watchWidth.observe(this);
    this.readUrl();
    return fragment;
  }

  /** On the page: what has happened by the step in the URL is scrolled to its end. */
  ready() {
    this.show();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watchWidth?.disconnect();
    this.save?.cancel();
    if (this.timer) this.pause();
  }

  // --- what the reader does

  choose(pick, numbers = this.graphs[pick].start, step = 0) {
    this.pause();
    const { parts } = this;
    this.pick = pick;
    this.graph = this.graphs[pick];
    this.numbers = [...numbers];
    this.guess = null;
    parts.guess.value = "";
    for (const button of parts.chooser.children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.pick) === pick));
    }
    const { nodes, inputs, ask, output } = this.graph;
    parts.question.textContent = `What will be the gradient at ${nodes[ask].label}?`;
    parts.output.textContent = nodes[output].label;
    parts.inputs.innerHTML = inputs.map((node, i) => `<label><i>${nodes[node].label}</i>
      <input type="number" step="any" autocomplete="off" min="${-FARTHEST}" max="${FARTHEST}"
        data-input="${i}" value="${this.numbers[i]}"></label>`).join("");
    this.compute();
    this.step = Math.min(step, this.list.length - 1);
    this.draw();
  }

  change(field) {
    const value = read(field.value);
    field.setAttribute("aria-invalid", String(value === null));
    if (value === null || value === this.numbers[field.dataset.input]) return;
    this.numbers[field.dataset.input] = value;
    this.guess = null; // it was about other numbers
    this.compute();
    this.show();
  }

  act(action) {
    const last = this.list.length - 1;
    if (action === "play" && !this.timer) return this.play();
    this.pause();
    if (action === "play") return undefined;
    if (action === "reset") return this.choose(this.pick);
    const wanted = { back: this.step - 1, next: this.step + 1, reveal: this.arrival }[action];
    return this.goTo(Math.max(0, Math.min(last, wanted)));
  }

  goTo(step) {
    if (step === this.step) return;
    this.step = step;
    this.show();
  }

  play() {
    if (this.step === this.list.length - 1) this.goTo(0);
    const tick = () => {
      this.goTo(this.step + 1);
      if (this.step === this.list.length - 1) this.pause();
      else this.timer = setTimeout(tick, PAUSE[this.list[this.step].phase] ?? PAUSE.forward);
    };
    this.parts.play.textContent = "Pause";
    this.timer = setTimeout(tick, 300);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.parts.play.textContent = "Play";
  }

  // --- what the reader sees

  compute() {
    this.values = forward(this.graph, this.numbers);
    this.run = backward(this.graph, this.values);
    this.list = steps(this.graph, this.run);
    const { ask } = this.graph;
    const whole = (step) => stateAfter(this.graph, this.list, step).whole[ask];
    this.arrival = this.list.findIndex((_, step) => whole(step));
  }

  draw() {
    this.drawing = new Drawing(this.parts.svg, this.graph, this.clientWidth >= WIDE);
    this.show();
  }

  show() {
    const { parts, graph, values, list, step } = this;
    const state = stateAfter(graph, list, step);
    this.drawing.show(values, state, list[step]);
    parts.svg.setAttribute("aria-label", graph.nodes.map((node, i) => [
      node.of.length ? formula(graph, i) : node.label,
      state.known[i] ? ` is ${num(values[i])}` : " is not computed yet",
      state.sums[i] === null ? "" : `, gradient ${num(state.sums[i])}${state.whole[i] ? "" : " so far"}`,
    ].join("")).join("; "));
    parts.track.innerHTML = list.slice(1).map(({ phase }, i) =>
      `<i class="${phase === "forward" ? "" : "dl-grad"}${i < step ? " dl-on" : ""}"></i>`).join("");
    parts.now.innerHTML = this.now();
    parts.list.innerHTML = list.slice(1, step + 1).map((one) => `<li>${sentence(graph, values, one)}</li>`).join("");
    parts.past.scrollTop = parts.past.scrollHeight;
    for (const [action, end] of [["back", 0], ["next", list.length - 1]]) {
      this.buttons ??= parts.play.parentElement.children;
      const button = [...this.buttons].find((one) => one.dataset.do === action);
      button.setAttribute("aria-disabled", String(step === end)); // stays focusable for the keyboard
    }
    this.answer();
    this.save();
  }

  /** The present step as markup. */
  now() {
    const { graph, values, list, step } = this;
    const { phase, node, move } = list[step];
    const title = `<p class="dl-step">Step ${step} of ${list.length - 1}`;
    if (phase === "start") {
      return `${title}</p><p>${sentence(graph, values, list[0])}</p><p>Press Next: the graph is computed one operation at a time.</p>`;
    }
    const { label } = graph.nodes[node];
    if (phase === "forward") {
      return `${title} · forward</p><p>${formula(graph, node)}</p><p class="dl-sum dl-value">${calculation(graph, values, node)}</p>`;
    }
    if (phase === "seed") {
      return `${title} · backward</p><p>Where the way back begins: if ${label} grows by a little, ${label} grows by as much.</p>
        <p class="dl-sum dl-grad">gradient at ${label} = 1</p>`;
    }
    const rows = move.parts.map((_, k) => {
      const { to, rule, product, sum } = part(graph, values, move, k);
      return `<div><p>to <b>${to}</b>: local ${rule}</p><p class="dl-sum dl-grad">${product}</p>${sum
        ? `<p>a second part for ${to}: they add up</p><p class="dl-sum dl-grad">${sum}</p>` : ""}</div>`;
    });
    return `${title} · backward</p>
      <p>${formula(graph, node)}: gradient coming in <b class="dl-grad">${num(move.grad)}</b></p>
      <div class="dl-parts">${rows.join("")}</div>`;
  }

  answer(text = this.verdict()) {
    if (this.parts.answer.textContent !== text) this.parts.answer.textContent = text;
  }

  verdict() {
    const { graph: { nodes, ask }, guess, run } = this;
    const { label } = nodes[ask];
    const right = run.grads[ask];
    const said = guess === null ? "" : `You say ${num(guess)}. `;
    if (this.step < this.arrival) {
      return said ? `${said}The way back will tell: press Next or Play.` : "Type a number, or step through and see.";
    }
    const fact = `The gradient at ${label} is ${num(right)}`;
    if (guess === null) return `${fact}. Change an input and predict again.`;
    if (near(guess, right)) return `${said}${fact}: right.`;
    const shares = run.moves.flatMap(({ parts }) => parts.filter(({ to }) => to === ask));
    if (shares.length > 1 && shares.some(({ part: share }) => near(guess, share))) {
      return `${said}That is one of the parts that arrive at ${label}. ${fact}: the parts add up.`;
    }
    if (near(guess, -right)) return `${said}${fact}: right but for the sign.`;
    return `${said}${fact}. The steps below say why.`;
  }

  // --- the URL

  writeUrl() {
    const same = this.numbers.every((number, i) => number === this.graph.start[i]);
    writeState({
      "graph-pick": this.pick ? String(this.pick + 1) : null,
      "graph-in": same ? null : this.numbers.join("_"),
      "graph-step": this.step ? String(this.step) : null,
    });
  }

  readUrl() {
    const whole = (name) => (/^\d{1,3}$/.test(readState(name) ?? "") ? Number(readState(name)) : 0);
    const pick = Math.max(0, Math.min(this.graphs.length, whole("graph-pick")) - 1);
    const numbers = (readState("graph-in") ?? "").split("_").map(read);
    const { start } = this.graphs[pick];
    const known = numbers.length === start.length && !numbers.includes(null);
    this.choose(pick, known ? numbers : start, whole("graph-step"));
  }
}

define("downhill-graph-stepper", GraphStepper);
