// Fully connected networks and their optimisers, in doubles: small enough to be trained in a page.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
// Each activation as its value and its slope.
const ACTIVATIONS = {
  silu: [(x) => x * sigmoid(x), (x) => { const s = sigmoid(x); return s * (1 + x * (1 - s)); }],
  relu: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0)],
};

// Linear layers between successive `widths` with an activation between them and nothing after the
// last, as the course's `mlp`. `parameters` are, layer by layer, the weights (outputs, inputs) and
// the biases (outputs).
export class MLP {
  constructor(widths, parameters, activation = "silu") {
    Object.assign(this, { widths, parameters, activation });
    [this.value, this.slope] = ACTIVATIONS[activation];
  }

  // With weights that `draw`, numbers in [0, 1), gives: even within ±1/√inputs, as PyTorch begins.
  static drawn(widths, draw, activation) {
    const even = (count, inputs) => Float64Array.from({ length: count },
      () => (2 * draw() - 1) / Math.sqrt(inputs));
    const parameters = widths.slice(1).flatMap((outputs, i) =>
      [even(outputs * widths[i], widths[i]), even(outputs, widths[i])]);
    return new MLP(widths, parameters, activation);
  }

  copy() {
    return new MLP(this.widths, this.parameters.map((each) => each.slice()), this.activation);
  }

  // What becomes of `n` rows `x`, with all that `backward` needs: the input of each layer, and what
  // it gave before the activation.
  forward(x, n) {
    const inputs = [], before = [];
    let rows = x;
    for (let l = 0; l + 1 < this.widths.length; l += 1) {
      const [ins, outs] = [this.widths[l], this.widths[l + 1]];
      const [weight, bias] = this.parameters.slice(2 * l, 2 * l + 2);
      const out = new Float64Array(n * outs);
      for (let i = 0; i < n; i += 1) {
        for (let o = 0; o < outs; o += 1) {
          let sum = bias[o];
          for (let k = 0; k < ins; k += 1) sum += weight[o * ins + k] * rows[i * ins + k];
          out[i * outs + o] = sum;
        }
      }
      inputs.push(rows);
      before.push(out);
      rows = l + 2 < this.widths.length ? out.map(this.value) : out;
    }
    return { n, inputs, before, out: rows };
  }

  // From the slopes of a loss by what `forward` gave: those by the parameters and by its input.
  backward({ n, inputs, before }, slopes) {
    const gradients = this.parameters.map((each) => new Float64Array(each.length));
    let rows = slopes;
    for (let l = this.widths.length - 2; l >= 0; l -= 1) {
      const [ins, outs] = [this.widths[l], this.widths[l + 1]];
      const weight = this.parameters[2 * l], x = inputs[l];
      const [ofWeight, ofBias] = gradients.slice(2 * l, 2 * l + 2);
      if (l + 2 < this.widths.length) rows = rows.map((each, i) => each * this.slope(before[l][i]));
      const back = new Float64Array(n * ins);
      for (let i = 0; i < n; i += 1) {
        for (let o = 0; o < outs; o += 1) {
          const slope = rows[i * outs + o];
          ofBias[o] += slope;
          for (let k = 0; k < ins; k += 1) {
            ofWeight[o * ins + k] += slope * x[i * ins + k];
            back[i * ins + k] += slope * weight[o * ins + k];
          }
        }
      }
      rows = back;
    }
    return { gradients, input: rows };
  }

  // Slopes of each output by its own input: (n, inputs).
  slopes(x, n) {
    return this.backward(this.forward(x, n), new Float64Array(n).fill(1)).input;
  }
}

const EPSILON = 1e-8;

// Adam of Kingma & Ba 2014 (arXiv:1412.6980), algorithm 1.
export class Adam {
  constructor(parameters) {
    Object.assign(this, { parameters, steps: 0 });
    const zeros = () => parameters.map(({ length }) => new Float64Array(length));
    [this.first, this.second] = [zeros(), zeros()];
  }

  step(gradients, lr, [a, b]) {
    this.steps += 1;
    const [of1, of2] = [1 - a ** this.steps, 1 - b ** this.steps];
    this.parameters.forEach((parameter, p) => {
      const [m, v, g] = [this.first[p], this.second[p], gradients[p]];
      for (let i = 0; i < parameter.length; i += 1) {
        m[i] = a * m[i] + (1 - a) * g[i];
        v[i] = b * v[i] + (1 - b) * g[i] ** 2;
        parameter[i] -= lr * (m[i] / of1) / (Math.sqrt(v[i] / of2) + EPSILON);
      }
    });
  }

  copy(parameters) {
    const other = new Adam(parameters);
    const same = (tables) => tables.map((each) => each.slice());
    const [first, second] = [same(this.first), same(this.second)];
    return Object.assign(other, { steps: this.steps, first, second });
  }
}
