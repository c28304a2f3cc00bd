// How far apart two distributions are, and the curves of it over the steps of the generator.

import { EXACT, QUIET } from "./colours.js";
import { Plot, ticks } from "./paint.js";

export const STRIP = 92; // pixels below a picture
const NEWEST = 200; // points of a curve, at most
const NAMES = {
  js: ["Jensen-Shannon, nats", Math.log(2)],
  kl: ["Kullback-Leibler, nats", 0],
  wasserstein: ["Wasserstein", 0],
};

// Of shares p and q, each summing to 1: both divergences, in nats.
export function divergences(p, q) {
  const term = (a, b) => (a ? a * Math.log(a / b) : 0);
  const kl = (a, b) => a.reduce((sum, each, i) => sum + term(each, b[i]), 0);
  const middle = p.map((each, i) => (each + q[i]) / 2);
  return { js: (kl(p, middle) + kl(q, middle)) / 2, kl: kl(p, q) };
}

// The share in each field of so many samples, with one sample more spread over all fields, or the
// Kullback-Leibler divergence would be infinite.
export const shares = (counts, samples) =>
  counts.map((count) => (count + 1 / counts.length) / (samples + 1));

export function paintDistances(painting, all) {
  const trail = all.slice(-NEWEST), steps = trail.map((point) => point.steps);
  const across = [steps[0], Math.max(steps.at(-1), steps[0] + 1)], top = painting.height - STRIP;
  Object.entries(NAMES).filter(([key]) => key in trail[0]).forEach(([key, [name, most]], i) => {
    const values = trail.map((point) => point[key]), last = values.at(-1);
    const highest = most || 1.1 * Math.max(...values, 0.01), left = 58 + 212 * i;
    const plot = new Plot(painting, [left, top + 20, 156, 44], across, [0, highest]);
    plot.line(across, [last, last], QUIET, 1, 4);
    plot.line(steps, values, EXACT, 1.6);
    plot.put();
    plot.axisBelow([...new Set([across[0], steps.at(-1)])]);
    painting.text(left + 78, top + 76, "steps of G", { anchor: "m" });
    plot.axisBeside(ticks(0, highest, 4));
    painting.text(left, top + 10, `${name}: ${Number(last.toPrecision(3))}`);
  });
}
