// What the band has told, put together: the notes, the plan, the values, the status.

const KEPT = 40; // beats of past

export class State extends EventTarget {
  constructor(link) {
    super();
    this.link = link;
    this.rows = new Map();
    this.values = {};
    this.deeds = new Set();
    this.status = {};
    this.map = { beat: 0, time: 0, bpm: 120, bar: 4, song: 0, playing: false, epoch: 0 };
    this.plan = new Map();
    this.past = [];
    this.sounding = new Map();
    this.held = new Map();
    link.addEventListener("all", ({ detail }) => this.begin(detail));
    link.addEventListener("news", ({ detail }) => this.take(detail));
  }

  beat() {
    const { playing, beat, time, bpm } = this.map;
    return playing ? beat + ((this.link.now() - time) * bpm) / 60 : beat;
  }

  // The band's seconds at which a stage beat falls.
  time(beat) { return this.map.time + ((beat - this.map.beat) * 60) / this.map.bpm; }

  begin(all) {
    this.plan.clear();
    this.past = [];
    this.sounding.clear();
    this.held.clear();
    this.values = {};
    this.status = {};
    this.take({ ...all, events: all.past, log: undefined });
    this.tell("log", { lines: all.log, whole: true });
  }

  take(news) {
    if (news.map) this.map = news.map;
    if (news.table) {
      this.rows = new Map(news.table.map((row) => [row.path, row]));
      if (news.deeds) this.deeds = new Set(news.deeds);
      this.values = { ...this.values, ...news.values };
      this.tell("table");
    }
    for (const event of news.events ?? []) this.event(event);
    for (const id of news.gone ?? []) this.plan.delete(id);
    for (const [id, voice, beat, duration, pitch, velocity, rule] of news.plan ?? [])
      this.plan.set(id, { voice, beat, duration, pitch, velocity, rule });
    if (news.values) {
      Object.assign(this.values, news.values);
      this.tell("values", news.values);
    }
    if (news.hands) this.tell("hands", news.hands);
    if (news.status) {
      Object.assign(this.status, news.status);
      this.tell("status", news.status);
    }
    if (news.log) this.tell("log", { lines: news.log });
    const old = this.beat() - KEPT;
    if (this.past.length > 400 && this.past[0].beat < old - 10) this.past = this.past.filter((note) => note.end === null || note.end > old);
    this.tell("news");
  }

  event([kind, ...rest]) {
    const [first, second, third] = rest;
    if (kind === "on") {
      this.up(second, first);
      const note = { voice: "player", beat: first, end: null, pitch: second, velocity: third };
      this.held.set(second, note);
      this.past.push(note);
      this.tell("press", note);
    } else if (kind === "off") {
      this.up(second, first);
    } else if (kind === "lifted") {
      for (const pitch of [...this.held.keys()]) this.up(pitch, first);
    } else if (kind === "sent") {
      const [id, voice, beat, duration, pitch, velocity, late] = rest;
      const rule = this.plan.get(id)?.rule ?? 0;
      const note = { id, voice, beat, end: beat + duration, pitch, velocity, rule, late };
      this.past.push(note);
      if (id) this.sounding.set(id, note);
      this.tell("sent", note);
    } else if (kind === "closed") {
      const note = this.sounding.get(first);
      if (note) {
        note.end = Math.max(second, note.beat + 0.02);
        this.sounding.delete(first);
        this.tell("closed", note);
      }
    } else if (kind === "dropped") this.tell("dropped", first);
  }

  up(pitch, beat) {
    const note = this.held.get(pitch);
    if (!note) return;
    note.end = Math.max(beat, note.beat + 0.02);
    this.held.delete(pitch);
    this.tell("release", note);
  }

  set(path, value) {
    this.values[path] = value;
    this.link.set(path, value);
  }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
  on(name, heed) { this.addEventListener(name, ({ detail }) => heed(detail)); }
}
