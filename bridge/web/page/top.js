// The transport: play, stop, tap, panic, and where the music is.

export class Top {
  constructor(state, sound) {
    this.state = state;
    this.sound = sound;
    this.parts = Object.fromEntries(
      ["play", "tap", "panic", "sound", "position", "tempo", "harmony", "harmony-what", "who", "clock", "clock-error", "engine", "line"].map((id) => [id, document.getElementById(id)]),
    );
    const { play, tap, panic, sound: ear } = this.parts;
    play.addEventListener("click", () => this.play());
    tap.addEventListener("pointerdown", () => state.link.do("tap"));
    tap.addEventListener("click", (event) => { if (event.detail === 0) state.link.do("tap"); });
    panic.addEventListener("click", () => this.panic());
    ear.addEventListener("click", async () => {
      const on = await sound.toggle();
      ear.setAttribute("aria-pressed", on);
      ear.textContent = on ? "Sound on" : "Sound off";
    });
    addEventListener("keydown", (event) => this.type(event));
    state.on("status", () => this.show());
    state.on("news", () => this.walk());
    state.link.addEventListener("lost", () => this.line(false));
    state.link.addEventListener("all", () => this.line(true));
  }

  line(there) { this.parts.line.hidden = there; }
  play() { this.state.link.do(this.state.map.playing ? "stop" : "play"); }

  panic() {
    this.state.link.do("panic");
    this.sound.silence();
  }

  type(event) {
    if (event.target.closest?.("input, textarea, select, dialog[open]")) return;
    if (event.key === "Escape") this.panic();
    else if (event.key === " " && !event.target.closest?.("button, [role=slider]")) {
      event.preventDefault();
      if (!event.repeat) this.play();
    }
  }

  // What moves with the music, once a frame while it plays.
  walk() {
    const { playing } = this.state.map;
    if (this.walks) return;
    this.walks = true;
    requestAnimationFrame(() => {
      this.walks = false;
      const { map } = this.state;
      const beat = this.state.beat() + map.song;
      const bar = Math.floor(beat / map.bar + 1e-6);
      const text = `${bar >= 0 ? bar + 1 : bar}.${Math.floor(beat - bar * map.bar + 1e-6) + 1}`;
      if (this.parts.position.value !== text) this.parts.position.value = text;
      const { play } = this.parts;
      if (play.getAttribute("aria-pressed") !== String(map.playing)) {
        play.setAttribute("aria-pressed", map.playing);
        play.querySelector(".word").textContent = map.playing ? "Stop" : "Play";
      }
      if (playing && !document.hidden) setTimeout(() => this.walk(), 30);
    });
  }

  show() {
    const { status } = this.state;
    const { parts } = this;
    parts.tempo.value = status.tempo;
    parts.harmony.value = status.chord || status.key || "listening";
    parts["harmony-what"].textContent = status.chord ? `chord, in ${status.key || "no key yet"}` : "key";
    parts.who.dataset.who = status.who;
    parts.who.setAttribute("aria-label", `playing: ${{ player: "you", band: "the band", both: "you and the band", nobody: "nobody" }[status.who]}`);
    parts.clock.textContent = `${status.clock} clock`;
    const peers = status.link_peers > 0 ? `, ${status.link_peers} in Link` : "";
    const rival = status.clock_rival ? `${status.clock_rival} disagrees: ${status.clock_rival_ms ? `${status.clock_rival_ms.toFixed(0)} ms` : `${status.clock_rival_bpm} BPM`}` : "";
    parts["clock-error"].textContent = rival || `±${status.clock_error_ms.toFixed(2)} ms${peers}`;
    parts["clock-error"].className = rival ? "rival" : "";
    const drops = status.texture_underruns ? `, ${status.texture_underruns} drop-outs` : "";
    const texture = status.texture ? `; ${status.texture} (${(status.texture_load * 100).toFixed(1)} % of real time${drops})` : "";
    parts.engine.textContent = `${status.pack} on ${status.provider}${status.asked && !["auto", status.provider].includes(status.asked) ? ` (asked: ${status.asked})` : ""}${texture}`;
  }
}
