// A laboratory for the game on points, trained in the page: one move at a time, forwards and back.
// It is the course's `GanLab`, but that Adam trains both networks under every loss.

import { Game, lost, LOSSES } from "./game.js";
import { Adam, MLP } from "./nets.js";
import { normals, uniform } from "./noise.js";
import { distancesInWords, paintDistances, STRIP } from "./strip.js";

const PART = 10, UNDO = 100; // rounds between two pictures, and moves that can be taken back
const NOTED = 10; // steps of the generator between two points of the curves of distances
const DIVERGED = "The game has diverged: its numbers are no longer finite, try lower learning "
  + "rates; the move was taken back";
// First parts of the keys of random numbers.
const FOR_NOISE = 1, FOR_REAL = 2, FOR_PICTURES = 3, FOR_NETWORKS = 4, FOR_KEPT = 5;
const FOR_MIXING = 6;

// `ground` is what the game is played on: a line or a plane.
export function lab(ground, facts) {
  const { menus, laws, length, latent_dim: d, batch_size: n, ema_decay: decay } = facts;
  const { size, shown } = ground;
  const noise = normals(shown * d, FOR_PICTURES);
  let now = null, first = null, past = [], target = "";

  const network = (player, ins, hidden, outs) =>
    MLP.drawn([ins, ...hidden, outs], uniform(FOR_NETWORKS, player));
  const widths = (values) => [menus.generator[values.generator], menus.opponent[values.opponent]];
  const copy = ({ game, average, trail, ...rest }) =>
    ({ ...rest, game: game.copy(), average: average.copy(), trail: [...trail] });

  function begin(values) {
    const [ofG, ofD] = widths(values);
    const generator = network(0, d, ofG, size);
    const game = new Game(generator, network(1, size, ofD, 1));
    return { game, average: generator.copy(), trail: [] };
  }

  // Other sizes are new networks; the other one stays, with what its optimiser remembers.
  function fit(state, values) {
    const [ofG, ofD] = widths(values), { game } = state;
    const inside = ({ widths: all }) => all.slice(1, -1).join();
    if (inside(game.generator) !== ofG.join()) {
      game.generator = network(0, d, ofG, size);
      game.optimizerG = new Adam(game.generator.parameters);
      state.average = game.generator.copy();
    }
    if (inside(game.discriminator) !== ofD.join()) {
      game.discriminator = network(1, size, ofD, 1);
      game.optimizerD = new Adam(game.discriminator.parameters);
    }
  }

  function rulesOf(values) {
    const law = laws[values.law];
    return { ...law, r1: law.r1 * menus.r1_weight[values.r1_weight],
      lrD: menus.lr_opponent[values.lr_opponent], lrG: menus.lr_generator[values.lr_generator],
      kept: menus.kept[values.kept], dSteps: menus.opponent_steps[values.opponent_steps] };
  }

  const moves = ({ dSteps, gSteps }) => dSteps + gSteps;
  function real(number, { kept }) {
    if (!kept) return ground.sample(n, uniform(FOR_REAL, number));
    const few = ground.sample(kept, uniform(FOR_KEPT)), draw = uniform(FOR_KEPT, number);
    const rows = Array.from({ length: n }, () => Math.floor(kept * draw()));
    return Float64Array.from(rows.flatMap((row) => [...few.slice(row * size, (row + 1) * size)]));
  }
  const fresh = (number) => normals(n * d, FOR_NOISE, number);

  function stepD({ game }, rules) {
    const number = moves(game), fake = game.generator.forward(fresh(number), n).out;
    const mixing = Float64Array.from({ length: n }, uniform(FOR_MIXING, number));
    game.discriminatorStep(real(number, rules), fake, n, rules, mixing);
  }

  function stepG(state, rules) {
    const { game, average } = state;
    game.generatorStep(fresh(moves(game)), n, rules);
    const weight = Math.max(1 / game.gSteps, 1 - decay);
    average.parameters.forEach((kept, p) => kept.forEach((value, i) => {
      kept[i] = value + weight * (game.generator.parameters[p][i] - value);
    }));
    if (game.gSteps % NOTED === 0) state.trail.push(noted(state));
  }

  const noted = ({ game, average }) => [game.generator, average].map((each) =>
    ({ steps: game.gSteps, ...ground.distances(each.forward(noise, shown).out) }));

  function play(state, rules, rounds) {
    for (let round = 0; round < rounds; round += 1) {
      for (let k = 0; k < rules.dSteps; k += 1) stepD(state, rules);
      stepG(state, rules);
    }
  }

  function make(press, again, values, rules) {
    const times = (count, step) => { for (let i = 0; i < count; i += 1) step(now, rules); };
    const buttons = {
      d: () => times(1, stepD), g: () => times(1, stepG),
      "d 10": () => times(10, stepD), "g 10": () => times(10, stepG),
      "play 10": () => play(now, rules, PART), "play 100": () => play(now, rules, PART),
      rewind: () => { now = copy(first); fit(now, values); },
    };
    const here = copy(now);
    if (press === "back") { now = past.pop() ?? now; fit(now, values); return; }
    if (buttons[press]) buttons[press]();
    else { // a way to fail, from new networks on
      if (!again) now = begin(values);
      play(now, rules, PART);
    }
    if (!again) past = [...past, here].slice(-UNDO);
  }

  // The numbers behind the picture, or nothing where they are not finite.
  function view(values, rules) {
    const { game, average, trail } = now, loss = LOSSES[rules.loss];
    const samples = (values.averaged ? average : game.generator).forward(noise, shown).out;
    const { discriminator } = game;
    const logits = (x) => discriminator.forward(x, x.length / size).out;
    const { probability, opponent } = rules;
    const answer = (logit) => (probability ? 1 / (1 + Math.exp(-logit)) : logit);
    const points = ground.points(samples);
    const judged = discriminator.forward(points, points.length / size);
    // Minus the slope that each point would have alone.
    const slopes = judged.out.map((logit) => -loss.generator(logit)[1]);
    const pushes = discriminator.backward(judged, slopes).input;
    const onFake = logits(samples), onReal = logits(ground.real);
    const side = Number(values.averaged);
    const told = { drawn: values, averaged: values.averaged, game, samples,
      points, pushes, probability, opponent, rules,
      lossD: lost(loss.real, onReal).loss + lost(loss.fake, onFake).loss,
      lossG: lost(loss.generator, onFake).loss,
      answers: logits(ground.places).map(answer),
      trail: [...trail, noted(now)].map((each) => each[side]) };
    const all = [told.lossD, told.lossG, ...told.answers, ...samples, ...pushes];
    return all.every(Number.isFinite) ? told : null;
  }

  async function game(values, press, again) {
    const rules = rulesOf(values);
    first ??= begin(values);
    now ??= copy(first);
    fit(now, values);
    // Distances from other data do not belong on the same curve.
    const aimed = ground.aim(values);
    if (aimed !== target) {
      [target, past, now.trail] = [aimed, [], []];
    }
    const [before, held] = [copy(now), past];
    if (press) make(press, again, values, rules);
    const told = view(values, rules);
    if (!told) {
      [now, past] = [before, held];
      throw new Error(DIVERGED);
    }
    const painting = ground.paint(told, values.distances ? STRIP : 0);
    if (values.distances) paintDistances(painting, told.trail, length);
    const { dSteps, gSteps } = told.game;
    const alt = `After ${dSteps} ${told.opponent} and ${gSteps} generator steps, `
      + `${ground.words(told)} ${distancesInWords(told.trail.at(-1), length)}`;
    return { painting, alt };
  }

  return { game };
}

// Steps and losses, in a line.
export function title({ game, averaged, opponent, lossD, lossG }) {
  const letter = opponent === "critic" ? "critic" : "D";
  return `${game.dSteps} ${letter} and ${game.gSteps} G steps${averaged ? " (G averaged)" : ""}`
    + `    loss of ${letter} ${lossD.toFixed(3)}    loss of G ${lossG.toFixed(3)}`;
}
