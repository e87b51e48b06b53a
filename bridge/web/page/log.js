// The notices: what the band had to say, with what to do; the latest first.

const KEPT = 60;

export class Log {
  constructor(state, link) {
    this.list = document.getElementById("log");
    state.on("log", ({ lines, whole }) => {
      if (whole) this.list.replaceChildren();
      for (const line of lines) this.add(line);
    });
    link.addEventListener("error", ({ detail }) => this.add(detail.text, "error"));
  }

  add(text, kind) {
    const line = document.createElement("li");
    line.textContent = text;
    if (kind) line.className = kind;
    this.list.prepend(line);
    while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
  }
}
