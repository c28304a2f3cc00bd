// Sums of latents, a - b + c, beside the same sums of pixels.

import { FAKE } from "./colours.js";
import { added, length, scaled } from "./latent_circle.js";
import { percent, plate } from "./plate.js";
import { apart, concat, part } from "./tensors.js";

const TERMS = ["a", "b", "c"];

export async function arithmetic({ d, latent, images }, values) {
  const n = values.count + 1, places = Array.from({ length: n }, (_, i) => i);
  const seeds = TERMS.map((term) => places.map((i) => values[`${term}${i}`]));
  const z = seeds.map((mine) => mine.map(latent));
  const means = z.map((mine) => scaled(added(...mine), 1 / n));
  const sum = ([a, b, c]) => added(a, scaled(b, -1), c);
  const total = sum(means), long = scaled(total, Math.sqrt(d) / Math.max(length(total), 1e-12));
  const drawn = await images([...z.flat(), ...means, long]);
  const marked = TERMS.map((_, i) => part(drawn, i * n, (i + 1) * n));
  const image = (data) => ({ data, dims: [1, ...drawn.dims.slice(1)] });
  const byPixel = marked.map((mine) =>
    image(scaled(added(...places.map((i) => part(mine, i).data)), 1 / n)));
  const grey = sum(byPixel.map(({ data }) => data));
  const faded = image(grey.map((value) => Math.max(-1, Math.min(1, value))));
  const result = part(drawn, 3 * n + 3);
  const rows = TERMS.map((label, i) =>
    ({ label, images: concat([part(drawn, 3 * n + i), byPixel[i], marked[i]]) }));
  rows.push({ label: "a - b + c", images: concat([result, faded]), colour: FAKE });
  const headers = ["latents", "pixels", ...places.map((i) => `image ${i + 1}`)];
  const told = TERMS.map((term, i) => `${term} of seeds ${seeds[i].join(" ")}`).join("; ");
  const alt = `Three rows of images, ${told}, each led by the image of their mean latent and the `
    + "mean of their pixels. At the bottom, a - b + c: the image of the sum of latents, and the "
    + `sum of pixels, which differ by ${percent(apart(result, faded))} of a pixel's range on `
    + "average.";
  return { painting: plate(rows, { headers, size: 84, labelWidth: 72 }), alt };
}
