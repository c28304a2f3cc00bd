// The game in the plane: its target and its picture.

import { DISCRIMINATOR, FAKE, GENERATOR, REAL } from "./colours.js";
import { lab, title } from "./lab.js";
import { uniform } from "./noise.js";
import { Painting, Plot, ticks } from "./paint.js";
import { canvas } from "./plate.js";
import { divergences, shares } from "./strip.js";

const SHOWN = 1000, DOTS = 400, SIDE = 40, ARROWS = 36;
const LONGEST = 0.12, FAINT = 0.005; // of an arrow, as a share of the frame
const WIDTH = 700, HEIGHT = 400, MAP = [70, 66, 288, 288], BANDS = 8; // in pixels; fields of height

// The standard normal's share below x: Abramowitz & Stegun 1964, 7.1.26, to within 1e-7.
function below(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x) / Math.SQRT2);
  const rest = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, each) => (sum + each) * t, 0);
  const outside = rest * Math.exp(-(x ** 2) / 2) / 2;
  return x < 0 ? outside : 1 - outside;
}

function normal(draw) {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

// Values (SIDE, SIDE), rows from below, as fields of equal height in the colour of D: the higher
// the value, the fuller.
function heights(values, [low, high]) {
  const [, , width, height] = MAP, [sheet, brush] = canvas(width, height);
  const image = brush.createImageData(width, height);
  const ink = [1, 3, 5].map((at) => parseInt(DISCRIMINATOR.slice(at, at + 2), 16));
  const band = (x, y) => {
    const [across, up] = [x / (width - 1) * (SIDE - 1), (1 - y / (height - 1)) * (SIDE - 1)];
    const [i, j] = [Math.min(SIDE - 2, Math.floor(across)), Math.min(SIDE - 2, Math.floor(up))];
    const [s, t] = [across - i, up - j], at = (a, b) => values[(j + b) * SIDE + i + a];
    const along = (b) => (1 - s) * at(0, b) + s * at(1, b);
    const value = (1 - t) * along(0) + t * along(1);
    return Math.max(0, Math.min(BANDS - 1, Math.floor((value - low) / (high - low) * BANDS)));
  };
  const bands = Uint8Array.from({ length: width * height },
    (_, k) => band(k % width, Math.floor(k / width)));
  bands.forEach((each, k) => {
    const beside = (k + 1) % width ? bands[k + 1] : each;
    const edge = each !== beside || each !== (bands[k + width] ?? each);
    image.data.set([...ink, edge ? 255 : 255 * (each + 0.5) / BANDS], 4 * k);
  });
  brush.putImageData(image, 0, 0);
  return sheet;
}

export function open({ facts }) {
  const { frame: [left, right, low, high], targets, apart, most, narrow } = facts;
  const scale = [right - left, high - low];
  const field = (i, axis) => (axis ? low : left) + i / (SIDE - 1) * scale[axis];
  const places = Float64Array.from({ length: 2 * SIDE ** 2 }, (_, k) => {
    const place = Math.floor(k / 2);
    return k % 2 ? field(Math.floor(place / SIDE), 1) : field(place % SIDE, 0);
  });
  const pairs = (points) => Array.from({ length: points.length / 2 }, (_, i) =>
    [points[2 * i], points[2 * i + 1]]);
  let data = targets[0], aimed = null, exact = [];

  // Share of the data in each field, what lies outside counted at the edge.
  function sharesOf({ centres, std }) {
    const under = (axis, middle, i) => (i === 0 ? 0 : i === SIDE ? 1
      : below((field(i - 0.5, axis) - middle) / std));
    const inside = (axis, middle, i) => under(axis, middle, i + 1) - under(axis, middle, i);
    const fields = Array(SIDE ** 2).fill(0), all = [...Array(SIDE).keys()];
    for (const [x, y] of centres) {
      const [columns, rows] = [[0, x], [1, y]].map(([axis, middle]) =>
        all.map((i) => inside(axis, middle, i)));
      rows.forEach((row, j) => columns.forEach((column, i) => {
        fields[j * SIDE + i] += row * column / centres.length;
      }));
    }
    return fields;
  }

  // The modes that strokes on a sheet stand for: where each begins, and along it wherever it is far
  // enough from its last one.
  function drawnBy(strokes) {
    const places = strokes.flatMap(({ points }) => {
      const found = [];
      for (const [x, y] of points) {
        const [lastX, lastY] = found.at(-1) ?? [Infinity, Infinity];
        const inside = Math.min(x, y) >= 0 && Math.max(x, y) <= 1;
        if (inside && Math.hypot(x - lastX, y - lastY) >= apart) found.push([x, y]);
      }
      return found;
    });
    if (places.length === 0) {
      throw new Error("A mode lies on the sheet: draw at least one dot inside its edges");
    }
    const centres = places.slice(0, most).map(([x, y]) =>
      [left + x * scale[0], high - y * scale[1]]);
    return { centres, std: narrow * Math.max(...scale) };
  }

  const ground = { size: 2, shown: SHOWN, places, real: null,
    aim({ modes, drawn: { strokes } }) {
      const asked = JSON.stringify(strokes.length ? strokes : modes);
      if (asked !== aimed) {
        [data, aimed] = [strokes.length ? drawnBy(strokes) : targets[modes], asked];
        exact = sharesOf(data);
        ground.real = ground.sample(SHOWN, uniform(SHOWN));
      }
      return asked;
    },
    sample: (n, draw) => Float64Array.from(Array.from({ length: n }).flatMap(() => {
      const centre = data.centres[Math.floor(draw() * data.centres.length)];
      return centre.map((part) => part + data.std * normal(draw));
    })),
    points: (samples) => samples.slice(0, 2 * ARROWS),
    distances(samples) {
      const counts = Array(SIDE ** 2).fill(0);
      const at = (value, start, axis) =>
        Math.max(0, Math.min(SIDE - 1, Math.round((value - start) / scale[axis] * (SIDE - 1))));
      for (const [x, y] of pairs(samples)) counts[at(y, low, 1) * SIDE + at(x, left, 0)] += 1;
      return divergences(exact, shares(counts, SHOWN));
    },
    paint, words };

  // A variance times a slope in loss per unit of length is a length.
  function arrows({ pushes }) {
    const mean = [0, 1].map((axis) =>
      data.centres.reduce((sum, each) => sum + each[axis], 0) / data.centres.length);
    const spread = data.centres.reduce((sum, each) =>
      sum + (each[0] - mean[0]) ** 2 + (each[1] - mean[1]) ** 2, 0) / data.centres.length / 2;
    return pairs(pushes).map((push) => push.map((part) => (data.std ** 2 + spread) * part));
  }

  function words(view) {
    const found = new Set();
    let good = 0;
    for (const [x, y] of pairs(view.samples)) {
      const far = data.centres.map((centre) => Math.hypot(x - centre[0], y - centre[1]));
      const nearest = Math.min(...far);
      if (nearest > 3 * data.std) continue;
      good += 1;
      found.add(far.indexOf(nearest));
    }
    const pushed = arrows(view).filter((push) => Math.hypot(...push) > FAINT * scale[0]).length;
    return `${found.size} of ${data.centres.length} modes have good samples of the `
      + `${view.averaged ? "averaged " : ""}generator, and ${Math.round(100 * good / SHOWN)}% of `
      + `${SHOWN} samples are good. The ${view.opponent}'s answer lies between `
      + `${Math.min(...view.answers).toFixed(2)} and ${Math.max(...view.answers).toFixed(2)}. Of `
      + `${ARROWS} generated points the generator's loss pushes ${pushed}, and ${ARROWS - pushed} `
      + "hardly at all.";
  }

  function paint(view, strip) {
    const painting = new Painting(WIDTH, HEIGHT + strip), { drawn, probability } = view;
    painting.text(MAP[0], 14, title(view), { size: 12.5 });
    const entries = [[true, "dot", REAL, "real modes", 108],
      [drawn.samples, "dot", FAKE, "generated samples", 150],
      [drawn.arrows, "line", GENERATOR, "push of G's loss", 130],
      [drawn.answers, "line", DISCRIMINATOR,
        probability ? "D(x), probability of real" : `score of the ${view.opponent}`, 0]];
    painting.legend(MAP[0], 40, entries.filter(([shown]) => shown).map(([, ...entry]) => entry));
    const plot = new Plot(painting, MAP, [left, right], [low, high]);
    if (drawn.answers) {
      const [least, most] = [Math.min(...view.answers), Math.max(...view.answers)];
      const flat = [least, Math.max(most, least + 1e-6)];
      painting.paste(heights(view.answers, probability ? [0, 1] : flat), MAP[0], MAP[1]);
    }
    const dots = (points, colour, radius) =>
      plot.dots(points.map(([x]) => x), points.map(([, y]) => y), colour, radius);
    dots(data.centres, REAL, Math.max(3 * data.std * MAP[2] / scale[0], 2.5));
    if (drawn.samples) dots(pairs(view.samples).slice(0, DOTS), FAKE, 0.9);
    if (drawn.arrows) {
      const points = pairs(view.points), longest = LONGEST * scale[0];
      arrows(view).forEach((push, i) => {
        const length = Math.max(Math.hypot(...push), longest);
        plot.arrow(...points[i], ...push.map((part) => part * longest / length), GENERATOR);
      });
    }
    plot.put();
    plot.axisBelow(ticks(left, right, 6), "x");
    plot.axisBeside(ticks(low, high, 6), "y");
    return painting;
  }

  return lab(ground, facts);
}
