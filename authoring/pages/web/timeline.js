// From noise to images and back, at any moment on the way.

import { FAKE, REAL } from "./colours.js";
import { asImage, guided, noised, path } from "./diffusion.js";
import { plate } from "./plate.js";
import { mean } from "./tensors.js";

const WORDS = ["held out,\nwith noise", "taken for", "drawn", "taken for"];
const COLOURS = [REAL, REAL, FAKE, FAKE];

export function open({ facts, tensors: { x, noise, start, labels }, networks }) {
  const { times, alphas_bar: bars, classes } = facts, n = x.dims[0];
  const told = (label) => ({
    data: BigInt64Array.from({ length: n }, (_, i) => BigInt(label(i))), dims: [n] });
  const nothing = told(() => classes);
  const predict = (images, t, each) => networks.denoiser({ x: images, labels: each,
    time: { data: new Float32Array(n).fill(t / bars.length), dims: [n] } });
  let kept = { asked: "" }; // the last way out of the noise

  async function way({ moment, steps, label = 0, guidance = 1 }) {
    const visited = times[steps], at = Math.round(moment / 100 * visited.length);
    const asked = [steps, label, guidance].join();
    const wanted = classes ? told((i) => (label ? label - 1 : i % classes)) : null;
    const denoise = guided(predict, wanted, nothing, guidance);
    if (kept.asked !== asked) kept = { asked, seen: await path(facts, denoise, start, visited) };
    const { seen } = kept, drawn = seen[at], last = seen.at(-1);
    let shown = [x, x, drawn, drawn];
    if (at < visited.length) {
      const t = visited[at], mixed = noised(facts, x, noise, t);
      const guess = async (ask, images) => asImage(facts, await ask(images, t), images, t);
      const plain = guided(predict, classes ? labels : null, nothing, 1);
      shown = [mixed, await guess(plain, mixed), drawn, await guess(denoise, drawn)];
    }
    const miss = (end, guess) => Math.sqrt(mean(end, guess, (a, b) => (a - b) ** 2)).toFixed(2);
    const rows = shown.map((images, i) => ({ label: WORDS[i], images, colour: COLOURS[i] }));
    const alt = `After ${at} of ${visited.length} steps out of the noise: held-out images with as `
      + `much noise, and what the model takes them for, off by ${miss(x, shown[1])} (root mean `
      + `square); images${label ? ` of class ${label - 1}` : ""} on their way, guidance `
      + `${guidance}, and what it takes those for, off by ${miss(last, shown[3])} from what `
      + "becomes of them.";
    return { painting: plate(rows), alt };
  }

  return { way };
}
