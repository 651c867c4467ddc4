// Numbers → small pictures, on the reader's screen.

/** Grey image, black at 0, white at `most`. values: [canvas.height · canvas.width] */
export function paintGrey(canvas, values, most = 1) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < values.length; i++) {
    image.data.fill((values[i] / most) * 255, 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

const THREE = [33, 92, 184]; // blue and red that differ in brightness too
const SEVEN = [196, 60, 30];

/**
 * Weights as colour: blue above 0 (votes for a 3), red below (for a 7), white at 0.
 * With an image x (0..1), each weight times its pixel: the votes that this image makes count.
 */
export function paintStencil(canvas, weights, x = null) {
  const most = weights.reduce((best, w) => Math.max(best, Math.abs(w)), 1);
  const image = new ImageData(canvas.width, canvas.height);
  weights.forEach((weight, i) => {
    const value = (weight / most) * (x ? x[i] : 1);
    const strength = Math.sqrt(Math.abs(value)); // small weights stay visible
    (value < 0 ? SEVEN : THREE).forEach((channel, k) => {
      image.data[4 * i + k] = 255 + (channel - 255) * strength;
    });
    image.data[4 * i + 3] = 255;
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** One bar per hidden unit into an SVG of 150 × 64: up for a 3, down for a 7. */
export function paintVotes(svg, votes) {
  const most = votes.reduce((best, vote) => Math.max(best, Math.abs(vote)), 1);
  const width = 150 / votes.length;
  svg.innerHTML = `<line x2="150" y1="32" y2="32"/>${Array.from(votes, (vote, i) => {
    const height = (Math.abs(vote) / most) * 30;
    return `<rect class="${vote < 0 ? "dl-seven" : "dl-three"}" x="${i * width + 0.5}" width="${width - 1}"
      y="${(vote < 0 ? 32 : 32 - height).toFixed(1)}" height="${height.toFixed(1)}"/>`;
  }).join("")}`;
}
