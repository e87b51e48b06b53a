// Learning, presets and snapshots. What a controller is bound to is shown at the control that it moves.

const LETTERS = ["A", "B", "C", "D"];

export class Hands {
  constructor(state) {
    this.state = state;
    this.section = document.getElementById("hands");
    this.inside = document.getElementById("hands-inside");
    this.hands = {};
    state.on("table", () => this.build());
    state.on("hands", (hands) => { this.hands = hands; this.show(); });
    state.on("controls", () => this.learnable());
    addEventListener("keydown", (event) => { if (event.key === "Escape" && this.armed) state.link.do("learn/cancel"); });
  }

  get armed() { return this.hands.learn?.[0] ?? ""; }
  has(name) { return this.state.deeds.has(name); }

  build() {
    const { state } = this;
    const parts = [];
    if (this.has("snapshot/A/recall")) {
      this.slots = LETTERS.map((letter) => this.slot(letter));
      const group = this.group("Snapshots", ...this.slots);
      group.title = "Click to recall; with Shift, or a long press, to store";
      parts.push(group);
    }
    if (this.has("preset/load")) {
      this.list = document.createElement("select");
      this.list.setAttribute("aria-label", "Preset");
      this.list.addEventListener("change", () => { if (this.list.value) state.link.do("preset/load", this.list.value); });
      const name = document.createElement("input");
      name.placeholder = "new preset";
      name.setAttribute("aria-label", "Name of a new preset");
      name.maxLength = 40;
      const save = () => {
        const called = name.value.trim() || this.list.value;
        if (called) state.link.do("preset/save", called);
        name.value = "";
      };
      name.addEventListener("keydown", (event) => { if (event.key === "Enter") save(); });
      // The list says nothing where what it shows is chosen again.
      this.again = this.button("Recall", () => { if (this.list.value) state.link.do("preset/load", this.list.value); });
      this.again.setAttribute("aria-label", "Recall the preset");
      this.again.title = "Bring everything to where the preset has it";
      parts.push(this.group("Preset", this.list, this.again, name, this.button("Save", save)));
    }
    const single = ["undo", "redo"].filter((name) => this.has(name)).map((name) => this.button(name, () => state.link.do(name)));
    if (single.length) parts.push(this.group("", ...single));
    this.note = document.createElement("p");
    this.note.className = "armed";
    this.note.setAttribute("role", "status");
    parts.push(this.note);
    this.inside.replaceChildren(...parts);
    this.section.hidden = parts.length < 2;
    this.learnable();
    this.show();
  }

  group(text, ...inside) {
    const group = document.createElement("div");
    group.className = "hand-group";
    group.setAttribute("role", "group");
    if (text) {
      group.setAttribute("aria-label", text);
      const label = document.createElement("small");
      label.textContent = text;
      group.append(label);
    }
    group.append(...inside);
    return group;
  }

  button(text, act) {
    const button = document.createElement("button");
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  }

  // A snapshot's button: a click recalls it, or fills it where it is empty; a long press or Shift fills it anew.
  slot(letter) {
    const { link } = this.state;
    let long = false, timer;
    const store = () => link.do(`snapshot/${letter}/store`);
    const button = this.button(letter, (event) => {
      if (long) return;
      if (event.shiftKey || !this.hands.snapshots?.includes(letter)) store();
      else link.do(`snapshot/${letter}/recall`);
    });
    button.className = "slot";
    button.addEventListener("pointerdown", () => {
      long = false;
      timer = setTimeout(() => { long = true; store(); }, 600);
    });
    for (const kind of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(kind, () => clearTimeout(timer));
    return button;
  }

  show() {
    if (!this.note) return;
    const { presets = [], snapshots = [], bindings = [] } = this.hands;
    for (const [index, slot] of (this.slots ?? []).entries()) {
      const stored = snapshots.includes(LETTERS[index]);
      slot.classList.toggle("stored", stored);
      slot.setAttribute("aria-label", `Snapshot ${LETTERS[index]}: ${stored ? "recall, or with Shift store anew" : "empty, store"}`);
    }
    if (this.list) {
      this.list.replaceChildren(new Option(presets.length ? "choose…" : "none yet", ""), ...presets.map((name) => new Option(name, name)));
      this.list.value = this.hands["preset/load"]?.[0] ?? "";
      if (this.list.selectedIndex < 0) this.list.selectedIndex = 0;
      this.again.disabled = !this.list.value;
    }
    this.note.textContent = this.armed ? `Move the control for ${this.armed} now; Esc gives up.` : "";
    const bound = new Map(bindings.map((line) => [line.slice(line.indexOf(": ") + 2), line.slice(0, line.indexOf(": "))]));
    for (const button of document.querySelectorAll(".learn")) {
      const { path } = button.closest("[data-path]").dataset;
      const control = bound.get(path);
      button.classList.toggle("armed", path === this.armed);
      button.classList.toggle("bound", Boolean(control));
      button.title = control ? `Moved by ${control}; press to learn another` : "Learn: press, then move a control of your hardware";
    }
  }

  // A learn button at every control that a controller can move.
  learnable() {
    if (!this.has("learn")) return;
    for (const box of document.querySelectorAll(".control[data-path]")) {
      const row = this.state.rows.get(box.dataset.path);
      if (!row || row.kind === "chart" || box.querySelector(".learn")) continue;
      const button = this.button("L", () => this.state.link.do(this.armed === row.path ? "learn/cancel" : "learn", this.armed === row.path ? null : row.path));
      button.className = "learn";
      button.setAttribute("aria-label", `learn a control for ${row.voice ? `${row.voice} ` : ""}${row.name.replaceAll("_", " ")}`);
      box.append(button);
    }
    this.show();
  }
}
