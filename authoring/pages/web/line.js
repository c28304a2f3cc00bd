// The game on a line: its target, which one may draw, and its picture.

import { DISCRIMINATOR, EXACT, FAKE, GENERATOR, REAL } from "./colours.js";
import { lab, title } from "./lab.js";
import { uniform } from "./noise.js";
import { level, Painting, Plot, ticks } from "./paint.js";
import { divergences, shares } from "./strip.js";

const SHOWN = 2000, PLACES = 400, BINS = 80, ARROWS = 9;
const LONGEST = 1.5, FAINT = 0.05; // of an arrow, in standard deviations of the data
const EVEN = 1e-3; // shares this near are one: below the noise of the samples
const WIDTH = 700, HEIGHT = 320, LEFT = 58, ACROSS = 580; // pixels
const sum = (values) => values.reduce((total, each) => total + each, 0);

// A target is made of bars side by side, each with its share; between two places the density is
// even. What the lab begins with has as many bars as the picture has places.
function target(low, high, heights) {
  const width = (high - low) / heights.length, total = sum(heights);
  const share = heights.map((height) => height / total);
  const below = [0];
  share.forEach((each) => below.push(below.at(-1) + each));
  const middle = share.map((_, i) => low + (i + 0.5) * width);
  const mean = sum(share.map((each, i) => each * middle[i]));
  const spread = sum(share.map((each, i) => each * (middle[i] - mean) ** 2));
  const at = (x) => Math.max(0, Math.min(heights.length - 1e-9, (x - low) / width));
  return { mean, std: Math.sqrt(spread + width ** 2 / 12),
    density: (x) => share[Math.floor(at(x))] / width,
    cdf: (x) => below[Math.floor(at(x))] + share[Math.floor(at(x))] * (at(x) % 1),
    sample(n, draw) {
      return Float64Array.from({ length: n }, () => {
        const u = draw();
        const bar = Math.max(0, below.findIndex((each) => each > u) - 1);
        return low + (bar + draw()) * width;
      });
    } };
}

// The density of samples at evenly spaced places: their histogram, smeared by a Gaussian of
// Silverman's width.
function smoothed(samples, x) {
  const sorted = Float64Array.from(samples).sort(), n = sorted.length, step = x[1] - x[0];
  const mean = sum(sorted) / n;
  const std = Math.sqrt(sum(sorted.map((each) => (each - mean) ** 2)) / n);
  const quartiles = (sorted[Math.floor(0.75 * n)] - sorted[Math.floor(0.25 * n)]) / 1.34;
  const sigma = Math.max(0.9 * Math.min(std, quartiles) * n ** -0.2, step);
  const counts = new Float64Array(x.length), found = new Float64Array(x.length);
  for (const each of sorted) {
    const i = Math.round((each - x[0]) / step);
    if (i >= 0 && i < x.length) counts[i] += 1;
  }
  const reach = Math.ceil(4 * sigma / step);
  const bell = (k) => Math.exp(-0.5 * (k * step / sigma) ** 2);
  const whole = sum(Array.from({ length: 2 * reach + 1 }, (_, k) => bell(k - reach)));
  counts.forEach((count, i) => {
    if (!count) return;
    for (let j = Math.max(0, i - reach); j <= Math.min(x.length - 1, i + reach); j += 1) {
      found[j] += count * bell(j - i) / whole;
    }
  });
  return found.map((each) => each / (n * step));
}

// What the best possible discriminator answers between densities p and q.
const BEST = {
  hinge: (p, q) => Math.sign(p - q),
  ...Object.fromEntries(["minimax", "non_saturating", "least_squares"].map((name) =>
    [name, (p, q, least) => (p + least) / (p + q + 2 * least)])),
};

// What the best possible critic answers at evenly spaced places x: where more of the samples than of
// the data lie to the left it rises, by the slope that it may have, one with a penalty; the bound
// that clipped weights give is known to nobody, and the critic's steepest slope stands for it.
function potential(samples, cdf, x, answers, clip) {
  const sorted = Float64Array.from(samples).sort(), width = x[1] - x[0];
  const steps = Array.from(answers.slice(1), (each, i) => Math.abs(each - answers[i]));
  const steepest = clip ? Math.max(...steps) / width : 1;
  let seen = 0;
  const slopes = Array.from(x, (place) => {
    while (seen < sorted.length && sorted[seen] <= place) seen += 1;
    const ahead = seen / sorted.length - cdf(place);
    return Math.abs(ahead) > EVEN ? steepest * Math.sign(ahead) : 0;
  });
  const heights = [0];
  for (let i = 1; i < x.length; i += 1) {
    heights.push(heights[i - 1] + width * (slopes[i - 1] + slopes[i]) / 2);
  }
  const up = sum(answers) / x.length - sum(heights) / x.length;
  return heights.map((each) => each + up);
}

export function open({ facts, tensors: { density } }) {
  const { low, high } = facts;
  const x = Float64Array.from({ length: PLACES }, (_, i) => low + i / (PLACES - 1) * (high - low));
  const given = target(low, high, [...density.data]);
  let data = given, aimed = "";
  const histogram = (samples) => {
    const counts = Array(BINS).fill(0);
    for (const each of samples) {
      const bin = Math.floor((each - low) / (high - low) * BINS);
      counts[Math.max(0, Math.min(BINS - 1, bin))] += 1;
    }
    return counts;
  };

  const ground = { size: 1, shown: SHOWN, places: x, real: null,
    aim({ bars }) {
      const asked = bars.join();
      if (asked !== aimed) {
        data = asked === facts.bars.join() ? given : target(low, high, bars);
        ground.real = ground.sample(SHOWN, uniform(SHOWN));
        aimed = asked;
      }
      return asked;
    },
    sample: (n, draw) => data.sample(n, draw),
    points(samples) {
      const sorted = Float64Array.from(samples).sort();
      return Float64Array.from({ length: ARROWS }, (_, i) =>
        sorted[Math.floor((i + 0.5) / ARROWS * sorted.length)]);
    },
    distances(samples) {
      const edge = (i) => low + i / BINS * (high - low);
      const p = Array.from({ length: BINS }, (_, i) => data.cdf(edge(i + 1)) - data.cdf(edge(i)));
      const counts = histogram(samples), q = shares(counts, SHOWN);
      let [ahead, apart] = [0, 0];
      p.forEach((each, i) => { ahead += each - counts[i] / SHOWN; apart += Math.abs(ahead); });
      return { ...divergences(p, q), wasserstein: apart * (high - low) / BINS / data.std };
    },
    paint, words };

  function words({ averaged, samples, answers, opponent, pushes }) {
    const mean = sum(samples) / SHOWN;
    const std = Math.sqrt(sum(samples.map((each) => (each - mean) ** 2)) / SHOWN);
    const [least, most] = [Math.min(...answers), Math.max(...answers)];
    const right = pushes.filter((each) => data.std * each > FAINT).length;
    const left = pushes.filter((each) => data.std * each < -FAINT).length;
    return `samples of the ${averaged ? "averaged " : ""}generator have mean ${mean.toFixed(2)} `
      + `and standard deviation ${std.toFixed(2)} (real: ${data.mean.toFixed(2)} and `
      + `${data.std.toFixed(2)}). The ${opponent}'s answer lies between ${least.toFixed(2)} and `
      + `${most.toFixed(2)} and is highest at x = ${x[answers.indexOf(most)].toFixed(1)}. Of `
      + `${ARROWS} generated points the generator's loss pushes ${right} to the right, `
      + `${left} to the left, ${ARROWS - right - left} hardly at all.`;
  }

  function bestAnswers({ samples, answers }, p, loss, clip) {
    if (!BEST[loss]) return potential(samples, data.cdf, x, answers, clip);
    const q = smoothed(samples, x), least = 1e-6 * Math.max(...p, ...q);
    return q.map((each, i) => BEST[loss](p[i], each, least));
  }

  function paint(view, below) {
    const painting = new Painting(WIDTH, HEIGHT + below), p = x.map(data.density);
    const { probability, opponent, rules: { loss, clip } } = view;
    painting.text(LEFT, 14, title(view), { size: 12.5 });
    const best = view.drawn.best ? bestAnswers(view, p, loss, clip) : null;
    const [own, its] = opponent === "critic" ? [["critic f(x)", 96], ["best critic", 96]]
      : [["discriminator D(x)", 146], ["best D", 78]];
    const entries = [
      [true, "line", REAL, "real density p", 122],
      [view.drawn.samples, "line", FAKE, "generated samples", 148],
      [view.drawn.answers, "line", DISCRIMINATOR, ...own],
      [best, "dashes", EXACT, ...its],
      [view.drawn.arrows, "line", GENERATOR, "push of G's loss", 120]];
    painting.legend(LEFT + 6, 40, entries.filter(([drawn]) => drawn).map(([, ...entry]) => entry));

    const across = [low, high], highest = 2.1 * Math.max(...p);
    const plot = new Plot(painting, [LEFT, 58, ACROSS, 142], across, [0, highest]);
    const seen = [...view.answers, ...(best ?? [])];
    const [lowest, top] = [Math.min(...seen), Math.max(...seen)];
    const room = Math.max(0.1 * (top - lowest), 1e-3);
    const scale = probability ? [0, 1.05] : [lowest - room, top + room];
    const answers = plot.onScale(scale);
    plot.area(x, p, REAL, 0.18);
    if (probability) level(answers, 0.5);
    plot.line(x, p, REAL, 1.6);
    if (view.drawn.samples) {
      const width = (high - low) / BINS, heights = histogram(view.samples);
      const edges = heights.flatMap((_, i) => [low + i * width, low + (i + 1) * width]);
      const outline = heights.flatMap((each) => [each, each]).map((each) => each / SHOWN / width);
      plot.line(edges, outline, FAKE, 1.4);
    }
    if (best) answers.line(x, best, EXACT, 1.4, 5);
    if (view.drawn.answers) answers.line(x, view.answers, DISCRIMINATOR, 1.8);
    plot.put();
    plot.axisBelow(view.drawn.arrows ? [] : ticks(low, high, 9));
    plot.axisBeside(ticks(0, highest, 5), "density");
    if (view.drawn.answers || best) {
      const label = probability ? "probability of real" : "score";
      answers.axisBeside(probability ? [0, 0.5, 1] : ticks(...scale, 5), label, true);
    }
    if (view.drawn.arrows) {
      const arrows = new Plot(painting, [LEFT, 208, ACROSS, 66], across, [-1, 1]);
      // A variance times a slope in loss per unit of x is a length.
      const longest = LONGEST * data.std;
      view.points.forEach((each, i) => {
        const y = 0.8 - 1.6 * i / (ARROWS - 1);
        const by = Math.max(-longest, Math.min(longest, data.std ** 2 * view.pushes[i]));
        arrows.dots([each], [y], FAKE, 1.8);
        arrows.arrow(each, y, by, 0, GENERATOR);
      });
      arrows.put();
      arrows.axisBelow(ticks(low, high, 9), "x");
    }
    return painting;
  }

  return lab(ground, facts);
}
