// The same latents made longer or shorter.

import { FAKE } from "./colours.js";
import { scaled } from "./latent_circle.js";
import { percent, plate } from "./plate.js";
import { part } from "./tensors.js";

const COLUMNS = 10, MEASURED = 20; // samples that are shown, and those whose spread is told

// How much a pixel varies over images (N, C, H, W), as a share of its range: the mean standard
// deviation.
function spread({ data, dims: [n] }) {
  const pixels = data.length / n;
  let total = 0;
  for (let p = 0; p < pixels; p += 1) {
    const values = Array.from({ length: n }, (_, i) => data[i * pixels + p]);
    const mean = values.reduce((sum, each) => sum + each, 0) / n;
    total += Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1));
  }
  return total / pixels / 2;
}

export async function truncation({ latent, images }, { psi, first }) {
  const seeds = Array.from({ length: MEASURED }, (_, i) => first + i), z = seeds.map(latent);
  const whole = await images(z), shorter = await images(z.map((each) => scaled(each, psi)));
  const rows = [
    { label: "ψ = 1, as trained", images: part(whole, 0, COLUMNS) },
    { label: `ψ = ${psi}`, images: part(shorter, 0, COLUMNS), colour: FAKE }];
  const alt = `Images of the latents of seeds ${first} to ${first + COLUMNS - 1}; below, of the `
    + `same latents multiplied by ψ = ${psi}. From sample to sample a pixel varies by `
    + `${percent(spread(shorter))} of its range (standard deviation, ${MEASURED} samples), at `
    + `ψ = 1 by ${percent(spread(whole))}.`;
  const headers = seeds.slice(0, COLUMNS).map(String);
  return { painting: plate(rows, { headers, corner: "seed" }), alt };
}
