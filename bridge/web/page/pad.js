// The XY pad: two parameters under one finger, chosen by the player and remembered.

import { natural, position, title } from "./knob.js";

const FIRST = { x: "temperature", y: "density" };

export class Pad {
  constructor(state) {
    this.state = state;
    this.field = document.getElementById("pad");
    this.dot = this.field.firstElementChild;
    this.axes = { x: document.getElementById("pad-x"), y: document.getElementById("pad-y") };
    state.on("table", () => this.build());
    state.on("values", () => this.show());
    for (const [axis, list] of Object.entries(this.axes))
      list.addEventListener("change", () => { localStorage.setItem(`antiphon-pad-${axis}`, list.value); this.show(); });
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
    const rows = [...this.state.rows.values()].filter((row) => row.kind === "float" || row.kind === "int");
    for (const [axis, list] of Object.entries(this.axes)) {
      const wanted = localStorage.getItem(`antiphon-pad-${axis}`) ?? FIRST[axis];
      list.replaceChildren(...rows.map((row) => new Option(row.voice ? `${row.voice} ${title(row)}` : title(row), row.path)));
      list.value = rows.some((row) => row.path === wanted) ? wanted : rows[0]?.path;
    }
    this.show();
  }

  row(axis) { return this.state.rows.get(this.axes[axis].value); }

  move({ clientX, clientY }) {
    const { left, top, width, height } = this.field.getBoundingClientRect();
    this.set("x", (clientX - left) / width);
    this.set("y", 1 - (clientY - top) / height);
    this.show();
  }

  set(axis, place) {
    const row = this.row(axis);
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
    const least = row.kind === "int" ? 1 / (row.maximum - row.minimum) : 0;
    this.set(axis, position(row, this.state.values[row.path]) + way * Math.max(0.02, least));
  }

  show() {
    if (!this.row("x") || !this.row("y")) return;
    const [x, y] = ["x", "y"].map((axis) => position(this.row(axis), this.state.values[this.row(axis).path]));
    this.dot.style.left = `${x * 100}%`;
    this.dot.style.top = `${(1 - y) * 100}%`;
  }
}
