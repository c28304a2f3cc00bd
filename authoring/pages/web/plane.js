// A latent space of two dimensions: what is drawn at a place, and a held-out image that is moved.

import { CLASSES, EXACT, FAKE, QUIET, REAL } from "./colours.js";
import { Plot } from "./paint.js";
import { plate } from "./plate.js";
import { highest, part, stack } from "./tensors.js";

const REACH = 4, IMAGE = 112, LABEL = 84; // pixels: an image's height and a label's room
const written = (place) => `(${place.map((each) => (each || 0).toFixed(1)).join(", ")})`;

export function open({ tensors: { codes, labels, images }, networks }) {
  const places = Array.from(labels.data, (_, i) => [...part(codes, i).data]);
  const label = (i) => Number(labels.data[i]);
  const decoded = (rows) => networks.decoder({ z: stack(rows) });

  // `rows` above a map of all codes with a cross at `place` and, where given, a square at `start`.
  function painted(rows, place, start) {
    const side = Math.round(IMAGE / images.dims[2]) * images.dims[3];
    const painting = plate(rows, { headers: ["VAE"], size: IMAGE, labelWidth: LABEL, below: side });
    const reach = [-REACH, REACH], top = painting.height - side;
    const map = new Plot(painting, [LABEL, top, side, side], reach, reach);
    painting.text(4, top + side / 2, "codes", { colour: REAL });
    CLASSES.forEach((colour, digit) => {
      const mine = places.filter((_, i) => label(i) === digit);
      map.dots(mine.map(([x]) => x), mine.map(([, y]) => y), colour, 0.7);
    });
    const [x, y] = place;
    map.line([x, x], reach, EXACT, 1);
    map.line(reach, [y, y], EXACT, 1);
    map.put();
    if (start) {
      const [[left, down]] = map.places([start[0]], [start[1]]);
      painting.rectangle(LABEL + left - 3, top + down - 3, 6, 6, QUIET);
    }
    return painting;
  }

  // Where the VAE draws, what is read there, and whose code is nearest.
  async function words(place, image) {
    const [read] = highest(await networks.judge({ images: image }));
    const far = places.map((each) => Math.hypot(each[0] - place[0], each[1] - place[1]));
    const nearest = label(far.indexOf(Math.min(...far)));
    return `VAE at ${written(place)}, read as ${read}, nearest code of class ${nearest}`;
  }

  async function plane({ z }) {
    const image = await decoded([z]);
    const alt = `Images drawn at z = ${written(z)}, each above a map of its model's codes of `
      + `${places.length} held-out images, where the cross is z. ${await words(z, image)}.`;
    return { painting: painted([{ label: "drawn at z", images: image, colour: FAKE }], z), alt };
  }

  async function digit({ image, by }) {
    const start = places[image], end = start.map((each, i) => each + by[i]);
    const drawn = await decoded([start, end]);
    const moved = part(drawn, 1);
    const rows = [
      { label: `image ${image}`, images: part(images, image), colour: REAL },
      { label: "drawn at\nits code", images: part(drawn, 0), colour: FAKE },
      { label: "after\nthe move", images: moved, colour: FAKE }];
    const alt = `Held-out image ${image} of class ${label(image)}; below it what each model draws `
      + `at its own code, and after a move by ${written(by)}; at the bottom a map of all codes, `
      + "with a square where the move starts and a cross where it ends. "
      + `${await words(end, moved)}.`;
    return { painting: painted(rows, end, start), alt };
  }

  return { plane, digit };
}
