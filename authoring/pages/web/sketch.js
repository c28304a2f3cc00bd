// What one or several models make of a drawing.

import { canvas, paste, percent, plate } from "./plate.js";
import { apart, concat, images, part } from "./tensors.js";

const FINER = 8; // strokes are drawn so many times larger and then averaged
const PAD = 320, ALL = 390, SMALL = 128, GAP = 2; // pixels, as the course's pad in Python

// The `sheet` (1, C, H, W) after these strokes.
export function drawn(sheet, strokes) {
  if (strokes.length === 0) return sheet;
  const [, channels, height, width] = sheet.dims;
  const [fine, brush] = canvas(width * FINER, height * FINER);
  paste(brush, sheet, 0, 0, 0, FINER);
  brush.lineCap = brush.lineJoin = "round";
  for (const { points, width: share, erases } of strokes) {
    brush.strokeStyle = erases ? "white" : "black";
    brush.lineWidth = share * fine.width;
    brush.beginPath();
    points.forEach(([x, y], i) => (i ? brush.lineTo(x * fine.width, y * fine.height)
      : brush.moveTo(x * fine.width, y * fine.height + 0.01))); // so that a point is seen too
    brush.stroke();
  }
  const bytes = brush.getImageData(0, 0, fine.width, fine.height).data;
  const data = new Float32Array(channels * height * width);
  for (let i = 0; i < bytes.length; i += 4) {
    const x = Math.floor((i / 4 % fine.width) / FINER);
    const y = Math.floor(i / 4 / fine.width / FINER);
    for (let c = 0; c < channels; c += 1) {
      data[(c * height + y) * width + x] += (bytes[i + c] / 127.5 - 1) / FINER ** 2;
    }
  }
  return { data, dims: sheet.dims };
}

export function open({ facts: { painters }, tensors, networks }) {
  const [inputs, truths] = [images(tensors.inputs), images(tensors.truths)];
  const [, ...shape] = inputs.dims, [, height, width] = shape;
  const empty = { data: new Float32Array(inputs.data.length / inputs.dims[0]).fill(1),
    dims: [1, ...shape] };

  // The models' images side by side, and below them, smaller, what they saw and the truth.
  function painted(made, below) {
    const names = Object.values(painters), size = Math.max(1, Math.floor(SMALL / width));
    const scale = Math.max(1, Math.floor(
      Math.min(PAD, Math.floor(ALL / names.length) - GAP) / width));
    const small = plate([{ label: "", images: concat(Object.values(below)) }],
      { headers: Object.keys(below), size: size * height, labelWidth: 0 });
    const painting = plate([{ label: "", images: concat(made) }],
      { headers: names, size: scale * height, labelWidth: 0, below: small.height });
    painting.place(small, 0, painting.height - small.height);
    return painting;
  }

  async function pad({ drawing: { sheet, strokes } }) {
    const x = drawn(sheet ? part(inputs, sheet - 1) : empty, strokes);
    const truth = sheet && strokes.length === 0 ? part(truths, sheet - 1) : null;
    const made = [];
    for (const name of Object.keys(painters)) made.push(await networks[name]({ x }));
    const told = Object.values(painters).map((name, i) =>
      `${name} changes a pixel by ${percent(apart(made[i], x))} of its range on average`
      + (truth ? ` and is ${percent(apart(made[i], truth))} from the truth` : ""));
    const on = sheet ? `held-out drawing ${sheet - 1}` : "an empty sheet";
    const count = strokes.length;
    const what = count ? `${count} stroke${count > 1 ? "s" : ""} on ${on}` : on;
    const alt = `What becomes of ${what}; below, the input. ${told.join("; ")}.`;
    return { painting: painted(made, truth ? { input: x, truth } : { input: x }), alt };
  }

  return { pad };
}
