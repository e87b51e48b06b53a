// A short tour for the first run, and for whoever asks.

const SEEN = "antiphon-tour";
const STEPS = [
  ["Antiphon plays with you", "Press Play, then play something: on a MIDI keyboard joined to the port «in», on the keys below, or on your computer keyboard (A W S E D …). Leave a beat of silence, and the band answers."],
  ["Hear it here", "The band plays on its own MIDI ports. Without a synthesizer at hand, «Sound» gives you and the band a simple one in this browser."],
  ["The roll", "You are amber, the band has a colour a voice. Left of the white line is what was played; right of the dashed one is the plan, which changes as you play."],
  ["Under your hands", "Drag a knob, turn it by wheel or arrow keys, or double-click to type. The pad moves two at once. Esc, or Panic, ends every note."],
];

export class Tour {
  constructor() {
    this.box = document.getElementById("tour");
    this.next = document.getElementById("tour-next");
    this.next.addEventListener("click", () => (this.at + 1 < STEPS.length ? this.show(this.at + 1) : this.box.close()));
    document.getElementById("tour-skip").addEventListener("click", () => this.box.close());
    document.getElementById("help").addEventListener("click", () => this.begin());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Escape") this.box.close(); });
    this.box.addEventListener("close", () => {
      localStorage.setItem(SEEN, "1");
      this.before?.focus();
    });
    if (!localStorage.getItem(SEEN)) this.begin();
  }

  begin() {
    this.before = document.activeElement;
    this.show(0);
    this.box.show(); // not modal: Play and Panic stay at hand
    this.next.focus();
  }

  show(at) {
    this.at = at;
    const [title, text] = STEPS[at];
    document.getElementById("tour-title").textContent = title;
    document.getElementById("tour-text").textContent = text;
    document.getElementById("tour-step").textContent = `${at + 1} of ${STEPS.length}`;
    this.next.textContent = at + 1 < STEPS.length ? "Next" : "Play";
  }
}
