// What the presizing simulator shows: its frame and its words.

const GUESSES = {
  both: "Step by step: blurred more, and more of the corners empty",
  blur: "Step by step: only blurred more",
  same: "They come out alike",
};
/** Names of the orders that the left side can take. */
export const LEFT = { naive: "turn, then zoom", "crop-first": "zoom, then turn" };
export const MOST = { angle: 45, zoom: 2 };
export const TIMES = 4;

export const percent = (share) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}\u00a0%`;
export const degrees = (angle) => `${String(angle).replace("-", "−")}°`;
export const times = (zoom) => `${zoom.toFixed(2).replace(/0$/, "")}`;

const buttons = (name, texts) => Object.entries(texts).map(([key, text]) => `<button type="button" data-${name}="${key}" aria-pressed="false">${text}</button>`).join("");
const slider = (name, text, range) => `<label class="dl-slider"><span>${text} <b data-part="${name}Text"></b></span><input type="range" ${range} data-part="${name}"></label>`;
const card = (side, title) => `<section class="dl-order" aria-label="${title}">
    <p><b>${title}</b><br><small data-part="${side}Steps"></small></p>
    <div class="dl-result"><canvas role="img" data-part="${side}"></canvas><span class="dl-wait">answer, or move a slider</span></div>
    <div class="dl-numbers"><p>empty <b data-part="${side}Empty"></b><br>error <b data-part="${side}Error"></b></p><i class="dl-bar" data-part="${side}Bar"></i></div>
    <p class="dl-stages" data-part="${side}Stages"></p>
  </section>`;

/** presize, size: sides in pixels. pictures: [{ name }] */
export const html = ({ presize, size, pictures }) => `
<div class="dl-demo dl-presizing dl-hidden" data-part="root">
  <div class="dl-predict">
    <p><b>Predict first.</b> A picture is turned by 20° and enlarged 1.4 times: step by step at ${size} pixels, or in one go from ${presize} pixels (presized). How do the two compare?</p>
    <div class="dl-choices" role="group" aria-label="Your prediction">${buttons("guess", GUESSES)}<button type="button" data-guess="show">Just show me</button></div>
    <p class="dl-answer" role="status" data-part="answer">The results appear when you answer or move a slider.</p>
  </div>
  <div class="dl-tools" role="group" aria-label="Picture">${buttons("picture", pictures.map(({ name }) => `${name[0].toUpperCase()}${name.slice(1)}`))}</div>
  <div class="dl-sliders">
    ${slider("angle", "Turn", `min="${-MOST.angle}" max="${MOST.angle}" step="1"`)}
    ${slider("zoom", "Zoom", `min="1" max="${MOST.zoom}" step="0.05"`)}
  </div>
  <div class="dl-tools" role="group" aria-label="Order of step by step"><span>Step by step:</span>${buttons("order", LEFT)}</div>
  <div class="dl-orders">${card("left", "Step by step")}${card("right", "Presized")}
    <div class="dl-judge">
      <figure><canvas role="img" data-part="original"></canvas><figcaption>original, <span data-part="sideText"></span></figcaption></figure>
      <figure><canvas role="img" data-part="reference"></canvas><figcaption>judge: interpolated once</figcaption></figure>
    </div>
  </div>
  <p class="dl-key"><small>Empty: the share of pixels from outside the picture. Error: root mean squared difference from the judge, colours 0 to 1.</small></p>
  <label class="dl-switch"><input type="checkbox" role="switch" data-part="compare">Show the difference from the judge, ${TIMES} times as strong</label>
  <p class="dl-status" role="status" data-part="status"></p>
</div>`;

/** The steps of an order in short: sides in pixels, and what each interpolation does. */
export function steps(order, { presize, size, angle, zoom }) {
  const [turned, zoomed] = [degrees(angle), `×${times(zoom)}`];
  if (order === "presized") return [`${presize} px`, `${turned}, ${zoomed}, ${size} px`];
  const [second, third] = order === "naive" ? [turned, zoomed] : [zoomed, turned];
  return [`${size} px`, second, third];
}

/** What the answer box says. left, right: { empty, error } at the prediction's setting. */
export function answered(guess, left, right) {
  const said = { both: "You say: blurred more, and emptier. ", blur: "You say: only blurred more. ", same: "You say: alike. " }[guess] ?? "";
  const ratio = left.error / right.error;
  const alike = Math.abs(left.empty - right.empty) < 0.01;
  const found = ratio > 1.1 ? `Step by step has ${ratio.toFixed(1)} times the error` : "The errors are about the same";
  const same = alike ? "the corners are equally empty, because the geometry is the same"
    : `its corners: ${percent(left.empty)} against ${percent(right.empty)}`;
  return `${said}${found}; ${same}. Now zoom first and turn afterwards: what do the corners do?`;
}

/** The state in words. left, right: { empty, error } */
export function inWords({ order, angle, zoom, left, right, small }) {
  const both = `Turn ${degrees(angle)}, zoom ${times(zoom)}. Step by step (${LEFT[order]}): ${percent(left.empty)} empty, error ${left.error.toFixed(3)}. `
    + `Presized: ${percent(right.empty)} empty, error ${right.error.toFixed(3)}. `;
  if (!angle && zoom === 1) return `${both}With nothing to turn or zoom, the one extra interpolation is all that presizing adds.`;
  if (left.empty - right.empty > 0.01) return `${both}Zooming first cuts off what the turned corners would have needed.`;
  if (right.empty > 0) return `${both}The corners are ${left.empty === right.empty ? "equally" : "about equally"} empty; a little more zoom removes them.`;
  const more = small ? "This picture had to be enlarged for the presize: no detail was gained, but one interpolation is saved." : "Presized, the last step still has pixels to spare.";
  return left.error > right.error ? both + more : both;
}
