// Charts, what lies over a drawing: the cursor that all charts of a page share, dots on lines, the
// tooltip, a line brought forward.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { el, svg } = reportgen;
  const { data, axes } = chart;
  const NEAR = 10; // px beyond the ends of a line at which it still has a value
  const MOST_ROWS = 10;
  const MOST_DOTS = 9;

  /** Charts that are drawn. Here, as the pointer may move before the scripts after this have run. */
  chart.awake = new Set();

  /** The parts that lie over a drawing. */
  chart.overlay = (self) => {
    self.front = svg("svg", { class: "ct-front", "aria-hidden": "true" }, svg("path"));
    self.rule = el("div", { class: "ct-rule", hidden: true });
    self.chosen = el("div", { class: "ct-select", hidden: true });
    self.dots = Array.from({ length: MOST_DOTS }, () => el("i", { class: "ct-dot", hidden: true }));
    self.tip = el("div", { class: "ct-tip", hidden: true });
    self.over.append(self.front, self.rule, ...self.dots, self.chosen, self.tip);
    self.hideCursor = () => hide(self);
    chart.listen(self);
  };

  /** A chart is drawn anew: its cursor goes, and `pointAgain` brings it back. */
  chart.attach = (self) => {
    const { front } = self;
    front.setAttribute("viewBox", `0 0 ${self.width} ${self.height}`);
    self.wasRead = !self.tip.hidden;
    self.wasMarked = !self.rule.hidden;
    if (self.wasMarked) hide(self);
  };

  /** Put the cursor of a chart that was drawn anew where it was: who reads a point reads on. */
  chart.pointAgain = (self) => {
    const { wasRead, wasMarked } = self;
    self.wasRead = self.wasMarked = false;
    const reader = wasRead ? self : wasMarked && [...chart.awake].find((one) => !one.tip.hidden);
    if (!reader || !reader.at || !reader.range || reader.at.kind !== reader.kind) return;
    const { x, line } = reader.at;
    const front = pointsAt(reader, x).find((one) => line && one.line.spec.name === line.spec.name);
    point(reader, x, front ? front.y : 0, front);
  };

  // ---- the cursor -------------------------------------------------------------------------------

  /** The points of the lines that are shown nearest to a place: [{ line, i, y }]. */
  function pointsAt(self, x) {
    const found = [];
    const slack = (NEAR / self.frame.width) * (self.limits[1] - self.limits[0]);
    for (const layer of self.drawn) {
      const { line, role, xs, bent } = layer;
      if (role !== "main" || line.hidden || !xs.length) continue;
      if (x < xs[0] - slack || x > xs[xs.length - 1] + slack) continue;
      const i = data.nearest(xs, x);
      const y = self.range && Number.isFinite(bent[i]) ? self.py(bent[i]) : NaN;
      found.push({ line, i, x: xs[i], px: self.px(xs[i]), y });
    }
    return found;
  }

  /** The point whose line is nearest in height; among all, or those of a line in front. */
  function closest(points, y) {
    let best = null;
    for (const point of points) {
      const away = Number.isFinite(point.y) ? Math.abs(point.y - y) : 1e6;
      if (!best || away < best.away) best = { ...point, away };
    }
    return best;
  }

  function mark(self, x, points, front) {
    const place = self.px(x);
    const { left, top, width, height } = self.frame;
    self.rule.hidden = place < left - 1 || place > left + width + 1;
    Object.assign(self.rule.style, { transform: `translateX(${Math.round(place)}px)`, top: `${top}px`, height: `${height}px` });
    const dotted = points.filter((point) => !point.line.isQuiet || (front && point.line === front.line)).slice(0, MOST_DOTS);
    self.dots.forEach((dot, i) => {
      const point = dotted[i];
      dot.hidden = !point || !self.isInside(point.px, point.y);
      if (dot.hidden) return;
      dot.style.transform = `translate(${point.px}px, ${point.y}px)`;
      dot.style.background = chart.inkOf(point.line.spec.colour);
    });
  }

  function hide(self) {
    self.rule.hidden = true;
    self.tip.hidden = true;
    for (const dot of self.dots) dot.hidden = true;
    if (self.hovered) {
      self.hovered = null;
      chart.showFocus(self);
    }
  }

  function hideAll() {
    for (const one of chart.awake) hide(one);
  }

  /** Put the cursor of all charts at a place of one; its tooltip there. */
  function point(self, x, y, follow) {
    const points = pointsAt(self, x);
    const front = follow || closest(points, y);
    const at = front ? front.x : x;
    const here = front ? pointsAt(self, at) : points;
    mark(self, at, here, front);
    for (const other of chart.awake) {
      if (other === self || other.kind !== self.kind || !isSeen(other)) continue;
      mark(other, at, pointsAt(other, at), null);
      other.tip.hidden = true;
    }
    if (self.hovered !== (front && front.line)) {
      self.hovered = front && front.line;
      chart.showFocus(self);
    }
    tooltip(self, at, here, front);
    self.at = { x: at, line: front && front.line, kind: self.kind };
  }

  function isSeen(self) {
    const box = self.stage.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  }

  // ---- the tooltip ------------------------------------------------------------------------------

  function tooltip(self, x, points, front) {
    self.tip.hidden = !points.length;
    if (!points.length) return;
    const rows = [...points].sort((a, b) => order(b) - order(a));
    const kept = chosenRows(rows, front);
    const more = rows.length - kept.length;
    self.tip.replaceChildren(
      el("div", { class: "ct-at", text: headOf(self, x, front) }),
      el("table", {}, el("tbody", {}, kept.map((row) => rowOf(self, row, front)))),
      more ? el("div", { class: "ct-more", text: `and ${more} more` }) : "",
    );
    put(self, self.px(x));
  }

  const order = ({ line, i }) => (Number.isFinite(line.drawn[i]) ? line.drawn[i] : -Infinity);

  /** All rows where they fit; else those with a colour, and the nearest to the pointer. */
  function chosenRows(rows, front) {
    if (rows.length <= MOST_ROWS + 1) return rows; // "and 1 more" would take as much room
    const middle = front ? rows.findIndex((row) => row.line === front.line) : 0;
    const rank = (row, i) => (row.line.isQuiet ? 0 : -1e6) + Math.abs(i - middle);
    const kept = new Set(rows.map((row, i) => [rank(row, i), row]).sort((a, b) => a[0] - b[0]).slice(0, MOST_ROWS).map(([, row]) => row));
    if (front) kept.add(rows[middle]);
    return rows.filter((row) => kept.has(row));
  }

  function headOf(self, x, front) {
    const text = axes.place(x, self.kind);
    if (!front || self.kind === "wall") return text;
    const { times, steps, start } = front.line.spec;
    const i = front.line.order ? front.line.order[front.i] : front.i;
    if (self.kind === "time") return `${text} · step ${axes.grouped(steps[i])}`;
    if (!times) return text;
    const since = times[i] - (Number.isFinite(start) ? start : times[0]);
    return since > 0 ? `${text} · ${axes.span(since)}` : text;
  }

  function rowOf(self, { line, i, x }, front) {
    const shown = line.drawn[i];
    const raw = line.values[i];
    const decimals = self.yTicks.decimals + 2;
    const isFront = front && front.line === line;
    const apart = front && x !== front.x && self.kind === "step" ? axes.place(x, self.kind) : "";
    return el("tr", { class: isFront ? "front" : "" },
      el("td", {}, swatch(line.spec)),
      el("th", { scope: "row" }, named(line.spec), apart ? el("small", { text: ` ${apart}` }) : null),
      el("td", { class: Number.isFinite(shown) ? "num" : "num odd", text: axes.value(shown, decimals) }),
      line.drawn === line.values ? null : el("td", { class: "num raw", title: "as logged", text: axes.value(raw, decimals) }));
  }

  /** The name of a line; where it has two parts, the first one gives way where room is short. */
  function named({ name, of, part }) {
    return part ? el("span", { class: "parts" }, el("span", { text: of }), el("span", { text: `\u00a0· ${part}` })) : el("span", { text: name });
  }

  const dashesOf = (spec) => (spec.fine ? [1.5, 2.5] : chart.dashOf(spec)).join(" ");

  /** A short stroke in the manner of a series. */
  function swatch(spec) {
    const path = svg("path", { d: "M0 5h14" });
    path.style.stroke = chart.inkOf(spec.colour);
    path.style.strokeDasharray = dashesOf(spec);
    return svg("svg", { class: "ct-swatch", viewBox: "0 0 14 10", "aria-hidden": "true" }, path);
  }
  chart.swatch = swatch;

  function put(self, place) {
    const { tip } = self;
    const width = tip.offsetWidth;
    const room = self.over.clientWidth;
    const right = place + 14 + width <= room + 8;
    const left = right ? place + 14 : Math.max(-8, place - 14 - width);
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.min(self.frame.top, self.height - 20))}px)`;
  }

  // ---- a line in front --------------------------------------------------------------------------

  /** Draw the line under the pointer, or those that were asked for, over all others. */
  chart.showFocus = (self) => {
    const { hovered } = self;
    const focused = self.focused || chart.view().front;
    const isMeant = ({ role, line }) => role === "main" && !line.hidden && (hovered ? line === hovered : line.id === focused && !line.spec.fine);
    const layers = (hovered || focused) && self.range ? self.drawn.filter(isMeant) : [];
    self.over.classList.toggle("dim", Boolean(focused && !hovered && layers.length));
    const path = self.front.firstChild;
    if (!layers.length || self.shown().length < 2) {
      path.removeAttribute("d");
      return;
    }
    path.setAttribute("d", layers.map((layer) => outline(self, layer)).join(""));
    const { spec } = layers[0].line;
    path.style.stroke = spec.colour ? chart.inkOf(spec.colour) : chart.inks()["text-2"];
    path.style.strokeDasharray = dashesOf(spec);
  };

  /** The path of a drawn line, within the frame. */
  function outline(self, { ys }) {
    const { left, top, width, height } = self.frame;
    let d = "";
    let isDown = false;
    for (let i = 0; i < ys.length; i++) {
      if (ys[i] === undefined) continue;
      if (ys[i] === null) { isDown = false; continue; }
      const x = Math.min(left + width, Math.max(left, self.px(self.xs[i])));
      const y = Math.min(top + height, Math.max(top, self.py(ys[i])));
      d += `${isDown ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      isDown = true;
    }
    return d;
  }

  /** Keep a line in front on all charts, or let it go where it is there. */
  chart.pin = (id) => chart.change({ front: id === chart.view().front ? "" : id });

  chart.cursor = { pointsAt, closest, point, hideAll };
})();
