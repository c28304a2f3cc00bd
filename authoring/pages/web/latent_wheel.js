// Images around a circle in latent space, and the one at an angle in the middle.

import { EXACT, FAKE, QUIET } from "./colours.js";
import { angle, circle, length } from "./latent_circle.js";
import { NORMAL, Painting, Plot } from "./paint.js";
import { canvas, paste } from "./plate.js";

const SPOKES = 12; // images around the circle
const SIDE = 56, HUB = 140; // pixels, about: of an image on the rim, and of the one in the middle
const RIM = 172, EDGE = 8; // pixels from the middle to an image on the rim, and of paper around it
const radians = (degrees) => degrees * Math.PI / 180;

export async function wheel({ latent, images }, { from, towards, angle: degrees }) {
  const [a, b] = [from, towards].map(latent);
  const spokes = Array.from({ length: SPOKES }, (_, i) => 360 / SPOKES * i);
  const drawn = await images([...spokes, degrees].map((each) => circle(a, b, radians(each))));
  const passed = angle(a, b) * 180 / Math.PI;
  const alt = `${SPOKES} images around a circle through latent space, at one distance from its `
    + `middle, ${length(a).toFixed(1)}: at the top seed ${from}, then clockwise towards seed `
    + `${towards}, whose direction is passed at ${passed.toFixed(0)}°. In the middle, the image at `
    + `${degrees}°.`;
  return { painting: painted(drawn, spokes, degrees, passed), alt };
}

// The last of `images` in the middle of the others, a dot at `degrees` and one where the second
// seed's direction is `passed`.
function painted(images, spokes, degrees, passed) {
  const [, , height, width] = images.dims;
  const [small, large] = [SIDE, HUB].map((side) =>
    Math.max(1, Math.round(side / Math.max(height, width))));
  const reach = [width, height].map((side) => RIM + small * side / 2 + EDGE);
  const painting = new Painting(...reach.map((each) => Math.round(2 * each)));
  const place = (at, radius) => [reach[0] + radius * Math.sin(radians(at)),
    reach[1] - radius * Math.cos(radians(at))];
  const put = (index, scale, [x, y]) => {
    const [sheet, brush] = canvas(width * scale, height * scale);
    paste(brush, images, index, 0, 0, scale);
    painting.paste(sheet, Math.round(x - sheet.width / 2), Math.round(y - sheet.height / 2));
  };
  spokes.forEach((at, i) => put(i, small, place(at, RIM)));
  put(SPOKES, large, reach);
  const inner = RIM - small * Math.hypot(width, height) / 2 - 4;
  for (const [at, colour, radius] of [[0, EXACT, 3], [passed, QUIET, 3], [degrees, FAKE, 5]]) {
    const [x, y] = place(at, inner).map(Math.round);
    const dot = new Plot(painting, [x - 6, y - 6, 13, 13], [0, 13], [0, 13]);
    dot.dots([6.5], [6.5], colour, radius);
    dot.put();
  }
  const below = reach[1] + large * height / 2 + 12;
  painting.text(reach[0], below, `${degrees}°`, { anchor: "m", size: NORMAL, colour: FAKE });
  return painting;
}
