// <downhill-freeze-map data-src="….json">: which layers train, which only move, which stay.

import { border, count, freeze, look, readLayers, spellings } from "./freezing.js";
import { Demo, afterPause, define, markup, readState, writeState } from "./page.js";

const GUESSES = { head: "Only the head", forced: "Also some of the body", all: "Everything" };
const LOOKS = {
  trains: "trains", forced: "in a frozen group, yet trains", moves: "frozen, running statistics move",
  still: "frozen, nothing moves", frozen: "frozen",
};
const whole = (n) => n.toLocaleString("en");
const plural = (n, word) => `${whole(n)} ${word}${n === 1 ? "" : "s"}`;
const share = (part, all) => `${((100 * part) / all).toFixed(part && part < all / 1000 ? 2 : 1)} %`;

const HTML = `
<div class="dl-demo dl-freeze" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> <code>freeze()</code> freezes the body. What still trains?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">
      ${Object.entries(GUESSES).map(([key, text]) => `<button type="button" data-guess="${key}" aria-pressed="false">${text}</button>`).join("")}
    </div>
    <p class="dl-answer" role="status" data-part="answer">Your answer calls <code>freeze()</code> on the map.</p>
  </div>
  <div class="dl-desk">
    <div class="dl-levers">
      <label class="dl-slider"><span><code data-part="callText"></code></span>
        <input type="range" min="0" step="1" data-part="freezeTo" aria-label="freeze_to"></label>
      <p class="dl-also"><small data-part="also"></small></p>
      <label class="dl-switch"><input type="checkbox" role="switch" data-part="trainBn"><span><code>train_bn</code>: BatchNorm trains</span></label>
      <label class="dl-switch"><input type="checkbox" role="switch" data-part="bnFreeze"><span><code>BnFreeze</code>: stops their statistics</span></label>
    </div>
    <div class="dl-sum">
      <p class="dl-total"><b data-part="total"></b> <span data-part="ofAll"></span></p>
      <div class="dl-bar" data-part="bar" role="img"></div>
      <p class="dl-check" data-part="check"></p>
    </div>
  </div>
  <div class="dl-map" data-part="map" role="img"></div>
  <label class="dl-slider"><span data-part="layerText"></span>
    <input type="range" min="1" step="1" data-part="layer" aria-label="Layer that is read"></label>
  <ul class="dl-legend">${Object.entries(LOOKS).map(([key, text]) => `<li><i class="dl-cell dl-${key}${["forced", "moves", "still"].includes(key) ? " dl-norm" : ""}"></i>${text}</li>`).join("")}
    <li><i class="dl-cell dl-frozen dl-norm"></i>round: BatchNorm</li><li><i class="dl-cell dl-frozen dl-linear"></i>wide: linear</li></ul>
  <p class="dl-status" role="status" data-part="status"></p>
</div>`;

class FreezeMap extends Demo {
  build(json) {
    this.json = json;
    this.layers = readLayers(json);
    this.groups = json.groups.length;
    const { fragment, parts } = markup(HTML);
    this.parts = parts;
    parts.freezeTo.max = this.groups;
    parts.layer.max = this.layers.length;
    this.save = afterPause(() => this.writeUrl(), 300);
    this.speak = afterPause(() => { parts.status.textContent = this.summary(); }, 250);
    this.drawMap();
    this.listen();
    this.readUrl();
    return fragment;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.save?.cancel();
    this.speak?.cancel();
  }

  drawMap() {
    const kind = ({ kind: name, batchnorm }) => (batchnorm ? " dl-norm" : /linear/i.test(name) ? " dl-linear" : "");
    this.parts.map.innerHTML = this.json.groups.map(({ name }, g) => `<div class="dl-group"><p><b></b> <span></span></p><div class="dl-cells">
      ${this.layers.map((layer, i) => (layer.group === g ? `<i class="dl-cell${kind(layer)}" data-layer="${i}"></i>` : "")).join("")}</div></div>`).join("");
    this.json.groups.forEach(({ name }, g) => { this.titles()[g].firstElementChild.textContent = `${g + 1}. ${name}`; }); // names are data
    this.parts.bar.innerHTML = this.json.groups.map(() => "<span><i></i></span>").join("");
    this.cells = [...this.parts.map.querySelectorAll("[data-layer]")];
  }

  titles() {
    return [...this.parts.map.querySelectorAll(".dl-group > p")];
  }

  listen() {
    const { root, map, layer, freezeTo, trainBn, bnFreeze } = this.parts;
    root.addEventListener("click", ({ target }) => {
      const { guess } = target.closest("button")?.dataset ?? {};
      if (guess) this.guess(guess);
    });
    for (const input of [freezeTo, trainBn, bnFreeze]) input.addEventListener("input", () => this.show());
    layer.addEventListener("input", () => this.read(layer.value - 1));
    for (const moved of ["pointerover", "click"]) {
      map.addEventListener(moved, ({ target }) => { if (target.dataset.layer) this.read(Number(target.dataset.layer)); });
    }
  }

  get chosen() {
    const { freezeTo, trainBn, bnFreeze } = this.parts;
    return { freezeTo: Number(freezeTo.value), trainBn: trainBn.checked, bnFreeze: bnFreeze.checked };
  }

  // --- what the reader does

  guess(name) {
    for (const button of this.querySelectorAll("[data-guess]")) button.setAttribute("aria-pressed", String(button.dataset.guess === name));
    this.parts.freezeTo.value = this.groups - 1;
    this.parts.trainBn.checked = true;
    this.parts.bnFreeze.checked = false;
    this.show();
    const { trainable, parameters, forced } = this.sums;
    const right = this.groups === 1 ? "all" : forced ? "forced" : "head";
    const why = this.groups === 1 ? "there is one group only, and the last is never frozen"
      : forced ? `the head’s ${whole(trainable - forced)} and ${whole(forced)} in the body’s BatchNorm layers, because train_bn is on`
        : "the head’s, for this body has no BatchNorm";
    this.parts.answer.textContent = `You say: ${GUESSES[name].toLowerCase()}. ${name === right ? "Right" : "Not so"}: ${whole(trainable)} of ${whole(parameters)} train (${share(trainable, parameters)}), ${why}.`;
  }

  // --- what is seen

  show() {
    const { parts, layers, groups, chosen } = this;
    this.states = freeze(layers, groups, chosen);
    this.sums = count(layers, this.states);
    const { trainable, parameters } = this.sums;
    layers.forEach((layer, i) => {
      const cell = this.cells[i];
      cell.classList.remove(...Object.keys(LOOKS).map((key) => `dl-${key}`));
      cell.classList.add(`dl-${look(layer, this.states[i])}`);
    });
    const [call, ...also] = spellings(chosen.freezeTo, groups);
    parts.callText.textContent = `learn.${call}`;
    parts.freezeTo.setAttribute("aria-valuetext", call);
    parts.also.textContent = chosen.freezeTo === groups ? "fastai warns: the whole model is frozen"
      : also.length ? `the same as ${also.join(" and ")}` : "";
    parts.total.textContent = `${whole(trainable)} train`;
    parts.ofAll.textContent = `of ${whole(parameters)}: ${share(trainable, parameters)}`;
    this.titles().forEach((title, g) => {
      const of = count(layers, this.states, g);
      title.lastElementChild.textContent = `${whole(of.trainable)} of ${whole(of.parameters)} train`;
      const piece = parts.bar.children[g];
      piece.style.flexGrow = of.parameters;
      piece.firstElementChild.style.width = `${(100 * of.trainable) / of.parameters}%`;
    });
    parts.bar.setAttribute("aria-label", `${share(trainable, parameters)} of the parameters train`);
    parts.map.setAttribute("aria-label", `${this.json.model}: ${plural(layers.length, "layer")} in ${plural(groups, "group")}. The slider beneath reads them one by one.`);
    this.showCheck();
    this.read(this.at ?? 0);
    this.speak();
  }

  /** What fastai counted in the lesson's run, where it ran these settings. */
  showCheck() {
    const { freezeTo, trainBn, bnFreeze } = this.chosen;
    const known = (this.json.cases ?? []).find((one) => border(one.freeze_to, this.groups) === freezeTo
      && one.train_bn === trainBn && (one.bn_freeze === undefined || one.bn_freeze === bnFreeze));
    this.parts.check.textContent = !known ? "" : known.trainable === this.sums.trainable
      ? `✓ fastai counts ${whole(known.trainable)} in the lesson’s run, too.` : `fastai counts ${whole(known.trainable)} in the lesson’s run: not the same.`;
  }

  read(index) {
    const { parts, layers, cells, states } = this;
    cells[this.at ?? index].classList.remove("dl-at");
    this.at = index;
    cells[index].classList.add("dl-at");
    const { name, kind, group, parameters, batchnorm, running } = layers[index];
    const { frozen, trains, moves } = states[index];
    const statistics = batchnorm && running ? `; ${whole(running)} running statistics ${moves ? "move" : "stay"}` : "";
    const text = `${name}, ${kind}, group ${group + 1}: ${whole(parameters)} parameters ${trains ? (frozen ? "train, though the group is frozen" : "train") : "frozen"}${statistics}`;
    parts.layer.value = index + 1;
    parts.layer.setAttribute("aria-valuetext", text);
    parts.layerText.textContent = `Layer ${index + 1} of ${layers.length}: ${text}.`;
    this.save();
  }

  summary() {
    const { trainable, parameters, forced, moving, movingLayers } = this.sums;
    const { freezeTo, trainBn, bnFreeze } = this.chosen;
    const flags = `${trainBn ? "" : ", train_bn=False"}${bnFreeze ? ", with BnFreeze" : ""}`;
    const begun = `${spellings(freezeTo, this.groups)[0]}${flags}: ${whole(trainable)} of ${whole(parameters)} parameters train.`;
    if (!trainable) return `${begun} Nothing has a gradient, so fit() fails at its first backward().`;
    const inside = forced ? ` ${whole(forced)} of them are BatchNorm’s in frozen groups.` : freezeTo ? " In the frozen groups nothing is trained." : "";
    const still = !freezeTo ? "" : moving ? ` The running statistics of ${plural(movingLayers, "frozen BatchNorm layer")} move with every batch, ${whole(moving)} numbers.`
      : " No running statistics move there.";
    return begun + inside + still;
  }

  // --- the URL

  writeUrl() {
    const { freezeTo, trainBn, bnFreeze } = this.chosen;
    writeState({
      "fz-to": freezeTo ? String(freezeTo) : null, "fz-bn": trainBn ? null : "0",
      "fz-bnfreeze": bnFreeze ? "1" : null, "fz-layer": this.at ? String(this.at + 1) : null,
    });
  }

  readUrl() {
    const { freezeTo, trainBn, bnFreeze } = this.parts;
    const number = (name, low, high) => Math.max(low, Math.min(high, Math.round(Number(readState(name))) || low));
    freezeTo.value = number("fz-to", 0, this.groups);
    trainBn.checked = readState("fz-bn") !== "0";
    bnFreeze.checked = readState("fz-bnfreeze") === "1";
    this.at = number("fz-layer", 1, this.layers.length) - 1;
    this.show();
    this.parts.status.textContent = this.summary();
  }
}

define("downhill-freeze-map", FreezeMap);
