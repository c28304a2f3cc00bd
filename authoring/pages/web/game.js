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

// Gradients of the mean of ½ ‖∇D(x)‖², the penalty R1 of Mescheder et al. 2018, by D's parameters:
// with g = ∇D(x) held as it is, that of g · ∇D(x), which is how ∇D's parameters' slopes change on
// the way from x - g to x + g.
function penalty(network, x, n) {
  const direction = network.slopes(x, n);
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
// steps: the `loss`, rates `lrD` and `lrG`, the weight of R1, and `clip`, the bound of D's weights,
// 0 for none.
export class Game {
  constructor(generator, discriminator, betas) {
    Object.assign(this, { generator, discriminator, betas, dSteps: 0, gSteps: 0 });
    this.optimizerG = new Adam(generator.parameters, betas);
    this.optimizerD = new Adam(discriminator.parameters, betas);
  }

  // D learns to tell `real` from `fake`, both of n rows; returns its loss without the penalty.
  discriminatorStep(real, fake, n, rules) {
    const { loss, lrD, r1, clip } = rules, network = this.discriminator;
    const sides = [["real", real], ["fake", fake]].map(([side, x]) => {
      const trace = network.forward(x, n), result = lost(LOSSES[loss][side], trace.out);
      return { loss: result.loss, ...network.backward(trace, result.slopes) };
    });
    let gradients = add(sides[0].gradients, sides[1].gradients);
    if (r1) gradients = add(gradients, penalty(network, real, n), r1);
    this.optimizerD.step(gradients, lrD);
    if (clip) {
      for (const each of network.parameters) {
        each.forEach((value, i) => { each[i] = Math.max(-clip, Math.min(clip, value)); });
      }
    }
    this.dSteps += 1;
    return sides[0].loss + sides[1].loss;
  }

  // G learns to be taken for real, on n rows of noise; returns its loss.
  generatorStep(noise, n, { loss, lrG }) {
    const drawn = this.generator.forward(noise, n);
    const judged = this.discriminator.forward(drawn.out, n);
    const result = lost(LOSSES[loss].generator, judged.out);
    const { input } = this.discriminator.backward(judged, result.slopes);
    this.optimizerG.step(this.generator.backward(drawn, input).gradients, lrG);
    this.gSteps += 1;
    return result.loss;
  }

  // The same moment of the game, which goes its own way from here.
  copy() {
    const other = new Game(this.generator.copy(), this.discriminator.copy(), this.betas);
    other.optimizerG = this.optimizerG.copy(other.generator.parameters);
    other.optimizerD = this.optimizerD.copy(other.discriminator.parameters);
    return Object.assign(other, { dSteps: this.dSteps, gSteps: this.gSteps });
  }
}
