// A generator's latent space: moves along its directions, and ways between two seeds.

import { FAKE } from "./colours.js";
import { normals } from "./noise.js";
import { percent, plate, signed } from "./plate.js";
import { apart, concat, map, part, stack } from "./tensors.js";

const COLUMNS = 10;

// From a to b on the great circle, as the course's `slerp`.
function slerp(a, b, t) {
  const dot = (one, other) => one.reduce((sum, each, i) => sum + each * other[i], 0);
  const angle = Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
  return a.map((each, i) =>
    (Math.sin((1 - t) * angle) * each + Math.sin(t * angle) * b[i]) / Math.sin(angle));
}

export function open({ facts: { latent_dim: d }, tensors: { directions }, networks }) {
  const latent = (seed) => normals(d, 0, seed);
  const images = (rows) => networks.generator({ z: stack(rows) });

  async function moved(values) {
    const start = latent(values.seed), z = start.slice(), made = [];
    for (let i = 0; i < directions.dims[0]; i += 1) {
      const offset = values[`direction ${i + 1}`];
      if (offset) made.push(`${signed(offset)} along direction ${i + 1}`);
      part(directions, i).data.forEach((step, j) => { z[j] += offset * step; });
    }
    const drawn = await images([start, z]);
    const change = apart(part(drawn, 0), part(drawn, 1));
    const headers = [`seed ${values.seed}`, "after your moves"];
    const rows = [{ label: "", images: drawn }];
    const alt = `Left, the image of seed ${values.seed}; then the same after the moves `
      + `${made.join(", ") || "(none yet)"}: the mean pixel changed by ${percent(change)}.`;
    return { painting: plate(rows, { headers, size: 224, labelWidth: 8 }), alt };
  }

  async function between({ from, to }) {
    const t = Array.from({ length: COLUMNS }, (_, i) => i / (COLUMNS - 1));
    const walk = await images(t.map((place) => slerp(latent(from), latent(to), place)));
    const [first, last] = [part(walk, 0), part(walk, COLUMNS - 1)];
    const fade = concat(t.map((place) =>
      map(first, (value, i) => value + place * (last.data[i] - value))));
    const rows = [
      { label: "generator along\nslerp of latents", images: walk, colour: FAKE },
      { label: "cross-fade\nof pixels", images: fade }];
    const headers = t.map((place) => String(Number(place.toFixed(2))));
    const alt = `Two rows of ${COLUMNS} images from seed ${from} (left) to seed ${to} (right). `
      + "Above, the generator's images on the way through latent space; below, a cross-fade of "
      + "the two end images, whose middle is a double exposure.";
    return { painting: plate(rows, { headers, corner: "place t on the way" }), alt };
  }

  return { directions: moved, between };
}
