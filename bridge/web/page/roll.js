// The piano roll: what was played to the left of now, what the band plans to the right, the commit line between them.

export const COLOURS = { player: "#ffb454", lead: "#5ad1c0", chords: "#ab9aff", bass: "#64b0ff", drums: "#ff8599" };
const NOW = 0.6; // part of the width
const KITS = [[35, 36], [37, 38, 39, 40], [41, 43, 45, 47, 48, 50], [42, 44, 46], [49, 51, 52, 53, 55, 57, 59]];
const LANE = 11;
const DRUMS = KITS.length * LANE + 8; // pixels of the drums' strip, where they play

export class Roll {
  constructor(canvas, state) {
    this.canvas = canvas;
    this.state = state;
    this.paint = canvas.getContext("2d");
    this.low = 43;
    this.high = 84;
    this.strip = 0;
    this.wanted = false;
    state.on("news", () => this.ask());
    new ResizeObserver(() => this.fit()).observe(canvas);
    document.addEventListener("visibilitychange", () => this.ask());
    this.fit();
  }

  fit() {
    const { clientWidth, clientHeight } = this.canvas;
    const scale = Math.min(devicePixelRatio || 1, 2);
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * scale);
    this.canvas.height = Math.round(clientHeight * scale);
    this.paint.setTransform(scale, 0, 0, scale, 0, 0);
    this.ask();
  }

  ask() {
    if (this.wanted || document.hidden) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      this.draw();
      if (this.state.map.playing || this.state.held.size) this.ask();
    });
  }

  draw() {
    const { paint, state, width, height } = this;
    if (!width || !height) return;
    const beat = state.beat();
    this.now = beat;
    this.step = Math.max(26, width / 17);
    this.reach();
    this.rowHeight = (height - this.strip - 40) / (this.high - this.low + 1);
    paint.clearRect(0, 0, width, height);
    this.ground();
    const from = beat - (width * NOW) / this.step - 1;
    const until = beat + (width * (1 - NOW)) / this.step + 1;
    for (const note of state.past) if ((note.end ?? beat) > from) this.note(note, false);
    for (const note of state.plan.values()) if (note.beat < until) this.note({ ...note, end: note.beat + note.duration }, true);
    this.lines(beat);
  }

  // Let the pitches in view decide what is shown, gently.
  reach() {
    let low = 48, high = 79;
    for (const note of this.state.past) if (note.voice !== "drums" && note.beat > this.now - 14) [low, high] = [Math.min(low, note.pitch - 2), Math.max(high, note.pitch + 2)];
    for (const note of this.state.plan.values()) if (note.voice !== "drums") [low, high] = [Math.min(low, note.pitch - 2), Math.max(high, note.pitch + 2)];
    this.strip += ((this.drums() ? DRUMS : 0) - this.strip) * 0.2;
    this.low += (low - this.low) * 0.12;
    this.high += (high - this.high) * 0.12;
  }

  drums() {
    const drummed = (note) => note.voice === "drums";
    return this.state.past.some(drummed) || [...this.state.plan.values()].some(drummed);
  }

  x(beat) { return this.width * NOW + (beat - this.now) * this.step; }
  y(pitch) { return this.height - this.strip - 18 - (pitch - this.low + 1) * this.rowHeight; }

  ground() {
    const { paint, width, height, state } = this;
    paint.fillStyle = "#ffffff06";
    for (let pitch = Math.ceil(this.low); pitch <= this.high; pitch++) {
      if ([1, 3, 6, 8, 10].includes(pitch % 12)) continue;
      paint.fillRect(0, this.y(pitch), width, Math.max(this.rowHeight - 1, 1));
    }
    paint.fillStyle = "#ff859908";
    paint.fillRect(0, height - this.strip, width, this.strip);
    paint.fillStyle = "#8b95a6";
    paint.font = "11px system-ui, sans-serif";
    paint.textBaseline = "middle";
    for (let pitch = Math.ceil(this.low / 12) * 12; pitch <= this.high; pitch += 12) {
      paint.fillRect(0, this.y(pitch) + this.rowHeight - 0.5, 8, 1);
      paint.fillText(`C${pitch / 12 - 1}`, 12, this.y(pitch) + this.rowHeight / 2);
    }
    paint.textBaseline = "alphabetic";
    const { bar, song } = state.map;
    const first = Math.ceil(this.now + song - (width * NOW) / this.step);
    for (let at = first; this.x(at - song) < width; at++) {
      const x = Math.round(this.x(at - song)) + 0.5;
      const downbeat = Math.abs(at / bar - Math.round(at / bar)) < 1e-6;
      paint.fillStyle = downbeat ? "#ffffff2b" : "#ffffff0d";
      paint.fillRect(x, 0, 1, height);
      if (downbeat) {
        const number = Math.round(at / bar);
        paint.fillStyle = "#a3acba";
        paint.fillText(number >= 0 ? number + 1 : number, x + 5, height - this.strip - 5);
      }
    }
  }

  note(note, planned) {
    const { paint } = this;
    const colour = COLOURS[note.voice] ?? COLOURS.lead;
    const end = note.end ?? this.now;
    const x = this.x(note.beat);
    let y, h, w = Math.max((end - note.beat) * this.step - 1.5, 3);
    if (note.voice === "drums") {
      const lane = Math.max(KITS.findIndex((kit) => kit.includes(note.pitch)), 0);
      y = this.height - 4 - (lane + 1) * LANE + 2;
      h = LANE - 3;
      w = Math.min(w, 9);
    } else {
      h = Math.min(Math.max(this.rowHeight - 1, 6.5), 14);
      y = this.y(note.pitch) + (this.rowHeight - h) / 2;
    }
    const loud = 0.45 + (0.55 * note.velocity) / 127;
    const sounds = !planned && note.beat <= this.now && (note.end === null || note.end > this.now) && this.state.map.playing;
    paint.beginPath();
    paint.roundRect(x, y, w, h, Math.min(3, h / 2));
    paint.fillStyle = colour;
    if (planned) {
      paint.globalAlpha = note.rule ? 0.1 : 0.2;
      paint.fill();
      paint.globalAlpha = 0.9;
      paint.strokeStyle = colour;
      paint.lineWidth = 1.2;
      paint.setLineDash(note.rule ? [3, 2] : []);
      paint.stroke();
      paint.setLineDash([]);
    } else {
      paint.globalAlpha = sounds ? 1 : loud * (note.rule ? 0.6 : 0.9);
      paint.fill();
      if (sounds) {
        paint.globalAlpha = 0.22;
        paint.fillRect(x - 2, y - 3, w + 4, h + 6);
      }
    }
    paint.globalAlpha = 1;
  }

  lines(beat) {
    const { paint, height, width, state } = this;
    const now = this.x(beat);
    paint.fillStyle = "#0d0f1340";
    paint.fillRect(now, 0, width - now, height);
    const commit = ((state.status.commit_ms ?? 0) / 1000) * (state.map.bpm / 60);
    const line = this.x(beat + commit);
    paint.fillStyle = "#ffce6b14";
    paint.fillRect(now, 0, line - now, height);
    paint.strokeStyle = "#ffce6bcc";
    paint.setLineDash([4, 4]);
    paint.beginPath();
    paint.moveTo(line, 0);
    paint.lineTo(line, height);
    paint.stroke();
    paint.setLineDash([]);
    paint.fillStyle = "#f4f1ea";
    paint.fillRect(now - 0.75, 0, 1.5, height);
    if (width < 700) return;
    paint.font = "11px system-ui, sans-serif";
    paint.fillStyle = "#ffce6b";
    paint.fillText("settled up to here", line + 6, 16);
    paint.fillStyle = "#a3acba";
    paint.fillText("planned, may still change", line + 6, 31);
  }
}
