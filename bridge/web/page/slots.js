// Phrases: four slots to capture and play, what the band repeats, and the fader between the first two.

const LETTERS = ["A", "B", "C", "D"];
const LONG = 600; // milliseconds of a long press

export class Slots {
  constructor(state) {
    this.state = state;
    this.section = document.getElementById("phrases");
    this.inside = document.getElementById("phrases-inside");
    this.filled = [];
    this.repeats = "";
    this.armed = "";
    state.on("table", () => this.build());
    state.on("hands", (hands) => {
      this.filled = hands.slots ?? [];
      this.repeats = hands.repeats?.[0] ?? "";
      this.armed = hands.learn?.[0] ?? "";
      this.show();
    });
    state.on("values", () => this.show());
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.teach(false); });
  }

  build() {
    const { state } = this;
    this.section.hidden = !state.deeds.has("slot/A/capture");
    if (this.section.hidden || this.slots) return this.show();
    this.slots = LETTERS.map((letter) => this.slot(letter));
    this.freeze = this.button("Freeze", "", "Have the band repeat what it has just played, from the next bar line on", () => state.set("freeze", !state.values.freeze), "freeze");
    const rest = [
      this.freeze,
      this.button("Back", "", "Repeat the phrase that the band played before", () => state.link.do("back"), "back"),
      this.button("Fill", "", "A drum fill in the next bar", () => state.link.do("fill"), "fill"),
    ];
    this.bars = this.infill();
    this.lesson = this.button("L", "lesson", "Learn: press this, then what your foot-switch is to do", () => this.teach(!this.teaching));
    this.lesson.setAttribute("aria-label", "learn a control for one of these buttons");
    this.inside.replaceChildren(this.group("Slots", ...this.slots), this.fader(), this.group("The band", ...rest), this.bars, this.lesson);
    state.tell("controls", this.inside);
    this.show();
  }

  group(name, ...inside) {
    const group = document.createElement("div");
    group.className = "phrase-group";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    group.append(...inside);
    return group;
  }

  // A button; while something is to be learnt, it names its target instead of doing its work.
  button(text, className, title, act, target = "") {
    const button = document.createElement("button");
    button.textContent = text;
    button.className = className;
    button.title = title;
    button.dataset.target = target;
    button.addEventListener("click", (event) => {
      if (!this.teaching || !target) return act(event);
      this.state.link.do("learn", target);
      this.teach(false);
    });
    return button;
  }

  slot(letter) {
    const { link } = this.state;
    const deed = (what) => () => link.do(`slot/${letter}/${what}`);
    const box = this.group(`Slot ${letter}`);
    box.className = "phrase-slot";
    let long = false, timer;
    const play = this.button(letter, "play", "", () => {
      if (!long) deed(this.filled.includes(letter) ? "play" : "capture")();
    }, `slot/${letter}/play`);
    play.addEventListener("pointerdown", () => { long = false; timer = setTimeout(() => { long = true; deed("clear")(); }, LONG); });
    for (const kind of ["pointerup", "pointerleave", "pointercancel"]) play.addEventListener(kind, () => clearTimeout(timer));
    const capture = this.button("You", "", `Keep the phrase that you played last in slot ${letter}`, deed("capture"), `slot/${letter}/capture`);
    const borrow = this.button("Band", "", `Keep what the band played last, or repeats, in slot ${letter}`, deed("borrow"), `slot/${letter}/borrow`);
    const clear = this.button("×", "clear", `Empty slot ${letter}`, deed("clear"), `slot/${letter}/clear`);
    clear.setAttribute("aria-label", `Empty slot ${letter}`);
    box.append(play, capture, borrow, clear);
    return Object.assign(box, { letter, play, clear });
  }

  fader() {
    const box = document.createElement("div");
    box.className = "control blend";
    box.dataset.path = "blend";
    box.dataset.hint = `blend: ${this.state.rows.get("blend")?.description ?? ""}`;
    this.blend = document.createElement("input");
    Object.assign(this.blend, { type: "range", min: 0, max: 1, step: 0.005 });
    this.blend.setAttribute("aria-label", "blend from slot A to slot B");
    this.blend.addEventListener("input", () => {
      this.wait ??= requestAnimationFrame(() => {
        this.wait = null;
        this.state.set("blend", Number(this.blend.value));
      });
    });
    const [a, b] = ["A", "B"].map((letter) => Object.assign(document.createElement("b"), { textContent: letter }));
    box.append(a, this.blend, b);
    return box;
  }

  infill() {
    const [first, last] = ["first", "last"].map((which) => {
      const field = Object.assign(document.createElement("input"), { type: "number", min: 1, max: 64, value: 1 });
      field.setAttribute("aria-label", `${which} bar to be made anew`);
      return field;
    });
    const go = this.button("Infill", "", "Have these bars of what the band repeats made anew", () => this.state.link.do("infill", `${first.value} ${last.value}`));
    const group = this.group("Infill", go, first, "to", last);
    first.addEventListener("change", () => { if (Number(last.value) < Number(first.value)) last.value = first.value; });
    return Object.assign(group, { go });
  }

  teach(on) {
    this.teaching = on;
    this.section.classList.toggle("teaching", on);
    this.lesson?.setAttribute("aria-pressed", on);
  }

  show() {
    if (!this.slots) return;
    const { values } = this.state;
    for (const box of this.slots) {
      const stored = this.filled.includes(box.letter);
      const playing = this.repeats === box.letter;
      box.classList.toggle("stored", stored);
      box.play.setAttribute("aria-pressed", playing);
      box.play.title = stored ? (playing ? "Stop, at the next bar" : "Have the band repeat it from the next bar on; a long press empties it") : "Empty: press to capture the phrase you played last";
      box.play.setAttribute("aria-label", `Slot ${box.letter}: ${stored ? (playing ? "stop" : "play") : "empty, capture"}`);
      box.clear.disabled = !stored;
    }
    this.freeze.setAttribute("aria-pressed", Boolean(values.freeze));
    this.bars.go.disabled = !this.repeats;
    this.inside.querySelector(".blend").classList.toggle("live", values.mode === "interpolate");
    if (!this.wait && document.activeElement !== this.blend && values.blend !== undefined) this.blend.value = values.blend;
    for (const button of this.inside.querySelectorAll("[data-target]")) button.classList.toggle("armed", Boolean(this.armed) && button.dataset.target === this.armed);
  }
}
