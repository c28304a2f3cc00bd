// What each code of a generator moves: a choice, a grid over its categories, a sweep of one code.

import { FAKE } from "./colours.js";
import { normals } from "./noise.js";
import { percent, plate, signed } from "./plate.js";
import { apart, highest, part, stack } from "./tensors.js";

const COLUMNS = 10, NOISES = 4, FARTHEST = 2, LABEL = 124;
const HEADERS = Array.from({ length: COLUMNS }, (_, i) => `z ${i + 1}`);
const OF_NOISES = { headers: HEADERS, corner: "noise", labelWidth: LABEL };

export function open({ facts: { parts: [d, categories, codes], scales }, networks }) {
  const rest = Array(codes).fill(0);
  const latents = (draw) => HEADERS.map((_, number) => normals(d, 0, draw, number));
  // Images for [noise, category, codes], in rows, and what the judge reads there.
  async function drawn(rows) {
    const one = ([z, category, values]) => [...z,
      ...Array.from({ length: categories }, (_, i) => (i === category ? scales[0] : 0)),
      ...values.map((value) => scales[1] * value)];
    const images = await networks.generator({ z: stack(rows.flat().map(one)) });
    const read = highest(await networks.judge({ images }));
    return rows.map(({ length }, i) => ({
      images: part(images, i * length, (i + 1) * length),
      read: read.slice(i * length, (i + 1) * length) }));
  }

  async function choice(values) {
    const category = values.category ?? 0, chosen = rest.map((_, i) => values[`code ${i}`]);
    const at = (numbers) => latents(values.draw).map((z) => [z, category, numbers]);
    const [here, still] = await drawn([at(chosen), at(rest)]);
    const title = categories ? `category ${category}` : "your codes";
    const rows = [{ label: `${title}\n${here.read.join("")}`, images: here.images, colour: FAKE }];
    let alt = `${COLUMNS} generated images${categories ? ` of category ${category}` : ""}`;
    if (codes) {
      rows.unshift({ label: "all codes at 0", images: still.images });
      const moved = chosen.flatMap((value, i) => (value ? [`code ${i} at ${signed(value)}`] : []));
      alt = `Above, ${alt} with all codes at 0; below, the same noise with `
        + `${moved.join(", ") || "all codes at 0"}: on average a pixel changed by `
        + `${percent(apart(here.images, still.images))} of its range`;
    }
    alt += `. Read as: ${here.read.join(" ")}.`;
    return { painting: plate(rows, OF_NOISES), alt };
  }

  async function grid({ draw }) {
    const rows = await drawn([...Array(categories).keys()].map((category) =>
      latents(draw).map((z) => [z, category, rest])));
    const often = rows.map(({ read }) => {
      const count = (digit) => read.filter((each) => each === digit).length;
      const [digit] = [...new Set(read)].sort((a, b) => count(b) - count(a) || a - b);
      return [digit, count(digit)];
    });
    const shown = rows.map(({ images }, i) => ({
      label: `category ${i}\nread ${often[i][0]}: ${often[i][1]} of ${COLUMNS}`,
      images, colour: FAKE }));
    const told = often.map(([digit, count], i) =>
      `category ${i} as ${digit}, ${count} of ${COLUMNS}`);
    const alt = `A grid of generated images: a row for each of ${categories} categories, a column `
      + `for each of ${COLUMNS} noise vectors, draw ${draw}. Read most often: ${told.join("; ")}.`;
    return { painting: plate(shown, OF_NOISES), alt };
  }

  async function sweep({ code, draw, category = 0 }) {
    const places = Array.from({ length: COLUMNS + 1 }, (_, i) => FARTHEST * (2 * i / COLUMNS - 1));
    const rows = await drawn(latents(draw).slice(0, NOISES).map((z) =>
      places.map((place) => [z, category, rest.map((_, i) => (i === code ? place : 0))])));
    const shown = rows.map(({ images, read }, i) => ({
      label: `z ${i + 1}\n${read.join("")}`, images, colour: FAKE }));
    const options = { headers: places.map((place) => signed(place, 1)), corner: `code ${code}`,
      labelWidth: LABEL };
    const alt = `${NOISES} rows of images, each from one noise vector, with code ${code} from `
      + `-${FARTHEST} (left) to ${FARTHEST} (right)`
      + `${categories ? `, all of category ${category}` : ""}. It was trained from -1 to 1. `
      + `Read as: ${rows.map(({ read }) => read.join(" ")).join("; ")}.`;
    return { painting: plate(shown, options), alt };
  }

  return { choice, grid, sweep };
}
