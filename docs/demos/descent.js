// A line a·x + b fitted to points {x, y} by gradient descent on the mean squared error, in float64.

/** Mean squared error over all points. */
export function mse({ x, y }, [a, b]) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (a * x[i] + b - y[i]) ** 2;
  return sum / x.length;
}

/** Its gradient by [a, b], over the points whose indices `batch` lists (null: all). */
export function gradient({ x, y }, [a, b], batch) {
  const n = (batch ?? x).length;
  let [byA, byB] = [0, 0];
  for (let k = 0; k < n; k++) {
    const i = batch ? batch[k] : k;
    const residual = a * x[i] + b - y[i];
    byA += residual * x[i];
    byB += residual;
  }
  return [(2 * byA) / n, (2 * byB) / n];
}

/**
 * The line with the least loss, that loss (the floor), and the curvature H = 2/n · XᵀX, the same
 * everywhere: its eigenvalues [largest, smallest] and the angle of the largest's axis.
 */
export function leastSquares(points) {
  const { x, y } = points;
  const n = x.length;
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sx += x[i];
    sy += y[i];
    sxx += x[i] * x[i];
    sxy += x[i] * y[i];
  }
  const spread = n * sxx - sx * sx; // 0 where all x are the same: then any slope is as good
  const a = spread > 1e-12 ? (n * sxy - sx * sy) / spread : 0;
  const exact = [a, (sy - a * sx) / n];
  const [p, q] = [(2 * sxx) / n, (2 * sx) / n]; // H = [[p, q], [q, 2]]
  const root = Math.hypot(p / 2 - 1, q);
  return {
    exact,
    floor: mse(points, exact),
    eigenvalues: [p / 2 + 1 + root, Math.max(0, p / 2 + 1 - root)],
    angle: Math.atan2(2 * q, p - 2) / 2,
  };
}

/**
 * Learning rate above which descent on all points runs away; 0: it does at every rate.
 * From the roots of r² − (1 + β − lr·λ)r + β; without zero_grad of (r − 1)²(r − β) + lr·λ·r²: for
 * β = 0 they have length 1 up to 4/λ, where the line swings for ever; else one is beyond 1.
 */
export function limit(largest, momentum, zeroGrad) {
  if (zeroGrad) return (2 * (1 + momentum)) / largest;
  return momentum ? 0 : 4 / largest;
}

/** Uniform numbers in [0, 1) from a seed: mulberry32. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Indices of each step's points (null: all), shuffled for each epoch; its last batch may be smaller. */
export function batches(n, size, steps, seed) {
  if (size >= n) return Array(steps).fill(null);
  const next = random(seed);
  const found = [];
  for (let order = []; found.length < steps;) {
    if (!order.length) {
      for (let i = 0; i < n; i++) { // Fisher and Yates
        const j = Math.floor(next() * (i + 1));
        order[i] = order[j];
        order[j] = i;
      }
    }
    found.push(order.splice(0, size));
  }
  return found;
}

/**
 * Descends from `start`, a step for each of `order` (see `batches`), as torch.optim.SGD does:
 * v ← βv + g, p ← p − lr·v; without zeroGrad, g is the sum of all gradients so far.
 * Ends early once the loss is no finite number. → {path, losses over all points}, start included
 */
export function descend(points, { start, lr, momentum, zeroGrad }, order) {
  let [p, g, v] = [start, [0, 0], [0, 0]];
  const run = { path: [p], losses: [mse(points, p)] };
  for (const batch of order) {
    const now = gradient(points, p, batch);
    g = g.map((sum, k) => (zeroGrad ? 0 : sum) + now[k]);
    v = v.map((speed, k) => momentum * speed + g[k]);
    p = p.map((value, k) => value - lr * v[k]);
    const loss = mse(points, p);
    if (!Number.isFinite(loss)) break;
    run.path.push(p);
    run.losses.push(loss);
  }
  return run;
}
