// How far apart two distributions are, and the curves of it over the steps of the generator.

import { EXACT, QUIET } from "./colours.js";
import { Plot, ticks } from "./paint.js";

export const STRIP = 92; // pixels below a picture
const NEWEST = 200; // points of a curve, at most
// What each is called, and the top of its scale, if that is fixed; `length` is a unit.
const curves = (length) => ({
  js: ["Jensen-Shannon, nats", 1.05 * Math.log(2)],
  kl: ["KL(data || samples), nats", 0],
  wasserstein: [`Wasserstein, ${length}`, 0],
});

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

// All that is known of them, in a sentence.
export function distancesInWords({ js, kl, wasserstein }, length) {
  const told = [`the Jensen-Shannon divergence is ${js.toFixed(3)} nats`,
    `KL(data || samples) is ${kl.toFixed(2)} nats`];
  if (wasserstein !== undefined) {
    told.push(`the Wasserstein distance is ${wasserstein.toFixed(3)} ${length}`);
  }
  return `Between data and samples ${told.slice(0, -1).join(", ")} and ${told.at(-1)}.`;
}

export function paintDistances(painting, all, length) {
  const trail = all.slice(-NEWEST), steps = trail.map((point) => point.steps);
  const across = [steps[0], Math.max(steps.at(-1), steps[0] + 1)], top = painting.height - STRIP;
  const known = Object.entries(curves(length)).filter(([key]) => key in trail[0]);
  known.forEach(([key, [name, most]], i) => {
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
