// Points of a plot that can be moved, and kept in the URL.

import { extent } from "./plots.js";

const FINEST = 36 ** 2 - 1; // a coordinate is two digits of base 36

export class Points {
  /** x, y: numbers of at most 1,296 points, as they are until a point is moved. */
  constructor(x, y) {
    this.given = [x, y];
    this.window = [extent(x, 1), extent(extent(y, 1), 1)]; // more room above and below
    this.restore();
  }

  restore() {
    [this.x, this.y] = this.given.map((values) => [...values]);
    this.moved = new Map(); // index → its place on the grid
  }

  /** Puts point i at a place within the window: [0, 0] is lowest left, [1, 1] highest right. */
  move(i, place) {
    const grid = place.map((part) => Math.round(Math.max(0, Math.min(1, part)) * FINEST));
    this.moved.set(i, grid);
    [this.x[i], this.y[i]] = grid.map((step, k) => {
      const [low, high] = this.window[k];
      return low + (step / FINEST) * (high - low);
    });
  }

  /** Six characters for each moved point: index, x, y. */
  encode() {
    return [...this.moved].flat(2).map((value) => value.toString(36).padStart(2, "0")).join("");
  }

  /** Moves the points as `encode` wrote them; what it did not write moves none. */
  decode(text) {
    if (!/^([0-9a-z]{6})*$/.test(text)) return;
    for (const move of text.match(/.{6}/g) ?? []) {
      const [i, ...grid] = move.match(/../g).map((pair) => parseInt(pair, 36));
      if (i < this.x.length) this.move(i, grid.map((step) => step / FINEST));
    }
  }
}
