// The line to the band: it comes back by itself, and knows the band's time.

const PATIENCE = [250, 500, 1000, 2000, 4000];

export class Link extends EventTarget {
  constructor(token) {
    super();
    this.token = token;
    this.offset = 0; // what to add to performance.now() / 1000 for the band's seconds
    this.best = Infinity;
    this.failed = 0;
    this.open = false;
    this.connect();
    setInterval(() => this.ping(), 2000);
  }

  connect() {
    this.socket = new WebSocket(`ws://${location.host}/page/live`);
    this.socket.onopen = () => this.socket.send(JSON.stringify({ type: "enter", token: this.token }));
    this.socket.onmessage = (event) => this.hear(JSON.parse(event.data));
    this.socket.onclose = (event) => {
      const was = this.open;
      this.open = false;
      if (event.code === 4401) return this.renew();
      if (was || this.failed === 0) this.dispatchEvent(new Event("lost"));
      setTimeout(() => this.connect(), PATIENCE[Math.min(this.failed++, PATIENCE.length - 1)]);
    };
  }

  // The daemon was started again: its page has a new token.
  async renew() {
    const text = await fetch("/page", { cache: "no-store" }).then((answer) => answer.text(), () => "");
    const token = new DOMParser().parseFromString(text, "text/html").querySelector("meta[name=token]")?.content;
    if (token && token !== this.token) this.token = token;
    setTimeout(() => this.connect(), PATIENCE[Math.min(this.failed++, PATIENCE.length - 1)]);
  }

  hear(news) {
    if (news.type === "pong") return this.sync(news);
    if (news.type === "all") {
      this.open = true;
      this.failed = 0;
      this.best = Infinity;
      this.offset = news.now - performance.now() / 1000;
      this.ping();
    }
    this.dispatchEvent(new CustomEvent(news.type, { detail: news }));
  }

  sync({ at, now }) {
    const here = performance.now() / 1000;
    const way = here - at;
    this.best *= 1.1; // an old measurement is trusted less and less: clocks drift
    if (way <= this.best) {
      this.best = way;
      this.offset = now + way / 2 - here;
    }
  }

  ping() { this.send({ type: "ping", at: performance.now() / 1000 }); }
  now() { return performance.now() / 1000 + this.offset; }
  send(word) { if (this.open && this.socket.readyState === 1) this.socket.send(JSON.stringify(word)); }
  set(path, value) { this.send({ type: "set", path, value }); }
  do(name, argument = null) { this.send({ type: "do", name, argument }); }
  key(pitch, velocity) { this.send({ type: "key", pitch, velocity }); }
}
