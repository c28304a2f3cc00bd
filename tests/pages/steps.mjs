// Reads a game and its moves from the standard input, makes them, and writes what came of it.

import { readFileSync } from "node:fs";

const { Game } = await import(new URL("../../authoring/pages/web/game.js", import.meta.url));
const { MLP } = await import(new URL("../../authoring/pages/web/nets.js", import.meta.url));

const { generator, discriminator, rules, real, noise, mixing, n, steps } =
  JSON.parse(readFileSync(0, "utf8"));
const network = ({ widths, parameters, activation }) =>
  new MLP(widths, parameters.map((each) => Float64Array.from(each)), activation);
const game = new Game(network(generator), network(discriminator));
const losses = [];
for (let i = 0; i < steps; i += 1) {
  const z = Float64Array.from(noise);
  const fake = game.generator.forward(z, n).out;
  const d = game.discriminatorStep(Float64Array.from(real), fake, n, rules, mixing);
  losses.push([d, game.generatorStep(z, n, rules)]);
}
const parameters = ({ parameters: all }) => all.map((each) => [...each]);
process.stdout.write(JSON.stringify({ losses,
  generator: parameters(game.generator), discriminator: parameters(game.discriminator) }));
