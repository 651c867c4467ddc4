// fastai 2.8.12's four rules for a learning rate, on the curve of a range test.

const argmin = (values) => values.reduce((best, value, i) => (value < values[best] ? i : best), 0);

/** About the middle of the longest run of falling losses. */
export function valley(lrs, losses) {
  const length = losses.map(() => 1);
  let [start, end] = [0, 0];
  for (let i = 1; i < losses.length; i++) {
    for (let j = 0; j < i; j++) {
      if (losses[i] < losses[j] && length[i] < length[j] + 1) length[i] = length[j] + 1;
      if (length[end] < length[i]) {
        end = i;
        start = end - length[end];
      }
    }
  }
  const third = (end - start) / 3;
  return lrs.at(start + Math.trunc(third) + Math.trunc(third / 2)); // start can be −1, as in Python
}

/** A tenth of the rate at the lowest loss. */
export const minimum = (lrs, losses) => lrs[argmin(losses)] / 10;

/** Where the loss falls most for a factor in the rate. */
export const steep = (lrs, losses) => lrs[argmin(losses.slice(1).map((loss, i) => (loss - losses[i]) / (Math.log(lrs[i + 1]) - Math.log(lrs[i]))))];

/** From the right: the last rate at which slopes 15 points apart still differ; null on a shorter curve. */
export function slide(lrs, losses, apart = 15, threshold = 0.005) {
  const n = losses.length;
  if (n <= apart) return null;
  const slope = losses.map((_, i) => {
    const [left, right] = [Math.max(0, i - 1), Math.min(n - 1, i + 1)];
    return (losses[right] - losses[left]) / (right - left);
  });
  let [right, left] = [n - 1, n - 1 - apart];
  let rate = lrs[left];
  while (left >= 0 && Math.abs(slope[right] - slope[left]) > threshold) {
    rate = lrs[left];
    right--;
    left--;
  }
  return rate;
}

/** All four of a curve: rates ascending, losses finite. */
export const suggest = (lrs, losses) => ({ valley: valley(lrs, losses), minimum: minimum(lrs, losses), steep: steep(lrs, losses), slide: slide(lrs, losses) });
