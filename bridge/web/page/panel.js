// The panels made from the parameter table: the voices, and the knobs by group.

import { control, title } from "./knob.js";

const VOICES = ["lead", "chords", "bass", "drums"];
const ON_CARD = ["on", "voice_mode", "pack", "level"];
const OWN = { voice_mode: "auto mode", pack: "auto pack" };
const LIT = 160; // milliseconds that a voice's lamp stays lit

export class Panel {
  constructor(state) {
    this.state = state;
    this.controls = new Map();
    this.group = localStorage.getItem("antiphon-group") ?? "";
    this.tabs = document.getElementById("tabs");
    this.inside = document.getElementById("group");
    this.hint = document.getElementById("hint");
    this.lamps = {};
    state.on("table", () => this.build());
    state.on("values", (values) => {
      for (const [path, value] of Object.entries(values)) for (const each of this.controls.get(path) ?? []) each.hear(value);
      for (const voice of VOICES) this.shade(voice);
    });
    state.on("sent", ({ voice }) => this.light(voice));
    for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => this.tell(event));
    this.tabs.addEventListener("keydown", (event) => this.move(event));
  }

  tell(event) {
    const box = event.target.closest?.("[data-hint]");
    if (box) this.hint.textContent = box.dataset.hint;
  }

  build() {
    const rows = [...this.state.rows.values()];
    this.controls.clear();
    this.voices(rows);
    const extra = rows.filter((row) => row.voice && !ON_CARD.includes(row.name));
    this.groups = new Map();
    for (const row of rows.filter((row) => !row.voice)) this.groups.set(row.group, [...(this.groups.get(row.group) ?? []), row]);
    for (const row of extra) this.groups.set("voices", [...(this.groups.get("voices") ?? []), row]);
    if (!this.groups.has(this.group)) this.group = this.groups.has("playing") ? "playing" : this.groups.keys().next().value;
    this.tabs.replaceChildren(...[...this.groups.keys()].map((name) => this.tab(name)));
    this.choose(this.group);
  }

  voices(rows) {
    const cards = VOICES.map((voice) => {
      const card = document.createElement("div");
      card.className = `voice ${voice}`;
      card.dataset.voice = voice;
      const name = document.createElement("div");
      name.className = "name";
      const lamp = document.createElement("i");
      name.append(lamp, voice);
      this.lamps[voice] = lamp;
      card.append(name);
      for (const wanted of ON_CARD) {
        const row = rows.find((row) => row.voice === voice && row.name === wanted);
        if (!row) continue;
        const box = control(row, this.state, this.controls);
        card.append(row.name === "level" ? box : box.firstElementChild);
        card.lastElementChild.dataset.hint = box.dataset.hint;
        const own = card.lastElementChild.querySelector?.("option[value=auto]");
        if (own) own.textContent = OWN[row.name] ?? "auto";
      }
      return card;
    });
    document.getElementById("voices").replaceChildren(...cards);
    for (const voice of VOICES) this.shade(voice);
  }

  shade(voice) {
    const card = document.querySelector(`.voice.${voice}`);
    card?.classList.toggle("off", this.state.values[`voice/${voice}/on`] === false || this.state.values[`voice/${voice}/voice_mode`] === "off");
  }

  light(voice) {
    const lamp = this.lamps[voice];
    if (!lamp) return;
    lamp.classList.add("lit");
    clearTimeout(lamp.timer);
    lamp.timer = setTimeout(() => lamp.classList.remove("lit"), LIT);
  }

  tab(name) {
    const button = document.createElement("button");
    button.role = "tab";
    button.id = `tab-${name}`;
    button.textContent = name;
    button.setAttribute("aria-controls", "group");
    button.addEventListener("click", () => this.choose(name));
    return button;
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = [...this.groups.keys()];
    const next = names[(names.indexOf(this.group) + step + names.length) % names.length];
    this.choose(next);
    document.getElementById(`tab-${next}`).focus();
    event.preventDefault();
  }

  choose(name) {
    this.group = name;
    localStorage.setItem("antiphon-group", name);
    for (const tab of this.tabs.children) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
    }
    for (const box of this.inside.querySelectorAll("[data-path]")) this.controls.delete(box.dataset.path);
    this.inside.setAttribute("aria-labelledby", `tab-${name}`);
    this.inside.replaceChildren(...(this.groups.get(name) ?? []).map((row) => this.place(row, name)));
    this.state.tell("controls", this.inside);
  }

  place(row, group) {
    const box = control(row, this.state, this.controls);
    if (group === "voices") {
      box.querySelector(".label").textContent = `${row.voice} ${title(row)}`;
      box.classList.add(row.voice);
    }
    return box;
  }
}
