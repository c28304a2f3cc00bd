// What takes noise away step by step: the course's `diffusion`, without the noise of its own that a
// sampler with eta above 0 would draw. `schedule` has ᾱ at each time, what the denoiser predicts,
// and whether that is clipped.

import { map } from "./tensors.js";

const sum = (a, x, b, y) => map(x, (value, i) => a * value + b * y.data[i]);

const bar = ({ alphas_bar: bars }, t) => (t < 0 ? 1 : bars[t]);

// x_t = √ᾱ x₀ + √(1 - ᾱ) ε.
export function noised(schedule, x, noise, t) {
  const share = bar(schedule, t);
  return sum(Math.sqrt(share), x, Math.sqrt(1 - share), noise);
}

// The x₀ that a prediction means.
export function asImage(schedule, prediction, x, t) {
  const share = bar(schedule, t);
  const image = {
    image: () => prediction,
    noise: () => sum(1 / Math.sqrt(share), x, -Math.sqrt(1 / share - 1), prediction),
    velocity: () => sum(Math.sqrt(share), x, -Math.sqrt(1 - share), prediction),
  }[schedule.prediction]();
  return schedule.clip ? map(image, (value) => Math.max(-1, Math.min(1, value))) : image;
}

// One step of DDIM with eta 0, from x at time t to an earlier one; -1 stands for x₀.
function step(schedule, prediction, x, t, next) {
  const share = bar(schedule, t), after = bar(schedule, next);
  const image = asImage(schedule, prediction, x, t);
  const epsilon = sum(1 / Math.sqrt(1 - share), x, -Math.sqrt(share / (1 - share)), image);
  return sum(Math.sqrt(after), image, Math.sqrt(1 - after), epsilon);
}

// All there is on the way out of the noise `start`, over these times, the noisiest first.
export async function path(schedule, denoise, start, times) {
  const seen = [start];
  for (const [i, t] of times.entries()) {
    const x = seen[i];
    seen.push(step(schedule, await denoise(x, t), x, t, times[i + 1] ?? -1));
  }
  return seen;
}

// Guidance: (1 - w) times the prediction without a label and w times that with one.
export const guided = (predict, labels, nothing, w) => async (x, t) => {
  if (!labels || w === 0) return predict(x, t, nothing);
  if (w === 1) return predict(x, t, labels);
  return sum(1 - w, await predict(x, t, nothing), w, await predict(x, t, labels));
};
