// What a conditional generator draws for each class from one noise, and between two classes.

import { FAKE } from "./colours.js";
import { normals } from "./noise.js";
import { plate } from "./plate.js";
import { highest, part, stack } from "./tensors.js";

const COLUMNS = 10, LATENTS = 3;

export function open({ facts: { latent_dim: d }, tensors: { embeddings }, networks }) {
  const classes = [...Array(embeddings.dims[0]).keys()];
  const columns = [...Array(COLUMNS).keys()];
  const latent = (draw, number) => normals(d, 0, draw, number);
  const vector = (label) => part(embeddings, label).data;
  // Of each row of pairs, a latent and a class vector, its images and what the judge reads there.
  async function drawn(rows) {
    const pairs = rows.flat();
    const images = await networks.generator({
      z: stack(pairs.map(([z]) => z)), embedding: stack(pairs.map(([, each]) => each)) });
    const read = highest(await networks.judge({ images }));
    return rows.map((row, i) => {
      const [begin, end] = [i * COLUMNS, (i + 1) * COLUMNS];
      return { images: part(images, begin, end), read: read.slice(begin, end) };
    });
  }

  async function grid({ draw }) {
    const rows = await drawn(classes.map((label) =>
      columns.map((column) => [latent(draw, column), vector(label)])));
    const right = rows.map(({ read }, label) => read.filter((digit) => digit === label).length);
    const shown = rows.map(({ images }, label) => ({
      label: `class ${label}\nread so: ${right[label]} of ${COLUMNS}`, images, colour: FAKE }));
    const headers = columns.map((i) => `z ${i + 1}`);
    const alt = `A grid of generated images: a row for each of ${classes.length} classes, a column `
      + `for each of ${COLUMNS} latents, draw ${draw}. Down a column the class changes and the `
      + "hand stays much the same; along a row it is the other way round. "
      + `Of ${COLUMNS} each, read as their own class: `
      + `${right.map((count, label) => `${count} of class ${label}`).join(", ")}.`;
    return { painting: plate(shown, { headers, corner: "latent" }), alt };
  }

  async function mix({ from, to, draw }) {
    const t = columns.map((i) => i / (COLUMNS - 1)), [a, b] = [vector(from), vector(to)];
    const between = t.map((place) => a.map((each, i) => each + place * (b[i] - each)));
    const rows = await drawn([...Array(LATENTS).keys()].map((number) =>
      between.map((each) => [latent(draw, number), each])));
    const shown = rows.map(({ images, read }, i) => ({
      label: `z ${i + 1}\n${read.join("")}`, images, colour: FAKE }));
    const headers = t.map((place) => String(Number(place.toFixed(2))));
    const alt = `${LATENTS} rows of images on the way from class ${from} (left) to class ${to} `
      + `(right), each from one latent of draw ${draw}. Read as: `
      + `${rows.map(({ read }) => read.join(" ")).join("; ")}.`;
    return { painting: plate(shown, { headers, corner: "place t on the way" }), alt };
  }

  return { grid, mix };
}
