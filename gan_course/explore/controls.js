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

// Each kind of control: what it draws, and how its value is read and set. `wish` tells that its
// value has changed.

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

export const KINDS = { slider, choice, seed, switch: toggle, pad, button };
