// Brings a page to life: loads what it needs, and answers the wishes of its explorer.

import { draw } from "./explorer.js";
import { parsed } from "./tensors.js";

const { page } = document.body.dataset;
const said = document.getElementById("said");
const NO_WASM = "A still picture: this browser has no WebAssembly, which runs the networks.";
const NOT_LOADED = "A still picture: the page could not load its parts. "
  + "It has to come from a web server, such as python -m http.server.";

// Where another page frames this one, it learns how high this one is, now and whenever that changes.
if (window.parent !== window) {
  const root = document.documentElement;
  root.classList.add("framed");
  const tell = () => window.parent.postMessage({ height: root.offsetHeight }, location.origin);
  new ResizeObserver(tell).observe(root);
}

async function file(name) {
  const answer = await fetch(new URL(`../${page}/${name}`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.statusText}`);
  return answer;
}

// Each network as a function from its inputs, by name, to what it gives; they run one at a time.
async function networks(names) {
  if (names.length === 0) return {};
  const ort = await import("../runtime/ort.wasm.bundle.min.mjs");
  ort.env.wasm.numThreads = 1; // several would need headers that not every server sends
  const wasm = new URL("../runtime/ort-wasm-simd-threaded.wasm", import.meta.url).href;
  ort.env.wasm.wasmPaths = { wasm };
  const tensor = ({ data, dims }) => new ort.Tensor(data, dims);
  const load = async (name) => {
    const weights = await (await file(`${name}.onnx`)).arrayBuffer();
    const session = await ort.InferenceSession.create(weights, { executionProviders: ["wasm"] });
    return async (inputs) => {
      const feeds = Object.entries(inputs).map(([key, value]) => [key, tensor(value)]);
      return (await session.run(Object.fromEntries(feeds))).output;
    };
  };
  const loaded = {};
  for (const name of names) loaded[name] = await load(name);
  return loaded;
}

// What `draw` asks: the page's script has a function for each view, from the values of its controls
// and the button that was pressed to a painting and its words.
function source(views, answers) {
  const ask = async ({ view, values, press, again }) => {
    try {
      const { painting, alt } = await answers[view](values, press, again);
      const picture = new TextEncoder().encode(painting.svg());
      return { view, values, picture, form: "svg", alt, error: "" };
    } catch (error) {
      console.warn(error);
      return { view, values, error: `${error.message}.` };
    }
  };
  return { views, shown: null, ask, lost: () => {}, waiting: "This takes a moment." };
}

async function start() {
  const { script, views, facts, networks: names } = await (await file("page.json")).json();
  if (names.length > 0 && typeof WebAssembly !== "object") return NO_WASM;
  const tensors = parsed(await (await file("tensors.safetensors")).arrayBuffer());
  const { open } = await import(`./${script}.js`);
  const answers = open({ facts, tensors, networks: await networks(names) });
  const root = document.getElementById("explorer");
  root.replaceChildren();
  draw(root, source(views, answers));
  return "";
}

try {
  said.textContent = await start();
} catch (error) {
  console.error(error);
  said.textContent = NOT_LOADED;
}
