// A simple sound in the browser, for the player and the band, by the band's own plan and time.

const AHEAD = 0.15; // seconds: what is planned nearer than this is given to the sound card
const LATEST = 0.1; // seconds after which a note is better left out
const VOICES = {
  player: { wave: "triangle", level: 0.22, attack: 0.004, decay: 0.9, cut: 3600 },
  lead: { wave: "sawtooth", level: 0.11, attack: 0.008, decay: 1.4, cut: 2200 },
  chords: { wave: "triangle", level: 0.1, attack: 0.02, decay: 2.5, cut: 1500 },
  bass: { wave: "triangle", level: 0.3, attack: 0.006, decay: 1.0, cut: 700 },
};
const DRUMS = [
  [[35, 36], { tone: 52, fall: 120, length: 0.22, level: 0.7 }],
  [[37, 38, 39, 40], { tone: 185, fall: 90, length: 0.15, noise: 1800, level: 0.4 }],
  [[41, 43, 45, 47, 48, 50], { tone: 110, fall: 90, length: 0.25, level: 0.45 }],
  [[42, 44], { noise: 8000, length: 0.05, level: 0.2 }],
  [[46], { noise: 7000, length: 0.25, level: 0.2 }],
];
const CYMBAL = { noise: 5200, length: 0.7, level: 0.16 };

export class Sound {
  constructor(state) {
    this.state = state;
    this.given = new Set();
    this.held = new Map();
    state.on("press", ({ pitch, velocity, beat }) => {
      if (this.on && !this.held.has(pitch) && beat > state.beat() - 0.5) this.press(pitch, velocity);
    });
    state.on("release", ({ pitch }) => this.release(pitch));
    state.on("sent", (note) => { if (this.on && (note.id < 0 || !this.given.has(note.id)) && note.id) this.play(note, note.end - note.beat, 0); });
  }

  get on() { return this.context?.state === "running" && this.wanted; }

  async toggle() {
    this.wanted = !this.wanted;
    if (!this.context) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.out = this.context.createDynamicsCompressor();
      this.master = this.context.createGain();
      this.master.gain.value = 0.9;
      this.out.connect(this.master).connect(this.context.destination);
      this.hiss = this.noise();
    }
    if (this.wanted) {
      await this.context.resume();
      this.timer = setInterval(() => this.look(), 25);
    } else {
      clearInterval(this.timer);
      this.silence();
      await this.context.suspend();
    }
    return this.wanted;
  }

  noise() {
    const buffer = this.context.createBuffer(1, this.context.sampleRate, this.context.sampleRate);
    const data = buffer.getChannelData(0);
    for (let i = 0; i < data.length; i++) data[i] = Math.random() * 2 - 1;
    return buffer;
  }

  // Give the sound card what is settled and near.
  look() {
    const { state } = this;
    if (!this.on || !state.map.playing) return;
    const now = state.link.now();
    for (const [id, note] of state.plan) {
      const left = state.time(note.beat) - now;
      if (left > AHEAD || this.given.has(id)) continue;
      this.given.add(id);
      if (left > -LATEST) this.play(note, note.duration, Math.max(left, 0));
    }
    if (this.given.size > 4000) this.given = new Set([...this.given].slice(-1000));
  }

  play(note, beats, wait) {
    const at = this.context.currentTime + wait;
    const seconds = Math.max((beats * 60) / this.state.map.bpm, 0.05);
    const level = (note.velocity / 127) ** 1.5;
    if (note.voice === "drums") this.drum(note.pitch, at, level);
    else this.tone(VOICES[note.voice] ?? VOICES.lead, note.pitch, at, level).stop(at + seconds);
  }

  tone(voice, pitch, at, level) {
    const { context } = this;
    const frequency = 440 * 2 ** ((pitch - 69) / 12);
    const gain = context.createGain();
    const filter = context.createBiquadFilter();
    filter.type = "lowpass";
    filter.frequency.setValueAtTime(Math.min(voice.cut + frequency * 2, 12000), at);
    filter.frequency.setTargetAtTime(Math.min(voice.cut * 0.5 + frequency, 9000), at, voice.decay * 0.4);
    const sources = [0, 4].map((cents) => {
      const source = new OscillatorNode(context, { type: voice.wave, frequency, detune: cents });
      source.connect(filter);
      source.start(at);
      return source;
    });
    filter.connect(gain).connect(this.out);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(voice.level * level, at + voice.attack);
    gain.gain.setTargetAtTime(voice.level * level * 0.25, at + voice.attack, voice.decay);
    return {
      stop: (end) => {
        gain.gain.setTargetAtTime(0, end, 0.04);
        for (const source of sources) source.stop(end + 0.3);
      },
    };
  }

  drum(pitch, at, level) {
    const { context } = this;
    const kind = DRUMS.find(([pitches]) => pitches.includes(pitch))?.[1] ?? CYMBAL;
    const shape = (peak, length) => {
      const gain = context.createGain();
      gain.gain.setValueAtTime(peak * level, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + length);
      gain.connect(this.out);
      return gain;
    };
    if (kind.tone) {
      const source = new OscillatorNode(context, { frequency: kind.tone + kind.fall });
      source.frequency.exponentialRampToValueAtTime(kind.tone, at + 0.06);
      source.connect(shape(kind.level, kind.length));
      source.start(at);
      source.stop(at + kind.length);
    }
    if (kind.noise) {
      const source = new AudioBufferSourceNode(context, { buffer: this.hiss });
      const filter = new BiquadFilterNode(context, { type: "highpass", frequency: kind.noise });
      source.connect(filter).connect(shape(kind.level, kind.length));
      source.start(at, Math.random() * 0.2);
      source.stop(at + kind.length);
    }
  }

  press(pitch, velocity) {
    if (!this.on) return;
    this.release(pitch);
    this.held.set(pitch, this.tone(VOICES.player, pitch, this.context.currentTime, (velocity / 127) ** 1.5));
  }

  release(pitch) {
    this.held.get(pitch)?.stop(this.context.currentTime);
    this.held.delete(pitch);
  }

  silence() {
    if (!this.context) return;
    for (const pitch of [...this.held.keys()]) this.release(pitch);
    const old = this.out;
    this.out = this.context.createDynamicsCompressor();
    this.out.connect(this.master);
    old.disconnect(); // whatever was given ahead is heard no more
  }
}
