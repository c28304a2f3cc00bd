// The one face of every explorer: draws the controls that it lists, asks for one picture at a time,
// and says what went wrong. `draw` knows no Jupyter: whoever can answer wishes can be its source.

const PATIENCE = 5000; // ms without an answer until the page says that it waits
const WAITING = "Waiting for Python. If it does not answer, run this cell again to wake the explorer.";
const GONE = "The Python that drew this has gone. Run this cell again to wake the explorer.";

let made = 0;
const unique = () => `gan-explorer-${Math.random().toString(36).slice(2)}-${(made += 1)}`;

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const written = (value, { digits = 0, signed = false, unit = "" }) =>
  `${signed && value > 0 ? "+" : ""}${Number(value).toFixed(digits)}${unit}`;

// Each kind of control: what it draws, and how its value is read and set. `wish` tells that its
// value has changed.

function slider(control, wish) {
  const id = unique();
  const { low: min, high: max, step, value, help } = control;
  const input = element("input", { type: "range", id, min, max, step, title: help });
  const output = element("output", { htmlFor: id });
  const write = () => {
    output.textContent = written(input.valueAsNumber, control);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  const set = (number) => { input.valueAsNumber = number; write(); };
  set(value);
  input.addEventListener("input", () => { write(); wish(); });
  const label = element("label", { htmlFor: id, textContent: control.label });
  return { node: element("div", { className: "slider" }, label, input, output),
    get: () => input.valueAsNumber, set };
}

const field = ({ label }, node) => element("span", { className: "field" },
  element("label", { htmlFor: node.id, textContent: label }), node);

function choice(control, wish) {
  const id = unique();
  const options = control.options.map((text) => element("option", { textContent: text }));
  const select = element("select", { id, title: control.help }, ...options);
  select.selectedIndex = control.value;
  select.addEventListener("change", wish);
  return { node: field(control, select), get: () => select.selectedIndex,
    set: (index) => { select.selectedIndex = index; } };
}

function seed(control, wish) {
  const id = unique();
  const { low: min, high: max, help: title } = control;
  const input = element("input", { type: "number", id, min, max, step: 1, title });
  let held = control.value;
  const set = (number) => { held = number; input.value = number; };
  set(held);
  input.addEventListener("input", () => {
    if (!input.checkValidity() || input.value === "") return; // half typed
    held = input.valueAsNumber;
    wish();
  });
  input.addEventListener("change", () => set(held)); // left with something that is no seed
  return { node: field(control, input), get: () => held, set };
}

function toggle(control, wish) {
  const input = element("input", { type: "checkbox", checked: control.value, title: control.help });
  input.addEventListener("change", wish);
  return { node: element("label", { className: "field" }, input, control.label),
    get: () => input.checked, set: (on) => { input.checked = on; } };
}

function pad(control, wish) {
  const { low, high, step, axes, digits } = control;
  let held = [...control.value];
  const knob = element("span", { className: "knob" });
  const square = element("div", { className: "square", tabIndex: 0, title: control.help,
    role: "slider", "aria-label": control.label, "aria-roledescription": "pad of two numbers",
    "aria-valuemin": low[0], "aria-valuemax": high[0] }, knob);
  const output = element("output");
  const set = (place) => {
    const digit = 10 ** digits; // so that 0.30000000000000004 is 0.3
    held = place.map((part, i) =>
      Math.round(Math.min(high[i], Math.max(low[i], part)) * digit) / digit);
    const share = held.map((part, i) => (part - low[i]) / (high[i] - low[i]));
    knob.style.left = `${100 * share[0]}%`;
    knob.style.bottom = `${100 * share[1]}%`;
    output.textContent = held.map((part, i) => `${axes[i]} ${written(part, control)}`).join(", ");
    square.setAttribute("aria-valuenow", held[0]);
    square.setAttribute("aria-valuetext", output.textContent);
  };
  set(held);
  const drag = (event) => {
    if (!event.buttons) return;
    const box = square.getBoundingClientRect();
    const share = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
    set(share.map((part, i) => low[i] + part * (high[i] - low[i])));
    wish();
  };
  square.addEventListener("pointerdown", ({ pointerId }) => square.setPointerCapture(pointerId));
  for (const name of ["pointerdown", "pointermove"]) square.addEventListener(name, drag);
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
  square.addEventListener("keydown", (event) => {
    if (!(event.key in ways)) return;
    event.preventDefault(); // or the page would scroll
    set(held.map((part, i) => part + ways[event.key][i] * step));
    wish();
  });
  const name = element("span", { textContent: control.label });
  return { node: element("div", { className: "pad" }, name, square, output), get: () => held, set };
}

function button(control, _wish, press) {
  const { label: textContent, help: title } = control;
  const node = element("button", { type: "button", textContent, title });
  node.addEventListener("click", () => press(control));
  // A key held down would start a long move and stop it again, many times a second.
  node.addEventListener("keydown", (event) => {
    if (control.times > 1 && event.repeat) event.preventDefault();
  });
  const playing = (on) => {
    node.style.minWidth = `${node.offsetWidth}px`; // the row stays as it is
    node.textContent = on ? "Stop" : textContent;
  };
  return { node, playing };
}

const KINDS = { slider, choice, seed, switch: toggle, pad, button };

// One view: its controls above its picture. `asks` takes its wishes.
function panel(view, asks) {
  const controls = new Map();
  const change = () => asks.wish(me);
  const press = (control) => {
    if (Object.keys(control.sets).length === 0) return asks.press(me, control);
    for (const [key, value] of Object.entries(control.sets)) controls.get(key).set(value);
    return change();
  };
  const rows = view.rows.map((row) => element("div", { className: "controls" }, ...row.map((control) => {
    controls.set(control.key, KINDS[control.kind](control, change, press));
    return controls.get(control.key).node;
  })));
  const image = element("img", { alt: "", hidden: true, draggable: false });
  const words = element("figcaption", { role: "status", "aria-live": "polite" });
  const error = element("p", { className: "error", role: "alert" });
  const figure = element("figure", {}, element("div", { className: "busy" }), image, error, words);
  const note = element("p", { className: "note", textContent: view.note, hidden: !view.note });
  const me = { key: view.key, title: view.title, node: element("div", {}, ...rows, note, figure) };
  me.values = () => Object.fromEntries(
    [...controls].filter(([, each]) => each.get).map(([key, each]) => [key, each.get()]));
  me.restore = (values) => {
    for (const [key, value] of Object.entries(values)) controls.get(key)?.set?.(value);
  };
  me.playing = (key, on) => controls.get(key).playing(on);
  me.busy = (on) => figure.setAttribute("aria-busy", String(on));
  me.say = (sentence) => { if (error.textContent !== sentence) error.textContent = sentence; };
  me.show = async ({ png, alt, error: sentence }) => {
    me.say(sentence);
    if (!png || sentence) return;
    const old = image.src;
    image.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    image.alt = alt;
    image.hidden = false;
    words.textContent = alt;
    await image.decode().catch(() => {}); // on the page before the next is asked for
    if (old) URL.revokeObjectURL(old);
  };
  return me;
}

// Asks `source` for one picture at a time. While it waits, only the newest wish is kept; a long move
// goes on, part by part, until it is through, stopped, or something else is pressed.
function queue(source) {
  let asking = false, next = null, play = null;
  const end = () => { if (play) play.panel.playing(play.key, false); play = null; };
  const ask = async (wish) => {
    const { panel: asked, press = null, again = false } = wish;
    asked.busy(true);
    const patience = setTimeout(() => asked.say(WAITING), PATIENCE);
    const shown = await source.ask({ view: asked.key, values: asked.values(), press, again });
    clearTimeout(patience);
    if (shown.error) end();
    await asked.show(shown);
    asked.busy(false);
  };
  const run = async () => {
    if (asking) return;
    asking = true;
    while (next || play) {
      const wish = next ?? { panel: play.panel, press: play.key, again: play.begun };
      next = null;
      if (play && wish.press === play.key) play.begun = Boolean(play.left--);
      await ask(wish);
      if (play?.left === 0) end();
    }
    asking = false;
  };
  return {
    wish: (asked) => {
      next = next?.panel === asked ? next : { panel: asked };
      return run();
    },
    press: (asked, { key, times }) => {
      const stop = play?.key === key;
      end();
      if (stop) return null;
      if (times > 1) {
        play = { panel: asked, key, left: times, begun: false };
        asked.playing(key, true);
      } else next = { panel: asked, press: key };
      return run();
    },
    end,
  };
}

// Tabs for several views, as the ARIA practices have them: arrows go from one to the next.
function tabs(panels, choose) {
  const list = element("div", { role: "tablist" });
  const mark = (index) => panels.forEach(({ tab, node }, i) => {
    tab.setAttribute("aria-selected", String(i === index));
    tab.tabIndex = i === index ? 0 : -1;
    node.hidden = i !== index;
  });
  const select = (index) => {
    mark(index);
    panels[index].tab.focus();
    choose(panels[index]);
  };
  panels.forEach((each, i) => {
    each.node.id = unique();
    each.tab = element("button", { type: "button", role: "tab", id: unique(),
      textContent: each.title, "aria-controls": each.node.id });
    each.node.setAttribute("role", "tabpanel");
    each.node.setAttribute("aria-labelledby", each.tab.id);
    each.tab.addEventListener("click", () => select(i));
    each.tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) select((i + step + panels.length) % panels.length);
    });
    list.append(each.tab);
  });
  return { list, mark };
}

// Draw an explorer into `root`. `source` has its `views`, what is `shown` at first (or nothing),
// `ask`, which promises what a wish shows, and `lost`, which is called with what to do when nobody
// answers any more.
export function draw(root, source) {
  const asks = queue(source);
  const panels = source.views.map((view) => panel(view, asks));
  const explorer = element("div", { className: "gan-explorer", tabIndex: -1 });
  const { list, mark } = tabs(panels, (chosen) => { asks.end(); asks.wish(chosen); });
  if (panels.length > 1) explorer.append(list);
  explorer.append(...panels.map((each) => each.node));
  // JupyterLab takes d d, b and the arrows for its own unless the element that has the focus says
  // otherwise; older notebooks listen where keys bubble to.
  for (const node of [explorer, ...explorer.querySelectorAll("input, select, button, [tabindex]")]) {
    node.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  explorer.addEventListener("keydown", (event) => event.stopPropagation());
  const first = source.shown;
  const start = Math.max(0, panels.findIndex(({ key }) => key === first?.view));
  mark(start);
  if (first) {
    panels[start].restore(first.values);
    panels[start].show(first);
  } else asks.wish(panels[start]);
  source.lost(() => { asks.end(); panels.forEach((each) => each.say(GONE)); });
  root.append(explorer);
  return () => explorer.remove();
}

// A source that is a widget of Jupyter.
function kernel(model, signal) {
  const me = unique(), waiting = new Map();
  let count = 0;
  const answer = () => {
    const shown = model.get("shown");
    if (shown.from !== me || !waiting.has(shown.id)) return; // another view of the same widget asked
    waiting.get(shown.id)(shown);
    waiting.delete(shown.id);
  };
  model.on("change:shown", answer);
  signal.addEventListener("abort", () => model.off("change:shown", answer));
  return {
    views: model.get("views"),
    shown: model.get("shown"),
    ask: (wish) => new Promise((resolve) => {
      waiting.set(count += 1, resolve);
      model.send({ ...wish, id: count, from: me });
    }),
    lost: (tell) => model.on("comm_live_update", tell),
  };
}

// The still picture that stands above a living explorer, for the time when it sleeps, is put away.
function putAwayStill(root, signal) {
  if (signal.aborted) return;
  if (!root.isConnected) return void requestAnimationFrame(() => putAwayStill(root, signal));
  const before = [...document.querySelectorAll("[data-explorer-still]")].filter(
    (still) => still.compareDocumentPosition(root) & Node.DOCUMENT_POSITION_FOLLOWING);
  const still = before.at(-1);
  if (!still) return;
  still.style.display = "none";
  signal.addEventListener("abort", () => { still.style.display = ""; });
}

export default {
  render({ model, el }) {
    const life = new AbortController();
    const remove = draw(el, kernel(model, life.signal));
    putAwayStill(el, life.signal);
    return () => { life.abort(); remove(); };
  },
};
