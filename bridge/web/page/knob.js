// Controls for parameters: a knob for a number, a list for a choice, a switch, a field for a chart.

const SVG = "http://www.w3.org/2000/svg";
const SWEEP = 270;
const WAY = 190; // pixels of drag for the whole range

export function position(row, value) {
  if (row.kind === "choice") return row.choices.indexOf(value) / Math.max(row.choices.length - 1, 1);
  if (row.kind === "bool") return value ? 1 : 0;
  const { minimum, maximum } = row;
  if (row.curve === "exponential") return Math.log(value / minimum) / Math.log(maximum / minimum);
  return (value - minimum) / (maximum - minimum);
}

export function natural(row, place) {
  const part = Math.min(Math.max(place, 0), 1);
  if (row.kind === "choice") return row.choices[Math.round(part * (row.choices.length - 1))];
  if (row.kind === "bool") return part >= 0.5;
  const { minimum, maximum, floor } = row;
  let value = row.curve === "exponential" ? minimum * (maximum / minimum) ** part : minimum + (maximum - minimum) * part;
  if (floor !== null && value > minimum && value < floor) value = value - minimum >= floor - value ? floor : minimum;
  return row.kind === "int" ? Math.round(value) : value;
}

export function worded(row, value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value !== "number") return String(value);
  const span = row.maximum - row.minimum;
  const digits = row.kind === "int" ? 0 : span > 100 ? 1 : span > 20 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}

export const title = (row) => row.name.replaceAll("_", " ");
const units = { "onsets a beat": "/beat", semitones: "st" };
const unit = (row) => units[row.unit] ?? row.unit;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function arc(from, to) {
  const point = (part) => {
    const angle = ((part * SWEEP - 225) * Math.PI) / 180;
    return `${27 + 23 * Math.cos(angle)} ${27 + 23 * Math.sin(angle)}`;
  };
  return `M${point(from)}A23 23 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${point(to)}`;
}

class Knob {
  constructor(row, state) {
    this.row = row;
    this.state = state;
    this.face = make("div", "knob");
    this.face.tabIndex = 0;
    for (const [name, value] of Object.entries({ role: "slider", "aria-label": label(row), "aria-valuemin": row.minimum, "aria-valuemax": row.maximum }))
      this.face.setAttribute(name, value);
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", "0 0 54 54");
    drawing.setAttribute("aria-hidden", "true");
    [this.way, this.part] = ["way", "part"].map((name) => this.draw(drawing, "path", name));
    this.way.setAttribute("d", arc(0, 1));
    const cap = this.draw(drawing, "circle", "cap");
    for (const [name, value] of [["cx", 27], ["cy", 27], ["r", 16]]) cap.setAttribute(name, value);
    this.hand = this.draw(drawing, "path", "hand");
    this.hand.setAttribute("d", "M27 18V12");
    this.face.append(drawing);
    this.value = make("span", "knob-value");
    this.listen();
  }

  draw(drawing, tag, name) {
    const element = document.createElementNS(SVG, tag);
    element.setAttribute("class", name);
    drawing.append(element);
    return element;
  }

  listen() {
    const { face } = this;
    face.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      face.setPointerCapture(event.pointerId);
      face.focus();
      this.drag = { y: event.clientY, x: event.clientX, place: this.place };
      face.classList.add("dragged");
      event.preventDefault();
    });
    face.addEventListener("pointermove", (event) => {
      if (!this.drag) return;
      const way = this.drag.y - event.clientY + (event.clientX - this.drag.x) * 0.5;
      this.turn(this.drag.place + way / (event.shiftKey ? WAY * 8 : WAY));
    });
    const let_go = () => { this.drag = null; face.classList.remove("dragged"); };
    face.addEventListener("pointerup", let_go);
    face.addEventListener("pointercancel", let_go);
    face.addEventListener("lostpointercapture", let_go);
    face.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.nudge(-Math.sign(event.deltaY) * (event.shiftKey ? 0.2 : 1));
    }, { passive: false });
    face.addEventListener("dblclick", () => this.type());
    face.addEventListener("keydown", (event) => {
      const small = event.shiftKey ? 0.2 : 1;
      const moves = { ArrowUp: small, ArrowRight: small, ArrowDown: -small, ArrowLeft: -small, PageUp: 10, PageDown: -10 };
      if (event.key in moves) this.nudge(moves[event.key]);
      else if (event.key === "Home") this.turn(0);
      else if (event.key === "End") this.turn(1);
      else if (event.key === "Enter") this.type();
      else if (event.key === "Delete" || event.key === "Backspace") this.turn(position(this.row, this.row.default));
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  // A step: one whole unit of a whole number, a hundredth of the way else.
  nudge(steps) {
    const { row } = this;
    if (row.kind === "int" && row.maximum - row.minimum <= 400) {
      const value = this.state.values[row.path] + Math.sign(steps) * Math.max(1, Math.round(Math.abs(steps)));
      this.turn((value - row.minimum) / (row.maximum - row.minimum));
    } else this.turn(this.place + steps / 100);
  }

  turn(place) {
    this.place = Math.min(Math.max(place, 0), 1);
    const value = natural(this.row, this.place);
    if (value !== this.state.values[this.row.path]) {
      this.state.values[this.row.path] = value;
      this.wait ??= requestAnimationFrame(() => {
        this.wait = null;
        this.state.set(this.row.path, this.state.values[this.row.path]);
      });
    }
    this.show(value);
  }

  type() {
    const field = make("input", "knob-type");
    field.value = worded(this.row, this.state.values[this.row.path]);
    field.inputMode = "decimal";
    field.setAttribute("aria-label", `${label(this.row)}, ${this.row.minimum} to ${this.row.maximum}`);
    let over = false;
    const done = (keep) => {
      if (over) return; // to be taken away is to lose the focus, too
      over = true;
      const value = Number(field.value.replace(",", "."));
      field.remove();
      if (keep && Number.isFinite(value)) this.turn(position(this.row, Math.min(Math.max(value, this.row.minimum), this.row.maximum)));
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") {
        done(event.key === "Enter");
        this.face.focus();
      }
    });
    field.addEventListener("blur", () => done(true));
    this.face.parentElement.append(field);
    field.select();
  }

  hear(value) {
    if (this.drag || this.wait) return;
    this.place = position(this.row, value);
    this.show(value);
  }

  show(value) {
    const { row } = this;
    const zero = row.minimum < 0 && row.maximum > 0 ? position(row, 0) : 0;
    const [from, to] = [Math.min(zero, this.place), Math.max(zero, this.place)];
    this.part.setAttribute("d", to - from > 0.002 ? arc(from, to) : "");
    this.hand.setAttribute("transform", `rotate(${this.place * SWEEP - 135} 27 27)`);
    const said = row.floor !== null && value === row.minimum ? "auto" : worded(row, value);
    const whole = said !== "auto" && row.unit ? `${said} ${unit(row)}` : said;
    this.value.textContent = whole;
    this.face.setAttribute("aria-valuenow", value);
    this.face.setAttribute("aria-valuetext", said !== "auto" && row.unit ? `${said} ${row.unit}` : said);
  }
}

const label = (row) => (row.voice ? `${row.voice} ${title(row)}` : title(row));

function choice(row, state) {
  const list = make("select");
  list.setAttribute("aria-label", label(row));
  for (const name of row.choices) list.append(new Option(name, name));
  list.addEventListener("change", () => state.set(row.path, list.value));
  return { element: list, hear: (value) => { list.value = value; } };
}

function toggle(row, state) {
  const button = make("button", "switch");
  for (const [name, value] of [["role", "switch"], ["aria-label", label(row)]]) button.setAttribute(name, value);
  button.addEventListener("click", () => {
    state.set(row.path, !state.values[row.path]);
    button.setAttribute("aria-checked", state.values[row.path]);
  });
  return { element: button, hear: (value) => button.setAttribute("aria-checked", value) };
}

function chart(row, state) {
  const field = make("textarea");
  field.setAttribute("aria-label", label(row));
  field.placeholder = "C | Am F | Dm | G7";
  field.spellcheck = false;
  field.addEventListener("change", () => state.set(row.path, field.value));
  return { element: field, hear: (value) => { if (document.activeElement !== field) field.value = value; } };
}

const MAKERS = { choice, bool: toggle, chart };

// A parameter's control with its label; `controls` gets what is to hear of new values, by path.
export function control(row, state, controls) {
  const box = make("div", "control");
  box.dataset.path = row.path;
  box.dataset.hint = `${title(row)}: ${row.description}`;
  let made;
  if (row.kind in MAKERS) {
    made = MAKERS[row.kind](row, state);
    box.append(made.element);
    if (row.kind === "choice") box.classList.add("broad");
    if (row.kind === "chart") box.classList.add("full");
  } else {
    made = new Knob(row, state);
    box.append(made.face, made.value);
  }
  const name = make("span", "label", title(row));
  name.setAttribute("aria-hidden", "true");
  if (row.kind === "chart") box.prepend(name);
  else box.append(name);
  const known = controls.get(row.path) ?? [];
  controls.set(row.path, [...known, made]);
  if (row.path in state.values) made.hear(state.values[row.path]);
  return box;
}
