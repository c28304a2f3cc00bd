// Images on their way into another domain and back.

import { plate } from "./plate.js";
import { concat, images, mean, part } from "./tensors.js";

const SIZE = 128; // pixels: an image's height
const HEADERS = ["held out", "there", "and back"];

export function open({ facts: { names }, tensors, networks: { translate, back } }) {
  const [x, y] = [images(tensors.x), images(tensors.y)];

  async function way(start, there, home) {
    const changed = await there({ x: start }), again = await home({ x: changed });
    const miss = mean(again, start, (a, b) => Math.abs(a - b));
    return { trip: concat([start, changed, again]), miss: miss.toFixed(3) };
  }

  async function trip({ image }) {
    const [one, other] = names;
    const by = await way(part(x, image), translate, back);
    const round = await way(part(y, image), back, translate);
    const rows = [
      { label: `${one} to ${other}\nand back`, images: by.trip },
      { label: `${other} to ${one}\nand back`, images: round.trip }];
    const alt = `Held-out ${one} ${image} as ${other} and back, which misses it by ${by.miss} `
      + `(L1); below, ${other} ${image} as ${one} and back, which misses it by ${round.miss}.`;
    return { painting: plate(rows, { headers: HEADERS, size: SIZE }), alt };
  }

  return { trip };
}
