// Three surfaces and three optimisers that roll down them: what the race computes.

// Each surface is x²/2 + g(y), so that its contours have a formula; `slope` is g's derivative.
export const SURFACES = {
  bowl: {
    name: "bowl", formula: "(x² + y²) / 2", lowest: 0, minima: [[0, 0]], start: [-2, 1.5],
    g: (y) => y * y / 2, slope: (y) => y,
  },
  ravine: {
    name: "ravine", formula: "(x² + 25y²) / 2", lowest: 0, minima: [[0, 0]], start: [-2.5, 1],
    g: (y) => 25 * y * y / 2, slope: (y) => 25 * y,
  },
  saddle: {
    name: "saddle", formula: "(x² − y²) / 2 + y⁴ / 4", lowest: -0.25, minima: [[0, -1], [0, 1]], start: [-2, 0.05],
    g: (y) => -y * y / 2 + y ** 4 / 4, slope: (y) => -y + y ** 3,
  },
};
export const OPTIMISERS = { sgd: "SGD", momentum: "Momentum", adam: "Adam" };
export const BOTTOM = 0.01; // nearer than this to the lowest value counts as being at the bottom
export const DIVERGED = 1e6; // a value beyond it ends a path
/** Learning rates that the slider offers: 0.001 to 3, eleven or so to a factor of ten. */
export const RATES = [0.001, 0.01, 0.1, 1].flatMap((decade) =>
  [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].map((m) => Number((m * decade).toPrecision(2)))).filter((rate) => rate <= 3);

export const value = (surface, [x, y]) => x * x / 2 + surface.g(y);
export const gradient = (surface, [x, y]) => [x, surface.slope(y)];

/**
 * Where an optimiser goes, as torch.optim moves a parameter [x, y].
 * @param {"sgd"|"momentum"|"adam"} optimiser momentum: v ← βv + g, p ← p − lr·v;
 *   adam: β₁ .9, β₂ .999, ε 1e-8, both means corrected for their start at zero
 * @returns {number[][]} the start and up to `steps` more points; fewer where the path diverges
 */
export function route(surface, optimiser, { start, lr, beta = 0.9, steps }) {
  let point = start;
  let [velocity, mean, square] = [[0, 0], [0, 0], [0, 0]];
  const points = [point];
  for (let step = 1; step <= steps; step++) {
    const slope = gradient(surface, point);
    let move = slope;
    if (optimiser === "momentum") {
      move = velocity = velocity.map((v, i) => beta * v + slope[i]);
    } else if (optimiser === "adam") {
      mean = mean.map((m, i) => 0.9 * m + 0.1 * slope[i]);
      square = square.map((s, i) => 0.999 * s + 0.001 * slope[i] ** 2);
      move = mean.map((m, i) => m / (1 - 0.9 ** step)
        / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8));
    }
    point = point.map((p, i) => p - lr * move[i]);
    points.push(point);
    if (!(Math.abs(value(surface, point)) < DIVERGED)) break;
  }
  return points;
}

/** First step from which a path stays at the bottom until its end, or null. */
export function arrival(surface, points) {
  let step = points.length;
  while (step && value(surface, points[step - 1]) - surface.lowest < BOTTOM) step--;
  return step < points.length ? step : null;
}

/**
 * How an optimiser stands after a number of steps.
 * @param view half the width and half the height of the picture
 * @returns {{point, height, state: "start"|"going"|"passing"|"bottom"|"away"|"stuck"|"diverged", since: number|null}}
 */
export function standing(surface, points, step, view) {
  const at = Math.min(step, points.length - 1);
  const point = points[at];
  const height = value(surface, point);
  const arrived = arrival(surface, points);
  let state = at ? "going" : "start";
  if (!(Math.abs(height) < DIVERGED)) state = "diverged";
  else if (arrived !== null && at >= arrived) state = "bottom";
  else if (height - surface.lowest < BOTTOM) state = "passing"; // low now, but not to stay
  else if (point.some((p, i) => Math.abs(p) > view[i])) state = "away";
  else if (at && Math.hypot(...gradient(surface, point)) < 0.02 && height - surface.lowest > 0.1) state = "stuck";
  return { point, height, state, since: { bottom: arrived, diverged: points.length - 1 }[state] ?? null };
}

/** Closed curves, lists of points, on which the surface has a value; smooth with `count` points a side. */
export function contour(surface, level, count = 40) {
  const below = (y) => surface.g(y) <= level;
  const edge = (inside, outside) => {
    for (let i = 0; i < 40; i++) {
      const middle = (inside + outside) / 2;
      if (below(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  const [curves, fine] = [[], 0.01];
  let low = null;
  for (let i = -1000; i <= 1000; i++) { // every surface is high above the picture at y = ±10
    const y = i * fine;
    if (below(y) && low === null) low = edge(y, y - fine);
    if (below(y) || low === null) continue;
    const high = edge(y - fine, y);
    const ys = Array.from({ length: count + 1 }, (_, k) => (low + high) / 2 - (high - low) / 2 * Math.cos(Math.PI * k / count));
    const right = ys.map((v) => [Math.sqrt(2 * Math.max(0, level - surface.g(v))), v]);
    curves.push([...right, ...right.slice(1, -1).reverse().map(([x, v]) => [-x, v])]);
    low = null;
  }
  return curves;
}

/** Place "x_y" from a URL within the picture, or null. */
export function readPlace(text, view) {
  const place = (text ?? "").split("_").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return place.length === 2 && place.every(Number.isFinite) ? inside(place, view) : null;
}

/** The place, to two decimals, moved into the picture where it is outside. */
export const inside = (place, view) =>
  place.map((p, i) => Math.max(-view[i], Math.min(view[i], Math.round(p * 100) / 100)) + 0);
