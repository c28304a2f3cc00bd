// Rows of images, as the course's explorers show them in Python.

import { Painting } from "./paint.js";

const GAP = 2; // pixels between images

export function canvas(width, height) {
  const made = Object.assign(document.createElement("canvas"), { width, height });
  return [made, made.getContext("2d", { willReadFrequently: true })];
}

// One of images (N, C, H, W) in [-1, 1] as pixels; a grey image fills all three colours.
function pixels({ data, dims: [, channels, height, width] }, index) {
  const image = new ImageData(width, height), area = height * width;
  for (let i = 0; i < area; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      const value = data[(index * channels + Math.min(c, channels - 1)) * area + i];
      image.data[4 * i + c] = Math.round(127.5 * (value + 1)); // clamped by its kind of array
    }
    image.data[4 * i + 3] = 255;
  }
  return image;
}

// Paint one of the images, each of its pixels a square of `scale` pixels.
export function paste(brush, images, index, left, top, scale) {
  const [, , height, width] = images.dims, [small, fine] = canvas(width, height);
  fine.putImageData(pixels(images, index), 0, 0);
  brush.imageSmoothingEnabled = false;
  brush.drawImage(small, left, top, width * scale, height * scale);
}

// A painting of `rows` of images one below the other, each image about `size` pixels high, under
// the `headers` of its columns, with so many pixels `below` left free. A row has a `label`, its
// `images` (N, C, H, W) and, unless it is the page's own, the label's `colour`.
export function plate(rows, options = {}) {
  const { headers = [], corner = "", size = 56, labelWidth = 118, below = 0 } = options;
  const [, , height, width] = rows[0].images.dims;
  const scale = Math.max(1, Math.round(size / height));
  const down = height * scale + GAP, across = width * scale + GAP, top = headers.length ? 24 : GAP;
  const columns = Math.max(...rows.map(({ images }) => images.dims[0]));
  const [sheet, brush] = canvas(columns * across, rows.length * down);
  const painting = new Painting(labelWidth + sheet.width, top + sheet.height + below);
  rows.forEach(({ label, images, colour }, i) => {
    for (let j = 0; j < images.dims[0]; j += 1) {
      paste(brush, images, j, j * across, i * down, scale);
    }
    painting.text(4, top + (i + 0.5) * down, label, { colour });
  });
  painting.paste(sheet, labelWidth, top);
  painting.text(4, top / 2, corner);
  headers.forEach((header, j) =>
    painting.text(labelWidth + (j + 0.5) * across, top / 2, header, { anchor: "m" }));
  return painting;
}

export const percent = (share) => `${(100 * share).toFixed(1)}%`;
export const signed = (value, digits = 2) =>
  `${value > 0 ? "+" : ""}${Number(value.toFixed(digits))}`;
