// <downhill-presizing-simulator data-src="….json">: a picture turned and enlarged in two orders.

import { paintColour } from "./colour-pictures.js";
import { unpack } from "./packed.js";
import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";
import { LEFT, MOST, TIMES, answered, degrees, html, inWords, percent, steps, times } from "./presizing-views.js";
import { CHANNELS, centreSquare, difference, emptyShare, error, stages } from "./warp.js";

const START = { picture: 0, angle: 20, zoom: 1.4, order: "naive", compare: false };
const between = (low, high, value) => Math.max(low, Math.min(high, value));
const twentieths = (value) => Math.round(value * 20) / 20;

/** Paints a picture of warp.js at its own size; the page's style enlarges it. */
function paint(canvas, { side, values }) {
  Object.assign(canvas, { width: side, height: side });
  paintColour(canvas, values, { most: 1, channels: CHANNELS });
}

class PresizingSimulator extends Demo {
  build(json) {
    const { presize, size, pictures } = json;
    this.sides = { presize, size };
    this.squares = pictures.map((picture) => {
      const rgb = unpack(picture.rgb);
      if (rgb.length !== picture.width * picture.height * 3) throw new Error(`${picture.name}: ${rgb.length} bytes`);
      return centreSquare({ ...picture, rgb });
    });
    if (!this.squares.length || !(presize > 0) || !(size > 0)) throw new Error("no picture, or no size");
    const { fragment, parts } = markup(html(json));
    this.parts = parts;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = this.words(); }, 250);
    for (const [side, order] of [["left", "naive"], ["right", "presized"]]) {
      parts[`${side}Stages`].innerHTML = steps(order, { ...this.sides, ...START }).map(() => '<span><canvas aria-hidden="true"></canvas><small></small></span>').join("");
    }
    this.listen();
    this.readUrl();
    this.show();
    parts.status.textContent = this.words();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.save?.cancel();
    this.speak?.cancel();
  }

  listen() {
    const { root, angle, zoom, compare } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess, picture, order } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
      if (picture) this.set({ picture: Number(picture) });
      if (order) this.set({ order });
    });
    angle.addEventListener("input", () => this.set({ angle: Number(angle.value) }));
    zoom.addEventListener("input", () => this.set({ zoom: twentieths(Number(zoom.value)) }));
    compare.addEventListener("input", () => this.set({ compare: compare.checked }));
  }

  set(changes) {
    this.parts.root.classList.remove("dl-hidden"); // who moves a slider wants to see
    Object.assign(this.state, changes);
    this.show();
    this.speak();
    this.save();
  }

  press(name, value) {
    for (const node of this.parts.root.querySelectorAll(`[data-${name}]`)) {
      node.setAttribute("aria-pressed", String(node.dataset[name] === String(value)));
    }
  }

  guess(name) {
    this.set({ ...START, picture: this.state.picture });
    this.press("guess", name);
    this.parts.answer.textContent = answered(name, this.left, this.right);
  }

  show() {
    const { parts, state } = this;
    const { picture, angle, zoom, order, compare } = state;
    const square = this.squares[picture];
    const settings = { ...this.sides, angle, zoom };
    const [reference] = stages(square, "reference", settings);
    paint(parts.original, square);
    paint(parts.reference, reference);
    parts.sideText.textContent = `${square.side}\u00a0px`;
    for (const [side, which, name] of [["left", order, "Step by step"], ["right", "presized", "Presized"]]) {
      const made = stages(square, which, settings);
      const result = made.at(-1);
      const found = { empty: emptyShare(result), error: error(result, reference) };
      this[side] = found;
      paint(parts[side], compare ? difference(result, reference, TIMES) : result);
      parts[side].setAttribute("aria-label", `${name}${compare ? ", its difference from the judge" : ""}: ${percent(found.empty)} empty, error ${found.error.toFixed(3)}`);
      const texts = steps(which, settings);
      parts[`${side}Steps`].textContent = `${made.length} interpolations`;
      parts[`${side}Empty`].textContent = percent(found.empty);
      parts[`${side}Error`].textContent = found.error.toFixed(3);
      parts[`${side}Bar`].style.setProperty("--e", Math.min(1, found.error / 0.12));
      [...parts[`${side}Stages`].children].forEach((node, i) => {
        paint(node.firstElementChild, made[i]);
        node.lastElementChild.textContent = texts[i];
      });
    }
    parts.original.setAttribute("aria-label", `The original's middle, ${square.side} pixels each way`);
    parts.reference.setAttribute("aria-label", "The same turn and zoom in one interpolation, straight from the original");
    parts.angle.value = angle;
    parts.angleText.textContent = degrees(angle);
    parts.angle.setAttribute("aria-valuetext", `${angle} degrees`);
    parts.zoom.value = zoom;
    parts.zoomText.textContent = `×${times(zoom)}`;
    parts.zoom.setAttribute("aria-valuetext", `${times(zoom)} times`);
    parts.compare.checked = compare;
    this.press("picture", picture);
    this.press("order", order);
  }

  words() {
    const { state, left, right, squares, sides } = this;
    return inWords({ ...state, left, right, small: squares[state.picture].side < sides.presize });
  }

  // --- the URL

  writeUrl() {
    const { picture, angle, zoom, order, compare } = this.state;
    const unless = (start, value) => (value === start ? null : String(value));
    writeState({
      "ps-picture": unless(START.picture, picture),
      "ps-turn": unless(START.angle, angle),
      "ps-zoom": unless(START.zoom, zoom),
      "ps-order": unless(START.order, order),
      "ps-difference": compare ? "1" : null,
    });
  }

  readUrl() {
    const number = (name, usual, low, high) => {
      const value = Number(readState(name) || NaN);
      return Number.isFinite(value) ? between(low, high, value) : usual;
    };
    const order = readState("ps-order");
    this.state = {
      picture: Math.round(number("ps-picture", START.picture, 0, this.squares.length - 1)),
      angle: Math.round(number("ps-turn", START.angle, -MOST.angle, MOST.angle)),
      zoom: twentieths(number("ps-zoom", START.zoom, 1, MOST.zoom)),
      order: Object.hasOwn(LEFT, order) ? order : START.order,
      compare: readState("ps-difference") === "1",
    };
    if (Object.keys(START).some((key) => this.state[key] !== START[key])) this.parts.root.classList.remove("dl-hidden");
  }
}

define("downhill-presizing-simulator", PresizingSimulator);
