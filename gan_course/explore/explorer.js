// The one face of every explorer: draws the controls that it lists, asks for one picture at a time,
// and says what went wrong. `draw` knows no Jupyter: whoever can answer wishes can be its source.

import { KINDS, element, unique } from "./controls.js";

const REST = 100; // ms without a new wish after which the hand that moves a control is at rest
const SMALLEST = 0.7; // of a picture's own width: any smaller, its words could not be read
const PATIENCE = 5000; // ms without an answer until the page says that it waits
const AGAIN = "run this cell again to wake the explorer.";
const WAITING = `Waiting for Python; if it does not answer, ${AGAIN}`;
const GONE = `The Python that drew this has gone: ${AGAIN}`;

// An SVG stands in the page itself, so that it has the page's typeface and colours.
function drawn({ picture, form, alt }) {
  if (form === "png") {
    const src = URL.createObjectURL(new Blob([picture], { type: "image/png" }));
    return element("img", { src, alt, draggable: false });
  }
  const text = new TextDecoder().decode(picture);
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const svg = document.importNode(parsed, true);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", alt);
  for (const part of svg.children) part.setAttribute("aria-hidden", "true"); // the label says it all
  svg.style.minWidth = `${SMALLEST * parsed.getAttribute("width")}px`;
  return svg;
}

// One view: its controls above its picture. `asks` takes its wishes.
function panel(view, asks) {
  const controls = new Map(), renamed = [];
  // What some controls are called depends on what others stand at.
  const rename = () => renamed.forEach(([key, { by, labels }]) =>
    controls.get(key).rename(labels[controls.get(by).get()]));
  const change = () => { rename(); asks.wish(me); };
  const press = (control) => {
    me.restore(control.sets);
    if (Object.keys(control.sets).length > 0 && !control.goes_on) change();
    else asks.press(me, control);
  };
  const make = (control) => {
    controls.set(control.key, KINDS[control.kind](control, change, press));
    if (control.renamed) renamed.push([control.key, control.renamed]);
    return controls.get(control.key).node;
  };
  const lines = (rows) =>
    rows.map((row) => element("div", { className: "controls" }, ...row.map(make)));
  const fold = ({ title, rows, open }) => element("details", { open },
    element("summary", { textContent: title }), ...lines(rows));
  const picture = element("div", { className: "picture" });
  const words = element("figcaption", { role: "status", "aria-live": "polite" });
  const error = element("p", { className: "error", role: "alert" });
  const sign = element("div", { className: "busy" });
  const figure = element("figure", {}, sign, picture, error, words);
  const note = element("p", { className: "note", textContent: view.note, hidden: !view.note });
  const parts = [...lines(view.rows), ...view.folds.map(fold), note, figure];
  const me = { key: view.key, title: view.title, node: element("div", {}, ...parts) };
  me.values = () => Object.fromEntries(
    [...controls].filter(([, each]) => each.get).map(([key, each]) => [key, each.get()]));
  me.restore = (values) => {
    for (const [key, value] of Object.entries(values)) controls.get(key)?.set?.(value);
    rename();
  };
  me.playing = (key, on) => controls.get(key).playing(on);
  me.busy = (on) => figure.setAttribute("aria-busy", String(on));
  me.say = (sentence) => { if (error.textContent !== sentence) error.textContent = sentence; };
  let newest = null;
  me.show = async (shown) => {
    me.say(shown.error);
    if (!shown.picture || shown.error) return;
    const coming = newest = drawn(shown);
    // The old one stays until all of the new one is there, and goes before the next is asked for.
    coming.classList.add("coming");
    picture.append(coming);
    const parts = [coming, ...coming.querySelectorAll("image")].filter((part) => part.decode);
    await Promise.all(parts.map((part) => part.decode().catch(() => {})));
    URL.revokeObjectURL(coming.src);
    if (coming !== newest) return void coming.remove();
    coming.classList.remove("coming");
    picture.replaceChildren(coming);
    words.textContent = shown.alt;
  };
  return me;
}

// Asks `source` for one picture at a time. While it waits, only the newest wish is kept; a long
// move goes on, part by part, until it is through, stopped, or something else is pressed. While a
// control moves, each picture is a step on its way; once it rests, none but the newest is shown.
function queue(source) {
  let asking = false, next = null, play = null, moved = 0;
  const end = () => { if (play) play.panel.playing(play.key, false); play = null; };
  const ask = async (wish) => {
    const { panel: asked, press = null, again = false } = wish;
    asked.busy(true);
    const patience = setTimeout(() => asked.say(source.waiting), PATIENCE);
    const shown = await source.ask({ view: asked.key, values: asked.values(), press, again });
    clearTimeout(patience);
    if (shown.error) end();
    const stale = next && !press && performance.now() - moved > REST;
    if (!stale) await asked.show(shown);
    asked.busy(false);
  };
  const run = async () => {
    if (asking) return;
    asking = true;
    while (next || play) {
      const wish = next ?? { panel: play.panel, press: play.key, again: play.begun };
      next = null;
      if (play && wish.press === play.key) {
        play.begun = true;
        play.left -= 1;
      }
      await ask(wish);
      if (play?.left === 0) end();
    }
    asking = false;
  };
  const wish = (asked) => {
    moved = performance.now();
    next = next?.panel === asked ? next : { panel: asked };
    run();
  };
  const press = (asked, { key, times }) => {
    const stop = play?.key === key;
    end();
    if (stop) return;
    if (times > 1) {
      play = { panel: asked, key, left: times, begun: false };
      asked.playing(key, true);
    } else next = { panel: asked, press: key };
    run();
  };
  return { wish, press, end };
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
// `ask`, which promises what a wish shows, what to say while it is `waiting`, and `lost`, which is
// called with what to do when nobody answers any more.
export function draw(root, source) {
  const asks = queue(source);
  const panels = source.views.map((view) => panel(view, asks));
  const explorer = element("div", { className: "gan-explorer", tabIndex: -1 });
  const { list, mark } = tabs(panels, (chosen) => { asks.end(); asks.wish(chosen); });
  if (panels.length > 1) explorer.append(list);
  explorer.append(...panels.map((each) => each.node));
  // JupyterLab takes d d, b and the arrows for its own unless the element that has the focus says
  // otherwise; older notebooks listen where keys bubble to.
  const shield = (node) => node.setAttribute("data-lm-suppress-shortcuts", "true");
  [explorer, ...explorer.querySelectorAll("input, select, button, summary, [tabindex]")].forEach(shield);
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
    if (shown.from !== me || !waiting.has(shown.id)) return; // another view asked
    waiting.get(shown.id)(shown);
    waiting.delete(shown.id);
  };
  model.on("change:shown", answer);
  signal.addEventListener("abort", () => model.off("change:shown", answer));
  return {
    views: model.get("views"),
    shown: model.get("shown"),
    waiting: WAITING,
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
