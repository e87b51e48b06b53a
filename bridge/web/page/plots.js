// Small live plots: milliseconds a note, hit rate, lateness.

const LONG = 160;
const PLOTS = [
  { name: "note_ms", label: "ms a note", colour: "#5ad1c0", words: (value) => value.toFixed(2) },
  { name: "hit_rate", label: "answered in time", colour: "#7fd88f", top: 1, words: (value) => `${(value * 100).toFixed(1)} %` },
  { name: "late", label: "ms late, each note", colour: "#ffce6b", dots: true, words: (value) => value.toFixed(2) },
];

export class Plots {
  constructor(state) {
    this.state = state;
    this.plots = PLOTS.map((plot) => this.build(plot));
    state.on("sent", ({ late, id }) => { if (id && late !== undefined) this.add("late", late); });
    state.on("status", () => {
      this.add("note_ms", state.status.note_ms);
      this.add("hit_rate", state.status.hit_rate);
    });
  }

  build(plot) {
    const box = document.createElement("div");
    box.className = "plot";
    const words = document.createElement("div");
    const value = document.createElement("b");
    const label = document.createElement("small");
    value.textContent = "–";
    label.textContent = plot.label;
    words.append(value, label);
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${plot.label}, lately`);
    box.append(words, canvas);
    document.getElementById("plots").append(box);
    return { ...plot, box, value, canvas, paint: canvas.getContext("2d"), points: [] };
  }

  add(name, value) {
    const plot = this.plots.find((plot) => plot.name === name);
    if (typeof value !== "number") return;
    plot.points.push(value);
    if (plot.points.length > LONG) plot.points.shift();
    plot.wanted ??= requestAnimationFrame(() => {
      plot.wanted = null;
      this.draw(plot);
    });
  }

  draw({ canvas, paint, points, colour, top, dots, value, words }) {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== width * 2) [canvas.width, canvas.height] = [width * 2, height * 2];
    paint.setTransform(2, 0, 0, 2, 0, 0);
    paint.clearRect(0, 0, width, height);
    value.textContent = words(points.at(-1));
    const most = top ?? Math.max(...points, 0.5) * 1.1;
    const x = (index) => width - ((points.length - 1 - index) * width) / (LONG - 1) - 2;
    const y = (point) => height - 3 - (Math.max(point, 0) / most) * (height - 6);
    paint.fillStyle = paint.strokeStyle = colour;
    paint.lineWidth = 1.5;
    if (dots) for (const [index, point] of points.entries()) paint.fillRect(x(index), y(point) - 1, 2, 2);
    else {
      paint.beginPath();
      points.forEach((point, index) => paint.lineTo(x(index), y(point)));
      paint.stroke();
    }
  }
}
