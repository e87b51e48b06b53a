// The XY pad: two parameters under one finger, which the parameters xy_x and xy_y name.

import { natural, position, title } from "./knob.js";

const AXES = ["x", "y"];

export class Pad {
  constructor(state) {
    this.state = state;
    this.field = document.getElementById("pad");
    this.dot = this.field.firstElementChild;
    this.auto = [];
    this.axes = { x: document.getElementById("pad-x"), y: document.getElementById("pad-y") };
    state.on("table", () => this.build());
    state.on("values", () => this.show());
    state.on("hands", (hands) => { this.auto = hands.xy ?? []; this.show(); });
    for (const [axis, list] of Object.entries(this.axes)) list.addEventListener("change", () => state.set(`xy_${axis}`, list.value));
    this.field.addEventListener("pointerdown", (event) => {
      this.field.setPointerCapture(event.pointerId);
      this.held = true;
      this.move(event);
    });
    this.field.addEventListener("pointermove", (event) => { if (this.held) this.move(event); });
    for (const kind of ["pointerup", "pointercancel"]) this.field.addEventListener(kind, () => { this.held = false; });
    this.field.addEventListener("keydown", (event) => this.step(event));
  }

  build() {
    for (const [axis, list] of Object.entries(this.axes)) {
      const choices = this.state.rows.get(`xy_${axis}`)?.choices ?? [];
      list.replaceChildren(...choices.map((path) => new Option(path === "auto" ? "auto" : this.name(path), path)));
    }
    this.show();
  }

  name(path) {
    const row = this.state.rows.get(path);
    return row ? (row.voice ? `${row.voice} ${title(row)}` : title(row)) : path;
  }

  // The row that an axis turns: the one that is chosen, or what the band has for it.
  row(axis) {
    const chosen = this.state.values[`xy_${axis}`];
    return this.state.rows.get(chosen === "auto" ? this.auto[AXES.indexOf(axis)] : chosen);
  }

  move({ clientX, clientY }) {
    const { left, top, width, height } = this.field.getBoundingClientRect();
    this.set("x", (clientX - left) / width);
    this.set("y", 1 - (clientY - top) / height);
    this.show();
  }

  set(axis, place) {
    const row = this.row(axis);
    if (!row) return;
    const value = natural(row, place);
    if (value !== this.state.values[row.path]) {
      this.state.set(row.path, value);
      this.state.tell("values", { [row.path]: value });
    }
  }

  step(event) {
    const move = { ArrowRight: ["x", 1], ArrowLeft: ["x", -1], ArrowUp: ["y", 1], ArrowDown: ["y", -1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const [axis, way] = move;
    const row = this.row(axis);
    if (!row) return;
    const least = row.kind === "int" ? 1 / (row.maximum - row.minimum) : 0;
    this.set(axis, position(row, this.state.values[row.path]) + way * Math.max(0.02, least));
  }

  show() {
    for (const [axis, list] of Object.entries(this.axes)) {
      list.value = this.state.values[`xy_${axis}`] ?? "auto";
      const own = list.querySelector("option[value=auto]");
      if (own && this.auto.length) own.textContent = `auto: ${this.name(this.auto[AXES.indexOf(axis)])}`;
    }
    if (!this.row("x") || !this.row("y")) return;
    const [x, y] = ["x", "y"].map((axis) => position(this.row(axis), this.state.values[this.row(axis).path]));
    this.dot.style.left = `${x * 100}%`;
    this.dot.style.top = `${(1 - y) * 100}%`;
  }
}
