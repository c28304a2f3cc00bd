// Pictures as SVG, painted as the course's explorers paint them in Python: their lines and letters
// are sharp at any zoom and have the page's own colours, in light and in dark.

import { EXACT, QUIET } from "./colours.js";

export const NORMAL = 12.5; // pixels: height of letters
const SMALL = 11.5, TICK = 4; // pixels: of smaller letters, and of a mark on an axis
const ANCHORS = { l: "start", m: "middle", r: "end" };

const ink = (colour, what = "fill") => `${what}="${colour === EXACT ? "currentColor" : colour}"`;
const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("  ", "\u00a0\u00a0");
const written = (places) => places.map((place) =>
  place.map((each) => each.toFixed(1)).join(" ")).join(" ");

// Round numbers from `low` to `high`, at most `most`: 1, 2 or 5 times a power of ten apart.
export function ticks(low, high, most = 6) {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = power * [1, 2, 5, 10, 20].find((each) => (high - low) / (power * each) <= most - 1);
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toFixed(12)));
}

export class Painting {
  constructor(width, height) { Object.assign(this, { width, height, parts: [] }); }

  draw(...parts) { this.parts.push(...parts); }

  // Put down what is in a canvas, as it is.
  paste(canvas, left, top) {
    this.draw(`<image x="${left}" y="${top}" width="${canvas.width}" height="${canvas.height}" `
      + `style="image-rendering: pixelated" href="${canvas.toDataURL()}"/>`);
  }

  place(other, left, top) {
    this.draw(`<g transform="translate(${left} ${top})">`, ...other.parts, "</g>");
  }

  text(x, y, words, { anchor = "l", size = SMALL, colour = EXACT } = {}) {
    const lines = words.split("\n"), between = 1.25 * size;
    const first = y + 0.36 * size - between * (lines.length - 1) / 2;
    const down = (i) => (first + i * between).toFixed(2);
    lines.forEach((line, i) => this.draw(`<text x="${x.toFixed(2)}" y="${down(i)}" `
      + `font-size="${size}" ${ink(colour)} text-anchor="${ANCHORS[anchor]}">`
      + `${escaped(line)}</text>`));
  }

  upright(x, y, words) {
    this.draw(`<g transform="translate(${x} ${y}) rotate(-90)">`);
    this.text(0, 0, words, { anchor: "m", size: NORMAL });
    this.draw("</g>");
  }

  rectangle(left, top, width, height, colour = EXACT) {
    this.draw(`<path d="M${left} ${top}h${width}v${height}h${-width}z" ${ink(colour)}/>`);
  }

  // Marks with their meaning in one line, each "line", "dashes" or "dot", in so many pixels.
  legend(x, y, entries) {
    for (const [mark, colour, words, room] of entries) {
      const plot = new Plot(this, [x, y - 6, 22, 13], [0, 22], [0, 13]);
      if (mark === "dot") plot.dots([11], [6.5], colour, 3);
      else plot.line([1, 21], [6.5, 6.5], colour, 1.6, mark === "dashes" ? 5 : 0);
      plot.put();
      this.text(x + 28, y, words);
      x += room;
    }
  }

  svg() {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" `
      + `viewBox="0 0 ${this.width} ${this.height}">${this.parts.join("")}</svg>`;
  }
}

// A part of a painting, `box` (left, top, width, height) in pixels, over which x runs from
// `across[0]` to `across[1]` and y, from below, from `up[0]` to `up[1]`. What is drawn stays inside
// it, and is on the painting after `put`.
export class Plot {
  constructor(painting, box, across, up) {
    Object.assign(this, { painting, box, across, up, parts: [] });
  }

  // The same drawing with another scale upwards.
  onScale(up) {
    return Object.assign(new Plot(this.painting, this.box, this.across, up), { parts: this.parts });
  }

  places(x, y) {
    const [, , width, height] = this.box, clip = (share) => Math.max(-9, Math.min(9, share));
    const share = (value, [low, high]) => clip((value - low) / (high - low));
    return Array.from(x, (each, i) =>
      [share(each, this.across) * width, (1 - share(y[i], this.up)) * height]);
  }

  path(outline, look) { this.parts.push(`<path d="${outline}" ${look}/>`); }

  area(x, y, colour, share) {
    const foot = this.places([x.at(-1), x[0]], [this.up[0], this.up[0]]);
    this.path(`M${written([...this.places(x, y), ...foot])}z`,
      `${ink(colour)} fill-opacity="${share}"`);
  }

  line(x, y, colour, width = 1.5, dash = 0) {
    const dashes = dash ? ` stroke-dasharray="${dash} ${dash / 2}"` : "";
    this.path(`M${written(this.places(x, y))}`,
      `fill="none" stroke-linejoin="round" ${ink(colour, "stroke")} `
      + `stroke-width="${width}"${dashes}`);
  }

  // Discs of `radius` pixels: lines of no length with round ends.
  dots(x, y, colour, radius) {
    const places = this.places(x, y).map((place) => `M${written([place])}h0`);
    this.path(places.join(""),
      `${ink(colour, "stroke")} stroke-width="${2 * radius}" stroke-linecap="round"`);
  }

  // An arrow from (x, y) by (dx, dy), in the plot's own units; none where it would be a pixel long.
  arrow(x, y, dx, dy, colour) {
    const [[x0, y0], [x1, y1]] = this.places([x, x + dx], [y, y + dy]);
    const length = Math.hypot(x1 - x0, y1 - y0), head = Math.min(7, length);
    if (length < 1) return;
    const [along, down] = [(x1 - x0) / length, (y1 - y0) / length];
    const [footX, footY] = [x1 - head * along, y1 - head * down], half = 0.4 * head;
    this.path(`M${written([[x0, y0], [footX, footY]])}`,
      `${ink(colour, "stroke")} stroke-width="1.6"`);
    this.path(`M${written([[x1, y1], [footX - half * down, footY + half * along],
      [footX + half * down, footY - half * along]])}z`, ink(colour));
  }

  put() {
    const [left, top, width, height] = this.box;
    this.painting.draw(`<svg x="${left}" y="${top}" width="${width}" height="${height}">`,
      ...this.parts, "</svg>");
  }

  axisBelow(at, label = "") {
    const [left, top, width, height] = this.box, foot = top + height, { painting } = this;
    painting.rectangle(left, foot, width, 1);
    for (const value of at) {
      const x = left + (value - this.across[0]) / (this.across[1] - this.across[0]) * width;
      painting.rectangle(x, foot, 1, TICK);
      painting.text(x, foot + TICK + 8, String(value), { anchor: "m", size: SMALL - 0.5 });
    }
    painting.text(left + width / 2, foot + TICK + 23, label, { anchor: "m", size: NORMAL });
  }

  axisBeside(at, label = "", right = false) {
    const [left, top, width, height] = this.box, { painting } = this, away = right ? 1 : -1;
    const edge = right ? left + width : left;
    painting.rectangle(edge, top, 1, height);
    for (const value of at) {
      const y = top + (1 - (value - this.up[0]) / (this.up[1] - this.up[0])) * height;
      painting.rectangle(Math.min(edge, edge + away * TICK), y, TICK, 1);
      painting.text(edge + away * (TICK + 3), y, String(value),
        { anchor: right ? "l" : "r", size: SMALL - 0.5 });
    }
    if (label) painting.upright(edge + away * (TICK + 38), top + height / 2, label);
  }
}

// A dashed line across a plot at the height `y`.
export const level = (plot, y) => plot.line(plot.across, [y, y], QUIET, 1, 4);
