// A generator's latent space: moves along its directions, and what else can be made of the latents
// of seeds.

import { FAKE } from "./colours.js";
import { arithmetic } from "./latent_arithmetic.js";
import { added, length, lerp, scaled, slerp } from "./latent_circle.js";
import { truncation } from "./latent_truncation.js";
import { wheel } from "./latent_wheel.js";
import { normals } from "./noise.js";
import { percent, plate, signed } from "./plate.js";
import { apart, concat, map, part, stack } from "./tensors.js";

const COLUMNS = 10;

export function open({ facts: { latent_dim: d }, tensors: { directions }, networks }) {
  const latent = (seed) => normals(d, 0, seed);
  const images = (rows) => networks.generator({ z: stack(rows) });
  const space = { d, latent, images };

  async function moved(values) {
    const start = latent(values.seed), made = [];
    let z = start;
    for (let i = 0; i < directions.dims[0]; i += 1) {
      const offset = values[`direction ${i + 1}`];
      if (offset) made.push(`${signed(offset)} along direction ${i + 1}`);
      z = added(z, scaled(part(directions, i).data, offset));
    }
    const drawn = await images([start, z]);
    const change = apart(part(drawn, 0), part(drawn, 1));
    const headers = [`seed ${values.seed}`, "after your moves"];
    const rows = [{ label: "", images: drawn }];
    const alt = `Left, the image of seed ${values.seed}; then the same after the moves `
      + `${made.join(", ") || "(none yet)"}: on average a pixel changed by ${percent(change)} of `
      + "its range.";
    return { painting: plate(rows, { headers, size: 224, labelWidth: 8 }), alt };
  }

  async function between({ from, to }) {
    const t = Array.from({ length: COLUMNS }, (_, i) => i / (COLUMNS - 1));
    const [arc, line] = [slerp, lerp].map((way) =>
      t.map((place) => way(latent(from), latent(to), place)));
    const drawn = await images([...arc, ...line]);
    const [walk, straight] = [part(drawn, 0, COLUMNS), part(drawn, COLUMNS, 2 * COLUMNS)];
    const [first, last] = [part(walk, 0), part(walk, COLUMNS - 1)];
    const fade = concat(t.map((place) =>
      map(first, (value, i) => value + place * (last.data[i] - value))));
    const rows = [
      { label: "generator along\nslerp of latents", images: walk, colour: FAKE },
      { label: "generator along\na straight line", images: straight, colour: FAKE },
      { label: "cross-fade\nof pixels", images: fade }];
    const headers = t.map((place) => String(Number(place.toFixed(2))));
    const shortest = (way) => Math.min(...way.map(length)).toFixed(1);
    const alt = `Three rows of ${COLUMNS} images from seed ${from} (left) to seed ${to} (right). `
      + "Above, the generator's images on the arc between the two latents (slerp), which are at "
      + `least ${shortest(arc)} long on the way; below them, on the straight line, down to `
      + `${shortest(line)}; at the bottom, a cross-fade of the two end images, whose middle is a `
      + `double exposure. Vectors of N(0, I) are about ${Math.sqrt(d).toFixed(1)} long.`;
    return { painting: plate(rows, { headers, corner: "place t on the way" }), alt };
  }

  const others = { wheel, arithmetic, truncation };
  const answers = Object.entries(others).map(([key, draw]) =>
    [key, (values) => draw(space, values)]);
  return { directions: moved, between, ...Object.fromEntries(answers) };
}
