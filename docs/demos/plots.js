// Drawing numbers: scales, round ticks, paths of curves.

/** Index of the value in an ascending array that is nearest to `wanted`. */
export function nearest(values, wanted) {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted)) best = i;
  }
  return best;
}

/** Smallest and largest, with a margin; a flat line gets `room` above and below. */
export function extent(values, room) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = high > low ? (high - low) * 0.06 : room;
  return [low - margin, high + margin];
}

/** A function from the interval `from` to the interval `to`. */
export const linearScale = ([a, b], [c, d]) => (value) => c + ((value - a) / (b - a)) * (d - c);

/** About `count` round numbers within an interval. */
export function ticks([low, high], count = 4) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A tick with as many decimals as its neighbours need. */
export function tickText(value, all) {
  const step = all.length > 1 ? all[1] - all[0] : Math.abs(value) || 1;
  const decimals = Math.max(0, Math.min(7, -Math.floor(Math.log10(step) + 1e-9)));
  return value.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
}

/**
 * SVG path through (x, y). A staircase changes half-way between two values and stays level
 * between; points on one level are left out, so that 2,001 values stay a short path.
 */
export function path(xs, ys, { staircase = false } = {}) {
  const round = (value) => Number(value.toFixed(2));
  let text = `M${round(xs[0])} ${round(ys[0])}`;
  for (let i = 1; i < xs.length; i++) {
    if (!staircase) text += `L${round(xs[i])} ${round(ys[i])}`;
    else if (ys[i] !== ys[i - 1]) text += `H${round((xs[i - 1] + xs[i]) / 2)}V${round(ys[i])}`;
  }
  return staircase ? `${text}H${round(xs[xs.length - 1])}` : text;
}
