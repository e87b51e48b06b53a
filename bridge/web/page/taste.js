// What you like: two buttons at the roll, their keys, and a panel with profile, last word and suggestions.

const KEYS = { Period: "like", Comma: "dislike" };
const LIT = 900; // milliseconds that a button shows that it was heard

export class Taste {
  constructor(state) {
    this.state = state;
    this.parts = Object.fromEntries(
      ["verdict", "like", "dislike", "taste-open", "taste", "taste-close", "taste-profile", "taste-name", "taste-new", "taste-count", "taste-last", "taste-back", "taste-list", "taste-learn"].map((id) => [id, document.getElementById(id)]),
    );
    const { parts } = this;
    for (const name of ["like", "dislike"]) parts[name].addEventListener("click", () => this.say(name));
    parts["taste-open"].addEventListener("click", () => (parts.taste.open ? this.close() : this.open()));
    parts["taste-close"].addEventListener("click", () => this.close());
    parts["taste-back"].addEventListener("click", () => state.link.do("unlike"));
    parts["taste-profile"].addEventListener("change", ({ target }) => state.link.do("profile", target.value));
    parts["taste-new"].addEventListener("click", () => this.create());
    parts["taste-name"].addEventListener("keydown", (event) => { if (event.key === "Enter") this.create(); });
    for (const button of parts.taste.querySelectorAll("[data-do]")) button.addEventListener("click", () => state.link.do(button.dataset.do));
    parts["taste-learn"].append(...["like", "dislike"].map((name) => this.learn(name)));
    addEventListener("keydown", (event) => this.type(event));
    state.on("table", () => { parts.verdict.hidden = !state.deeds.has("like"); });
    state.on("hands", (hands) => this.show(hands));
  }

  say(name) {
    this.state.link.do(name);
    const { classList } = this.parts[name];
    classList.add("said");
    setTimeout(() => classList.remove("said"), LIT);
  }

  type(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog:modal")) return;
    if (event.key === "Escape" && this.parts.taste.contains(event.target)) this.close();
    if (KEYS[event.code] && this.state.deeds.has("like")) this.say(KEYS[event.code]);
  }

  open() {
    this.parts.taste.show();
    this.parts["taste-open"].setAttribute("aria-expanded", "true");
    this.parts["taste-close"].focus();
  }

  close() {
    this.parts.taste.close();
    this.parts["taste-open"].setAttribute("aria-expanded", "false");
    this.parts["taste-open"].focus();
  }

  create() {
    const field = this.parts["taste-name"];
    if (field.value.trim()) this.state.link.do("profile/new", field.value.trim());
    field.value = "";
  }

  // A foot-switch, a pad or a key of the hardware for each of the two.
  learn(name) {
    const box = document.createElement("span");
    box.dataset.path = name;
    const button = document.createElement("button");
    button.className = "learn";
    button.textContent = "L";
    button.setAttribute("aria-label", `learn a control for ${name}`);
    button.addEventListener("click", () => this.state.link.do(button.classList.contains("armed") ? "learn/cancel" : "learn", button.classList.contains("armed") ? null : name));
    box.append(name, button);
    return box;
  }

  show({ likes = [], profile = [], profiles = [], suggest = [] }) {
    const { parts } = this;
    const list = parts["taste-profile"];
    list.replaceChildren(...profiles.map((name) => new Option(name, name)));
    list.value = profile[0] ?? "";
    const [good = "0", bad = "0", last = ""] = likes;
    parts["taste-count"].textContent = `${good} liked, ${bad} not`;
    parts["taste-last"].textContent = last;
    parts["taste-back"].hidden = !last;
    if (this.lines === suggest.join("\n")) return; // what has the focus keeps it
    this.lines = suggest.join("\n");
    if (suggest.length) parts["taste-list"].replaceChildren(...suggest.map((line) => this.suggestion(line)));
    else parts["taste-list"].replaceChildren(Object.assign(document.createElement("li"), { textContent: "None yet. Say what you like, or merge a friend's profile (antiphon taste merge)." }));
  }

  suggestion(line) {
    const [, number, text] = line.match(/^(\d+) (.*)$/) ?? [null, "", line];
    const [what, why] = [text.slice(0, text.lastIndexOf(": ")), text.slice(text.lastIndexOf(": ") + 2)];
    const row = document.createElement("li");
    const words = document.createElement("span");
    const small = document.createElement("small");
    const button = document.createElement("button");
    words.textContent = what;
    small.textContent = why;
    button.textContent = "Try";
    button.setAttribute("aria-label", `try ${what}`);
    button.addEventListener("click", () => this.state.link.do("suggest/take", number));
    words.append(small);
    row.append(words, button);
    return row;
  }
}
