// What a page draws for each kind of control that an explorer lists: native HTML controls.

let made = 0;
export const unique = () => `gan-explorer-${Math.random().toString(36).slice(2)}-${(made += 1)}`;

export function element(tag, properties = {}, ...children) {
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

// Each kind of control: what it draws, how its value is read and set, and how it is called something
// else. `wish` tells that its value has changed.

function slider(control, wish) {
  const id = unique();
  const { low: min, high: max, step, value, help } = control;
  const input = element("input", { type: "range", id, min, max, step, title: help });
  const output = element("output", { htmlFor: id });
  const get = () => input.valueAsNumber;
  const set = (number) => {
    input.valueAsNumber = number;
    output.textContent = written(get(), control);
    input.setAttribute("aria-valuetext", output.textContent);
  };
  set(value);
  input.addEventListener("input", () => { set(get()); wish(); });
  const label = element("label", { htmlFor: id, textContent: control.label });
  return { node: element("div", { className: "slider" }, label, input, output), get, set };
}

function field({ label }, node) {
  const name = element("label", { htmlFor: node.id, textContent: label });
  const rename = (text) => { name.textContent = text; };
  return { node: element("span", { className: "field" }, name, node), rename };
}

function choice(control, wish) {
  const id = unique();
  const options = control.options.map((text) => element("option", { textContent: text }));
  const select = element("select", { id, title: control.help }, ...options);
  select.selectedIndex = control.value;
  select.addEventListener("change", wish);
  return { ...field(control, select), get: () => select.selectedIndex,
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
  return { ...field(control, input), get: () => held, set };
}

function toggle(control, wish) {
  const input = element("input", { type: "checkbox", checked: control.value, title: control.help });
  input.addEventListener("change", wish);
  const name = element("span", { textContent: control.label });
  return { node: element("label", { className: "field" }, input, name),
    get: () => input.checked, set: (on) => { input.checked = on; },
    rename: (text) => { name.textContent = text; } };
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

function pad(control, wish) {
  const { low, high, step, axes, digits, beneath } = control;
  let held = [...control.value];
  const knob = element("span", { className: "knob" });
  const square = element("div", { className: "square", tabIndex: 0, title: control.help,
    role: "slider", "aria-label": control.label, "aria-roledescription": "pad of two numbers",
    "aria-valuemin": low[0], "aria-valuemax": high[0] }, knob);
  if (beneath) square.style.setProperty("--beneath", `url(${beneath})`);
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
  const drag = ({ buttons, clientX, clientY }) => {
    if (!buttons) return;
    const { left, bottom, width, height } = square.getBoundingClientRect();
    const share = [(clientX - left) / width, (bottom - clientY) / height];
    set(share.map((part, i) => low[i] + part * (high[i] - low[i])));
    wish();
  };
  square.addEventListener("pointerdown", ({ pointerId }) => square.setPointerCapture(pointerId));
  for (const name of ["pointerdown", "pointermove"]) square.addEventListener(name, drag);
  square.addEventListener("keydown", (event) => {
    if (!(event.key in WAYS)) return;
    event.preventDefault(); // or the page would scroll
    set(held.map((part, i) => part + WAYS[event.key][i] * step));
    wish();
  });
  const name = element("span", { textContent: control.label });
  return { node: element("div", { className: "pad" }, name, square, output), get: () => held, set };
}

const BARS_HINT = "Draw with the mouse, a finger or a pen. Keys: left and right choose a bar, up and "
  + "down change its height (with Shift more).";
const TOUCH = 0.05, PUSH = 0.2; // of a key, as a share of the greatest height

function bars(control, wish) {
  const { low, high } = control;
  let held = [...control.value], chosen = 0, last = null;
  const columns = held.map(() => element("span"));
  const square = element("div", { className: "square bars", tabIndex: 0, title: control.help,
    role: "slider", "aria-label": control.label, "aria-roledescription": "row of bars",
    "aria-valuemin": 0, "aria-valuemax": 1 }, ...columns);
  const output = element("output");
  const show = () => {
    columns.forEach((column, i) => {
      column.style.height = `${100 * held[i]}%`;
      column.classList.toggle("chosen", i === chosen);
    });
    const middle = low + (high - low) * (chosen + 0.5) / held.length;
    output.textContent = `bar ${chosen + 1} of ${held.length}, around ${middle.toFixed(1)}: `
      + `${Math.round(100 * held[chosen])} %`;
    square.setAttribute("aria-valuenow", held[chosen]);
    square.setAttribute("aria-valuetext", output.textContent);
  };
  const raise = (i, height) => {
    chosen = Math.min(held.length - 1, Math.max(0, i));
    held[chosen] = Math.round(100 * Math.min(1, Math.max(0, height))) / 100;
  };
  const drag = ({ buttons, clientX, clientY }) => {
    if (!buttons) return;
    const { left, bottom, width, height } = square.getBoundingClientRect();
    const to = [Math.floor((clientX - left) / width * held.length), (bottom - clientY) / height];
    const from = last ?? to; // a quick stroke leaves no bar out
    for (let i = 0, n = Math.abs(to[0] - from[0]); i <= n; i += 1) {
      const share = n ? i / n : 1;
      raise(Math.round(from[0] + share * (to[0] - from[0])), from[1] + share * (to[1] - from[1]));
    }
    last = to;
    show();
    wish();
  };
  square.addEventListener("pointerdown", ({ pointerId }) => {
    square.setPointerCapture(pointerId);
    last = null;
  });
  for (const name of ["pointerdown", "pointermove"]) square.addEventListener(name, drag);
  square.addEventListener("keydown", (event) => {
    if (!(event.key in WAYS)) return;
    event.preventDefault(); // or the page would scroll
    const [right, up] = WAYS[event.key], by = event.shiftKey ? PUSH : TOUCH;
    raise(chosen + right, held[Math.min(held.length - 1, Math.max(0, chosen + right))] + up * by);
    show();
    if (up) wish();
  });
  show();
  const hint = element("p", { className: "note", id: unique(), textContent: BARS_HINT });
  square.setAttribute("aria-describedby", hint.id);
  const name = element("span", { textContent: control.label });
  return { node: element("div", { className: "pad" }, name, square, output, hint),
    get: () => [...held], set: (heights) => { held = [...heights]; show(); } };
}

const SHARP = 640; // pixels across the canvas, twice what it takes on the page
const NEAR = 0.004; // points closer to the last one than this are left out
const STEP = 1 / 32, LEAP = 1 / 8; // of a key, as a share of the sheet
const HINT = "Draw with the mouse, a finger or a pen. Keys: arrows move the pen (with Shift "
  + "farther), Space puts it down and lifts it, Backspace undoes.";

function drawing(control, wish) {
  const { sheets, pens, ratio, label } = control;
  // Every drawing there was, so that it can be had back; the last one is on the page.
  let drawings = [control.value], stroke = null, cursor = [0.5, 0.5];
  const now = () => drawings.at(-1);
  const canvas = element("canvas", { width: SHARP, height: SHARP / ratio, "aria-hidden": true });
  const brush = canvas.getContext("2d");
  const knob = element("span", { className: "knob" });
  const hint = element("p", { className: "note", id: unique(), textContent: HINT });
  const square = element("div", { className: "square sheet", tabIndex: 0, role: "application",
    "aria-label": label, "aria-roledescription": "sheet to draw on",
    "aria-describedby": hint.id }, canvas, knob);
  square.style.aspectRatio = ratio;
  const output = element("output");

  const paint = () => {
    const { sheet, strokes } = now();
    const { width, height } = canvas;
    brush.fillStyle = "white";
    brush.fillRect(0, 0, width, height);
    brush.imageSmoothingEnabled = false;
    if (pictures[sheet].naturalWidth) brush.drawImage(pictures[sheet], 0, 0, width, height);
    brush.lineCap = brush.lineJoin = "round";
    for (const each of strokes) {
      brush.strokeStyle = each.erases ? "white" : "black";
      brush.lineWidth = each.width * width;
      brush.beginPath();
      const [first] = each.points;
      brush.moveTo(first[0] * width, first[1] * height + 0.01); // so that a point is seen too
      each.points.forEach(([x, y]) => brush.lineTo(x * width, y * height));
      brush.stroke();
    }
    [knob.style.left, knob.style.top] = cursor.map((part) => `${100 * part}%`);
    knob.classList.toggle("down", stroke !== null);
    const place = cursor.map((part) => `${Math.round(100 * part)} %`).join(", ");
    const count = `${strokes.length} stroke${strokes.length === 1 ? "" : "s"}`;
    output.textContent = `${count}; pen ${stroke ? "down" : "up"} at ${place}`;
  };
  const pictures = sheets.map(([, src]) => element("img", { src, onload: paint }));

  const show = () => { stroke = null; paper.set(now().sheet); paint(); wish(); };
  const turn = (drawn) => { drawings.push(drawn); show(); };
  const undo = () => { if (drawings.length > 1) { drawings.pop(); show(); } };
  const begin = (place) => {
    const { width, erases } = pens[pen.get()];
    cursor = place;
    turn({ ...now(), strokes: [...now().strokes, { points: [place], width, erases }] });
    stroke = now().strokes.at(-1);
    paint();
  };
  const move = (place) => {
    cursor = place;
    stroke?.points.push(place);
    paint();
    if (stroke) wish();
  };
  const lift = () => { stroke = null; paint(); };

  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map(
      (part) => Math.round(1000 * Math.min(2, Math.max(-1, part))) / 1000);
  };
  square.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    square.setPointerCapture(event.pointerId);
    begin(at(event));
  });
  square.addEventListener("pointermove", (event) => {
    if (!stroke || !event.isPrimary || !event.buttons) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const place of [...passed, event].map(at)) {
      if (Math.hypot(place[0] - cursor[0], place[1] - cursor[1]) > NEAR) move(place);
    }
  });
  for (const name of ["pointerup", "pointercancel"]) square.addEventListener(name, lift);
  square.addEventListener("keydown", (event) => {
    const { key, shiftKey } = event;
    if (key in WAYS) {
      const [right, up] = WAYS[key].map((part) => part * (shiftKey ? LEAP : STEP));
      move([cursor[0] + right, cursor[1] - up].map((part) => Math.min(1, Math.max(0, part))));
    } else if (key === " ") stroke ? lift() : begin(cursor);
    else if (key === "Backspace") undo();
    else return;
    event.preventDefault();
  });

  const titles = sheets.map(([title]) => title);
  const paper = choice({ label: "draw on", value: now().sheet, options: titles },
    () => turn({ sheet: paper.get(), strokes: [] }));
  const pen = choice({ label: "draw with", value: 0, options: pens.map(({ name }) => name) }, lift);
  const back = element("button", { type: "button", textContent: "Undo", onclick: undo });
  const clear = element("button", { type: "button", textContent: "Clear",
    onclick: () => turn({ ...now(), strokes: [] }) });
  const asked = (one, options) => (options.length > 1 ? [one.node] : []);
  const tools = element("div", { className: "controls" },
    ...asked(paper, sheets), back, ...asked(pen, pens), clear);
  const node = element("div", { className: "pad" }, tools, square, output, hint);
  paint();
  return { node, get: now,
    set: (drawn) => { drawings = [drawn]; stroke = null; paper.set(drawn.sheet); paint(); } };
}

function button(control, _wish, press) {
  const { label: textContent, help: title } = control;
  const node = element("button", { type: "button", textContent, title });
  let name = textContent;
  node.addEventListener("click", () => press(control));
  // A key held down would start a long move and stop it again, many times a second.
  node.addEventListener("keydown", (event) => {
    if (control.times > 1 && event.repeat) event.preventDefault();
  });
  const playing = (on) => {
    node.style.minWidth = `${node.offsetWidth}px`; // the row stays as it is
    node.textContent = on ? "Stop" : name;
  };
  const rename = (text) => {
    if (node.textContent === name) node.textContent = text; // it may say "Stop"
    name = text;
  };
  return { node, playing, rename };
}

export const KINDS = { slider, choice, seed, switch: toggle, pad, bars, drawing, button };
