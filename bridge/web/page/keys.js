// Keys to play: of the computer's keyboard, and on the screen with touch or mouse. Lower on a key is louder.

const CODES = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK", "KeyO", "KeyL", "KeyP", "Semicolon"];
const BLACK = [1, 3, 6, 8, 10];
const STRUCK = 92; // velocity of a computer key, which knows of none
const WIDTH = 42; // pixels of a white key at least

export class Keys {
  constructor(state, heard) {
    this.state = state;
    this.heard = heard;
    this.board = document.getElementById("keys");
    this.base = 60;
    this.down = new Map(); // pitch -> how many hold it
    this.codes = new Map();
    this.pointers = new Map();
    this.faces = new Map();
    this.build();
    new ResizeObserver(() => this.build()).observe(this.board);
    document.getElementById("down").addEventListener("click", () => this.shift(-12));
    document.getElementById("up").addEventListener("click", () => this.shift(12));
    addEventListener("keydown", (event) => this.type(event));
    addEventListener("keyup", (event) => this.lift(event.code));
    addEventListener("blur", () => this.letGo());
    for (const kind of ["pointerdown", "pointermove"]) this.board.addEventListener(kind, (event) => this.touch(event));
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, (event) => this.leave(event.pointerId));
    state.on("press", ({ pitch }) => this.paint(pitch));
    state.on("release", ({ pitch }) => this.paint(pitch));
  }

  build() {
    const width = this.board.clientWidth;
    if (width === this.width && this.faces.size) return;
    this.width = width;
    const whites = Math.min(Math.max(Math.floor(width / WIDTH), 8), 22);
    const faces = [];
    const step = 100 / whites;
    let pitch = this.base - (whites > 18 ? 12 : 0);
    this.faces.clear();
    for (let white = 0; white < whites; pitch++) {
      const black = BLACK.includes(((pitch % 12) + 12) % 12);
      const face = document.createElement("div");
      face.className = black ? "key black" : "key";
      face.style.left = `${black ? white * step - step * 0.3 : white * step}%`;
      face.style.width = `${black ? step * 0.6 : step}%`;
      face.dataset.pitch = pitch;
      const code = CODES[pitch - this.base];
      face.textContent = code ? code.replace("Key", "").replace("Semicolon", ";") : "";
      this.faces.set(pitch, face);
      faces.push(face);
      if (!black) white++;
    }
    this.board.replaceChildren(...faces);
    document.getElementById("octave").textContent = `C${this.base / 12 - 1}`;
  }

  shift(by) {
    this.letGo();
    this.base = Math.min(Math.max(this.base + by, 24), 96);
    this.width = 0;
    this.build();
  }

  type(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog[open]")) return;
    if (event.code === "KeyZ" || event.code === "KeyX") return this.shift(event.code === "KeyZ" ? -12 : 12);
    const step = CODES.indexOf(event.code);
    if (step < 0 || this.codes.has(event.code)) return;
    event.preventDefault();
    this.codes.set(event.code, this.base + step);
    this.press(this.base + step, STRUCK);
  }

  lift(code) {
    const pitch = this.codes.get(code);
    if (pitch === undefined) return;
    this.codes.delete(code);
    this.release(pitch);
  }

  touch(event) {
    if (event.type === "pointermove" && !this.pointers.has(event.pointerId)) return;
    if (event.type === "pointerdown" && event.button) return;
    event.preventDefault();
    if (event.target.hasPointerCapture?.(event.pointerId)) event.target.releasePointerCapture(event.pointerId);
    const face = document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".key");
    const pitch = face ? Number(face.dataset.pitch) : null;
    const before = this.pointers.get(event.pointerId);
    if (pitch === before) return;
    if (before != null) this.release(before);
    this.pointers.set(event.pointerId, pitch);
    if (pitch === null) return;
    const { top, height } = face.getBoundingClientRect();
    this.press(pitch, Math.round(30 + 97 * Math.min(Math.max((event.clientY - top) / height, 0), 1)));
  }

  leave(id) {
    const pitch = this.pointers.get(id);
    this.pointers.delete(id);
    if (pitch != null) this.release(pitch);
  }

  press(pitch, velocity) {
    const holds = this.down.get(pitch) ?? 0;
    this.down.set(pitch, holds + 1);
    if (holds) return;
    this.state.link.key(pitch, velocity);
    this.heard.press(pitch, velocity);
    this.paint(pitch);
  }

  release(pitch) {
    const holds = (this.down.get(pitch) ?? 0) - 1;
    if (holds > 0) return this.down.set(pitch, holds);
    this.down.delete(pitch);
    this.state.link.key(pitch, 0);
    this.heard.release(pitch);
    this.paint(pitch);
  }

  letGo() {
    this.codes.clear();
    this.pointers.clear();
    for (const pitch of [...this.down.keys()]) {
      this.down.set(pitch, 1);
      this.release(pitch);
    }
  }

  paint(pitch) { this.faces.get(pitch)?.classList.toggle("down", this.down.has(pitch) || this.state.held.has(pitch)); }
}
