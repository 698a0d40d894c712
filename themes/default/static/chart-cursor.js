// Charts, what follows the pointer and the keys: the cursor that all charts of a page share, dots on
// lines, the tooltip, a line brought forward, zoom and pan.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { el, svg } = reportgen;
  const { data, axes } = chart;
  const NEAR = 10; // px beyond the ends of a line at which it still has a value
  const LEAST_DRAG = 6; // px
  const MOST_ROWS = 10;
  const MOST_DOTS = 9;
  const CALM = 120; // ms

  /** The parts that lie over a drawing, and all listeners of a chart. */
  chart.listen = (self) => {
    self.front = svg("svg", { class: "ct-front", "aria-hidden": "true" }, svg("path"));
    self.rule = el("div", { class: "ct-rule", hidden: true });
    self.chosen = el("div", { class: "ct-select", hidden: true });
    self.dots = Array.from({ length: MOST_DOTS }, () => el("i", { class: "ct-dot", hidden: true }));
    self.tip = el("div", { class: "ct-tip", hidden: true });
    self.over.append(self.front, self.rule, ...self.dots, self.chosen, self.tip);
    self.hideCursor = () => hide(self);
    listenToPointer(self);
    self.over.addEventListener("keydown", (event) => onKey(self, event));
    self.over.addEventListener("blur", () => hideAll());
  };

  /** After a chart was drawn anew: the cursor is put where it was. */
  chart.attach = (self) => {
    const { front } = self;
    front.setAttribute("viewBox", `0 0 ${self.width} ${self.height}`);
    if (!self.rule.hidden) hide(self);
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
    self.at = { x: at, line: front && front.line };
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
    if (rows.length <= MOST_ROWS) return rows;
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
    const apart = x !== front?.x ? axes.place(x, self.kind) : "";
    return el("tr", { class: isFront ? "front" : "" },
      el("td", {}, swatch(line.spec)),
      el("th", { scope: "row" }, el("span", { text: line.spec.name }), apart ? el("small", { text: ` ${apart}` }) : null),
      el("td", { class: Number.isFinite(shown) ? "num" : "num odd", text: axes.value(shown, decimals) }),
      line.drawn === line.values ? null : el("td", { class: "num raw", title: "as logged", text: axes.value(raw, decimals) }));
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
    const { hovered, focused } = self;
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

  // ---- pointer ----------------------------------------------------------------------------------

  let scrolled = -CALM; // when the page last moved under the pointer: it is not pointing then
  addEventListener("scroll", (event) => {
    if (event.timeStamp - scrolled > CALM) hideAll();
    scrolled = event.timeStamp;
  }, { passive: true });

  function listenToPointer(self) {
    const { stage } = self;
    let drag = null; // { from, limits, pan }
    let frame = 0;
    const place = (event) => {
      const box = stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    stage.addEventListener("pointermove", (event) => {
      if (!self.plot || frame || event.timeStamp - scrolled < CALM) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (!self.plot) return;
        const [x, y] = place(event);
        if (drag) dragged(self, drag, x);
        else if (self.isInside(clamped(self, x), y)) point(self, valueAt(self, clamped(self, x)), y);
        else hideAll();
      });
    });
    stage.addEventListener("pointerdown", (event) => {
      if (!self.plot || event.button !== 0 || event.pointerType === "touch") return;
      drag = { from: place(event)[0], limits: self.window(), pan: event.shiftKey };
      stage.setPointerCapture(event.pointerId);
    });
    const end = (event) => {
      if (!drag) return;
      const [x] = place(event);
      if (!drag.pan && event.type === "pointerup" && Math.abs(x - drag.from) >= LEAST_DRAG) {
        zoomTo(self, valueAt(self, clamped(self, Math.min(x, drag.from))), valueAt(self, clamped(self, Math.max(x, drag.from))));
      }
      self.chosen.hidden = true;
      drag = null;
    };
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
    stage.addEventListener("pointerleave", () => { if (!drag) hideAll(); });
    stage.addEventListener("dblclick", () => chart.change({ zoom: null }));
    stage.addEventListener("wheel", (event) => wheeled(self, event, place(event)[0]), { passive: false });
  }

  const clamped = (self, x) => Math.min(self.frame.left + self.frame.width, Math.max(self.frame.left, x));
  const valueAt = (self, px) => self.limits[0] + ((px - self.frame.left) / self.frame.width) * (self.limits[1] - self.limits[0]);

  function dragged(self, drag, x) {
    const [low, high] = drag.limits;
    if (drag.pan) {
      const by = ((drag.from - x) / self.frame.width) * (high - low);
      panTo(self, low + by, high + by);
      return;
    }
    const [a, b] = [clamped(self, Math.min(x, drag.from)), clamped(self, Math.max(x, drag.from))];
    self.chosen.hidden = b - a < LEAST_DRAG;
    const { top, height } = self.frame;
    Object.assign(self.chosen.style, { left: `${a}px`, width: `${b - a}px`, top: `${top}px`, height: `${height}px` });
  }

  /** Sideways wheels pan what is zoomed, a wheel with Ctrl zooms; all others scroll the page. */
  function wheeled(self, event, x) {
    if (!self.plot) return;
    const [low, high] = self.window();
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoomBy(self, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), valueAt(self, clamped(self, x)));
    } else if (self.isZoomed && Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      const by = (sideways / self.frame.width) * (high - low);
      panTo(self, low + by, high + by);
    }
  }

  // ---- zoom -------------------------------------------------------------------------------------

  function zoomTo(self, low, high) {
    const [first, last] = self.full;
    const a = Math.max(first, low);
    const b = Math.min(last, high);
    if (a <= first && b >= last) chart.change({ zoom: null });
    else if (b - a > (last - first) * 1e-9) chart.change({ zoom: [a, b] });
    hideAll();
  }

  function zoomBy(self, factor, around) {
    const [low, high] = self.window();
    zoomTo(self, around - (around - low) * factor, around + (high - around) * factor);
  }

  /** A window of the same width, kept within the data. */
  function panTo(self, low, high) {
    const [first, last] = self.full;
    const by = low < first ? first - low : high > last ? last - high : 0;
    if (self.isZoomed) chart.change({ zoom: [low + by, high + by] });
    hideAll();
  }

  // ---- keys -------------------------------------------------------------------------------------

  const KEYS = {
    ArrowLeft: (self, event) => walk(self, event.shiftKey ? -10 : -1),
    ArrowRight: (self, event) => walk(self, event.shiftKey ? 10 : 1),
    Home: (self) => walk(self, -Infinity),
    End: (self) => walk(self, Infinity),
    ArrowUp: (self) => change(self, -1),
    ArrowDown: (self) => change(self, 1),
    "+": (self) => zoomBy(self, 0.5, middle(self)),
    "=": (self) => zoomBy(self, 0.5, middle(self)),
    "-": (self) => zoomBy(self, 2, middle(self)),
    0: () => chart.change({ zoom: null }),
    Escape: (self) => (self.tip.hidden ? false : hideAll()),
  };

  function onKey(self, event) {
    const act = KEYS[event.key];
    if (!act || !self.plot || event.altKey || event.ctrlKey || event.metaKey) return;
    if (act(self, event) !== false) event.preventDefault();
  }

  const middle = (self) => {
    const [low, high] = self.window();
    return self.at && !self.tip.hidden ? self.at.x : (low + high) / 2;
  };

  function lineInHand(self) {
    const shown = self.shown();
    const had = self.at && self.at.line && shown.find((line) => line.spec.name === self.at.line.spec.name);
    return had || shown.find((line) => !line.isQuiet) || shown[0];
  }

  /** Move the cursor by points of its line. */
  function walk(self, by) {
    const line = lineInHand(self);
    if (!line || !line.xs.length) return;
    const [low, high] = self.window();
    const first = data.from(line.xs, low);
    const last = Math.max(first, data.nearest(line.xs, high));
    const now = self.at && !self.tip.hidden ? data.nearest(line.xs, self.at.x) : by > 0 ? first - 1 : last + 1;
    const i = Math.max(first, Math.min(last, now + by));
    tellPoint(self, line, Number.isFinite(i) ? i : first);
  }

  /** Take the cursor to the next line, from top to bottom. */
  function change(self, by) {
    const x = self.at ? self.at.x : self.window()[1];
    const points = pointsAt(self, x).sort((a, b) => a.y - b.y);
    if (!points.length) return;
    const line = lineInHand(self);
    const now = points.findIndex((one) => one.line === line);
    const next = points[Math.max(0, Math.min(points.length - 1, now + by))];
    tellPoint(self, next.line, next.i);
  }

  function tellPoint(self, line, i) {
    const x = line.xs[i];
    const found = pointsAt(self, x).find((one) => one.line === line);
    point(self, x, found ? found.y : 0, found && { ...found, i, x });
    self.spoken.textContent = `${line.spec.name} ${reportgen.format.number(line.drawn[i])} at ${axes.place(x, self.kind)}`;
  }
})();
