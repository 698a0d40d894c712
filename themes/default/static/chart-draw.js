// Charts, what is drawn beside the lines: marks of values that are not finite, dots, labels where
// lines end, notes. Drawn with an "ink", of which there are two: a canvas, and the text of an SVG.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const SIZE = 11; // of texts
  const GAP = 13; // from label to label
  const scratch = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  /** The width of a text in px. */
  chart.textWidth = (text, weight = 400) => {
    const key = `${weight}${text}`;
    if (!widths.has(key)) {
      if (widths.size > 5000) widths.clear();
      scratch.font = `${weight} ${SIZE}px ${chart.inks().sans}`;
      widths.set(key, scratch.measureText(text).width);
    }
    return widths.get(key);
  };

  /** Ink on a canvas; places in CSS px. */
  chart.canvasInk = (context, ratio) => ({
    path(points, { stroke, fill, width = 1, dash = [], alpha = 1, close = false }) {
      if (points.length < 4) return;
      context.save();
      context.scale(ratio, ratio);
      context.globalAlpha = alpha;
      context.beginPath();
      context.moveTo(points[0], points[1]);
      for (let i = 2; i < points.length; i += 2) context.lineTo(points[i], points[i + 1]);
      if (close) context.closePath();
      if (fill) { context.fillStyle = fill; context.fill(); }
      if (stroke) {
        Object.assign(context, { strokeStyle: stroke, lineWidth: width, lineJoin: "round", lineCap: dash.length ? "butt" : "round" });
        context.setLineDash(dash);
        context.stroke();
      }
      context.restore();
    },
    circle(x, y, radius, { fill, stroke, width = 0 }) {
      context.save();
      context.scale(ratio, ratio);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      if (stroke) { Object.assign(context, { strokeStyle: stroke, lineWidth: 2 * width }); context.setLineDash([]); context.stroke(); }
      context.fillStyle = fill;
      context.fill();
      context.restore();
    },
    text(x, y, text, { fill, align = "left", weight = 400, size = SIZE }) {
      context.save();
      context.scale(ratio, ratio);
      Object.assign(context, { font: `${weight} ${size}px ${chart.inks().sans}`, fillStyle: fill, textAlign: align, textBaseline: "alphabetic" });
      context.fillText(text, x, y);
      context.restore();
    },
  });

  const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign])
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd");
  const round = (number) => String(Math.round(number * 100) / 100);
  const attribute = (name, value) => (value === undefined || value === "" ? "" : ` ${name}="${escaped(value)}"`);

  /** Ink that becomes the text of an SVG: `parts`. */
  chart.svgInk = () => {
    const parts = [];
    return {
      parts,
      path(points, { stroke = "none", fill = "none", width = 1, dash = [], alpha = 1, close = false, clip }) {
        if (points.length < 4) return;
        let d = "";
        for (let i = 0; i < points.length; i += 2) d += `${i ? "L" : "M"}${round(points[i])} ${round(points[i + 1])}`;
        parts.push(`<path d="${d}${close ? "Z" : ""}"${attribute("fill", fill)}${attribute("stroke", stroke)} stroke-width="${width}" stroke-linejoin="round" stroke-linecap="${dash.length ? "butt" : "round"}"${attribute("stroke-dasharray", dash.join(" "))}${alpha < 1 ? ` opacity="${alpha}"` : ""}${clip ? ` clip-path="url(#${clip})"` : ""}/>`);
      },
      circle(x, y, radius, { fill, stroke = "none", width = 0 }) {
        parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${radius}"${attribute("fill", fill)}${attribute("stroke", stroke)} stroke-width="${2 * width}" paint-order="stroke"/>`);
      },
      text(x, y, text, { fill, align = "left", weight = 400, size = SIZE }) {
        const anchor = { left: "start", right: "end", center: "middle" }[align];
        parts.push(`<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}"${attribute("fill", fill)}>${escaped(text)}</text>`);
      },
    };
  };
  chart.escaped = escaped;

  /** Everything but grid, axes and lines. */
  chart.decorate = (self, ink) => {
    const { frame } = self;
    marks(self, ink);
    dots(self, ink);
    ends(self, ink);
    const faint = { fill: chart.inks()["text-3"] };
    ink.text(self.width, self.height - 7, self.unit(), { ...faint, align: "right" });
    if (self.note()) ink.text(0, 10, fitted(self.note(), self.width), { fill: chart.inks()["text-2"] });
    if (!self.range) {
      const words = self.shown().length ? "no finite values" : self.lines.length ? "all lines are hidden" : "no points";
      ink.text(frame.left + frame.width / 2, frame.top + frame.height / 2, words, { ...faint, align: "center" });
    }
  };

  /** A text in a width; the whole stands in the description. */
  function fitted(text, room) {
    let kept = text;
    while (kept.length > 1 && chart.textWidth(kept) > room) kept = `${kept.slice(0, -2).trimEnd()}…`;
    return kept;
  }

  /** A foot for nan, an arrow for the infinities; a bar for a stretch of them. */
  function marks(self, ink) {
    const { left, width, top, height } = self.frame;
    const style = { stroke: chart.inks().bad, fill: chart.inks().bad, width: 1.5, close: true };
    for (const { gaps } of self.shown()) {
      let last = -Infinity;
      for (const { from, to, word } of gaps) {
        const a = Math.max(left, self.px(from));
        const b = Math.min(left + width, self.px(to));
        if (b < left || a > left + width || b - last < 0.5) continue; // outside, or on the same pixel
        last = b;
        const [edge, sign] = word === "inf" ? [top, 1] : [top + height, -1];
        if (word !== "nan") ink.path([a - 3.5, edge + sign * 6, a + 3.5, edge + sign * 6, a, edge], style);
        const bar = word === "nan" ? 7 : 2;
        if (b - a > 1) ink.path([a, edge, b, edge, b, edge + sign * bar, a, edge + sign * bar], { ...style, stroke: undefined, alpha: 0.3 });
        if (word === "nan") ink.path([a, edge, a, edge - bar], style);
      }
    }
  }

  /** Points without neighbours, and the end of each line that has a colour. */
  function dots(self, ink) {
    const { surface } = chart.inks();
    for (const { line, ys, role } of self.drawn) {
      if (role !== "main" || line.hidden) continue;
      const fill = chart.inkOf(line.spec.colour);
      for (const i of lonely(ys)) {
        const y = self.py(ys[i]);
        if (self.isInside(self.px(self.xs[i]), y)) ink.circle(self.px(self.xs[i]), y, 2, { fill });
      }
      if (line.isQuiet || line.spec.fine) continue;
      const end = self.endOf(line);
      if (end && self.isInside(end.x, end.y)) ink.circle(end.x, end.y, 2.8, { fill, stroke: surface, width: 1.2 });
    }
  }

  function lonely(ys) {
    const found = [];
    let before = null; // the value of the last place that is not empty
    let place = -1;
    let alone = false;
    for (let i = 0; i < ys.length; i++) {
      if (ys[i] === undefined) continue;
      if (ys[i] !== null) {
        alone = before === null;
        place = i;
      } else if (before !== null && alone) found.push(place);
      before = ys[i];
    }
    if (before !== null && alone) found.push(place);
    return found;
  }

  /** Values where lines end, a swatch before each, spread so that none covers another. */
  function ends(self, ink) {
    const { left, width, top, height } = self.frame;
    const labels = self.endLabels();
    const texts = chart.inks();
    const most = Math.max(1, Math.floor((height - 2) / GAP) + 1);
    const kept = labels.slice(0, most);
    const places = spread(kept.map((label) => Math.min(top + height - 2, Math.max(top, label.y))), GAP, top, top + height - 2);
    kept.forEach((label, i) => {
      const x = left + width + 5;
      const alone = labels.length === 1;
      if (!alone) ink.path([x, places[i], x + 9, places[i]], { stroke: chart.inkOf(label.spec.colour), width: 1.75, dash: chart.dashOf(label.spec).map((n) => n / 2) });
      ink.text(alone ? x + 1 : x + 13, places[i] + 4, label.text, { fill: texts.text, weight: 500 });
    });
  }

  /** Places nearest to those wanted with a gap between them (pool adjacent violators), as labels.py. */
  function spread(wanted, gap, low, high) {
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
    const pools = [];
    order.forEach((index, rank) => {
      let [total, count] = [wanted[index] - rank * gap, 1];
      while (pools.length && pools[pools.length - 1][0] * count > total * pools[pools.length - 1][1]) {
        const before = pools.pop();
        total += before[0];
        count += before[1];
      }
      pools.push([total, count]);
    });
    const means = pools.flatMap(([total, count]) => new Array(count).fill(total / count));
    const places = [];
    order.forEach((index, rank) => {
      places[index] = Math.min(Math.max(means[rank], low), high - (wanted.length - 1) * gap) + rank * gap;
    });
    return places;
  }

  chart.spread = spread;
})();
