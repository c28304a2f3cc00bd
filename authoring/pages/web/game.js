// The adversarial game on points: the course's losses and the two steps of its `GAN`.

import { Adam } from "./nets.js";

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const half = (x) => [0.5 * x ** 2, x];
const raised = (x) => [-x, -1];

// Of one logit, each side's part of the loss and its slope: for a real sample, for a generated one,
// and the generator's.
const CROSS_ENTROPY = {
  real: (x) => [softplus(-x), -sigmoid(-x)],
  fake: (x) => [softplus(x), sigmoid(x)],
};
const WASSERSTEIN = { real: raised, fake: (x) => [x, 1], generator: raised };
export const LOSSES = {
  minimax: { ...CROSS_ENTROPY, generator: (x) => [-softplus(x), -sigmoid(x)] },
  non_saturating: { ...CROSS_ENTROPY, generator: (x) => [softplus(-x), -sigmoid(-x)] },
  least_squares: { real: (x) => half(x - 1), fake: half, generator: (x) => half(x - 1) },
  hinge: {
    real: (x) => [Math.max(0, 1 - x), x < 1 ? -1 : 0],
    fake: (x) => [Math.max(0, 1 + x), x > -1 ? 1 : 0],
    generator: raised,
  },
  wasserstein: WASSERSTEIN,
};

// The mean of one side's loss over logits, and its slope by each of them.
export function lost(side, logits) {
  const n = logits.length, slopes = new Float64Array(n);
  let loss = 0;
  logits.forEach((logit, i) => {
    const [value, slope] = side(logit);
    loss += value / n;
    slopes[i] = slope / n;
  });
  return { loss, slopes };
}

const NEAR = 1e-4; // how far a sample is moved, at most, to see how a slope changes

// What a penalty on the length of D's slope costs more for a longer slope: ½ ‖∇D‖², R1 of Mescheder
// et al. 2018, and (‖∇D‖ - 1)² of Gulrajani et al. 2017.
const R1 = (length) => length, TO_ONE = (length) => 2 * (length - 1);

// Gradients by D's parameters of the mean of such a penalty at n rows x. With v, the penalty's own
// slope by g = ∇D(x), held as it is, they are those of v · ∇D(x), which is how the gradients of D
// itself change on the way from x - v to x + v.
function penalty(network, x, n, grows) {
  const g = network.slopes(x, n), size = x.length / n;
  const lengths = Array.from({ length: n }, (_, i) =>
    Math.hypot(...g.subarray(i * size, (i + 1) * size)));
  const direction = g.map((each, i) => {
    const length = lengths[Math.floor(i / size)];
    return length && grows(length) * each / length;
  });
  const near = NEAR / Math.max(1, ...direction.map(Math.abs));
  const even = new Float64Array(n).fill(1 / n);
  const [ahead, behind] = [near, -near].map((by) => {
    const moved = x.map((each, i) => each + by * direction[i]);
    return network.backward(network.forward(moved, n), even).gradients;
  });
  return ahead.map((each, p) => each.map((value, i) => (value - behind[p][i]) / (2 * near)));
}

const add = (one, other, weight = 1) =>
  one.map((each, p) => each.map((value, i) => value + weight * other[p][i]));

// Two networks and what each optimiser remembers. `rules` say how they play and may change between
// steps: the `loss`, rates `lrD` and `lrG`, Adam's `betas`, the weights `r1` of R1 and `toOne` of the
// gradient penalty, and `clip`, the bound of D's weights; each of the last three is 0 for none.
export class Game {
  constructor(generator, discriminator) {
    Object.assign(this, { generator, discriminator, dSteps: 0, gSteps: 0 });
    this.optimizerG = new Adam(generator.parameters);
    this.optimizerD = new Adam(discriminator.parameters);
  }

  // D learns to tell `real` from `fake`, both of n rows; returns its loss without the penalties.
  // `mixing` has for each row the share of `real` at the place where the slope shall be one.
  discriminatorStep(real, fake, n, rules, mixing) {
    const { loss, lrD, betas, r1, toOne, clip } = rules, network = this.discriminator;
    const sides = [["real", real], ["fake", fake]].map(([side, x]) => {
      const trace = network.forward(x, n), result = lost(LOSSES[loss][side], trace.out);
      return { loss: result.loss, ...network.backward(trace, result.slopes) };
    });
    let gradients = add(sides[0].gradients, sides[1].gradients);
    if (r1) gradients = add(gradients, penalty(network, real, n, R1), r1);
    if (toOne) {
      const share = (i) => mixing[Math.floor(i * n / real.length)];
      const between = real.map((each, i) => share(i) * each + (1 - share(i)) * fake[i]);
      gradients = add(gradients, penalty(network, between, n, TO_ONE), toOne);
    }
    this.optimizerD.step(gradients, lrD, betas);
    if (clip) {
      for (const each of network.parameters) {
        each.forEach((value, i) => { each[i] = Math.max(-clip, Math.min(clip, value)); });
      }
    }
    this.dSteps += 1;
    return sides[0].loss + sides[1].loss;
  }

  // G learns to be taken for real, on n rows of noise; returns its loss.
  generatorStep(noise, n, { loss, lrG, betas }) {
    const drawn = this.generator.forward(noise, n);
    const judged = this.discriminator.forward(drawn.out, n);
    const result = lost(LOSSES[loss].generator, judged.out);
    const { input } = this.discriminator.backward(judged, result.slopes);
    this.optimizerG.step(this.generator.backward(drawn, input).gradients, lrG, betas);
    this.gSteps += 1;
    return result.loss;
  }

  // The same moment of the game, which goes its own way from here.
  copy() {
    const other = new Game(this.generator.copy(), this.discriminator.copy());
    other.optimizerG = this.optimizerG.copy(other.generator.parameters);
    other.optimizerD = this.optimizerD.copy(other.discriminator.parameters);
    return Object.assign(other, { dSteps: this.dSteps, gSteps: this.gSteps });
  }
}
