// One interactive chart of lines. For all pages:
//
//   const one = reportgen.chart.create(container, {
//     title,            // names it: to a reader, in the address (log axis of this chart), in files
//     hint,             // "lower is better"; "" for nothing
//     series: [{
//       name,           // in legend and tooltip
//       of, part,       // or in two: whose line it is, as the legend names it, and what of it
//       colour,         // 1 to 7, as a run's; 0 for grey, in the background
//       dashed,         // a run that is still running
//       steps, times, values,   // (n,) each, Float64Arrays of `load.run`; times in ms since 1970, or null
//       id,             // what a legend hides: "" or absent, the name; lines of one run share it
//       start,          // ms: where relative time starts; absent: its first point
//       count,          // points there were before thinning; absent: all are here
//       faint, fine,    // a trace beside a mean; a thinner dotted line (training beside validation)
//     }],
//     bands: [{ name, colour, steps, times, lower, upper }],   // (n,) each
//     height,           // px of the drawing; 212 if absent
//     legend: false,    // where the page has one of its own; in full screen it stands here, too
//     caption,          // an element that stands above it already: no title is made
//     replaces,         // an element that is shown while the chart is not drawn (the static chart)
//   });
//   one.update(series, bands)   // other data; zoom, hidden lines and the cursor stay
//   one.highlight(id or null)   // bring a line forward
//   one.destroy()
//
// All charts of a page follow one view, which the address keeps (chart-view.js): x axis, smoothing,
// log axes, clipping, hidden lines, the one in front, zoom; `reportgen.chart.controls()` is the bar
// that sets it. They share the cursor. A chart is drawn when it comes near the window, one in a
// frame, and let go when it is far away. Colours follow the theme.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { el } = reportgen;
  const { data, axes, layered } = chart;
  const LEFT = 34; // px; charts side by side mostly have frames of one width
  const GUTTER = 52;

  let numbers = 0;

  class Chart {
    constructor(container, spec) {
      this.spec = { title: "", hint: "", height: 212, legend: true, bands: [], ...spec };
      this.id = `ct${++numbers}`;
      this.plot = null; // of uPlot
      this.cursor = null;
      this.lines = [];
      this.drawn = [];
      this.range = null;
      this.outside = 0; // logged points that a clipped axis does not show
      this.width = 0;
      this.height = this.spec.height;
      this.focused = null;
      build(this, container);
      this.unwatch = chart.watch((keys) => this.follow(keys));
      near.observe(this.place);
      far.observe(this.place);
      sizes.observe(this.stage);
    }

    // ---- what others call ----

    update(series, bands = this.spec.bands) {
      const isSame = !bands.length && !this.spec.bands.length && data.alike(series, this.spec.series);
      Object.assign(this.spec, { series, bands });
      if (!isSame) this.want(true);
    }

    highlight(id) {
      if (this.focused === id) return;
      this.focused = id;
      if (this.plot) chart.showFocus(this);
    }

    destroy() {
      this.sleep();
      this.unwatch();
      near.unobserve(this.place);
      far.unobserve(this.place);
      sizes.unobserve(this.stage);
      this.root.remove();
      this.tools.remove();
      if (this.made) this.made.remove();
    }

    // ---- being drawn and let go ----

    /** Draw in a frame to come; wholly anew where one of the wishes was that. */
    want(whole) {
      if (!this.plot) return;
      this.isStale = this.isStale || whole;
      chart.later(this, () => {
        const isStale = this.isStale;
        this.isStale = false;
        if (isStale) this.rebuild();
        else this.redraw();
      });
    }

    wake() {
      if (this.plot) return;
      chart.later(this, () => {
        if (!this.root.isConnected || this.plot) return;
        if (this.spec.replaces) this.spec.replaces.setAttribute("hidden", "");
        this.root.hidden = false;
        this.rebuild();
        if (this.plot) chart.awake.add(this);
      });
    }

    sleep() {
      chart.forget(this);
      chart.awake.delete(this);
      if (!this.plot) return;
      this.hideCursor();
      this.plot.destroy();
      this.plot = null;
      if (!this.spec.replaces) return;
      this.spec.replaces.removeAttribute("hidden");
      this.root.hidden = true;
    }

    follow(keys) {
      if (!this.plot) return;
      if (keys.every((key) => key === "front")) {
        chart.legend(this);
        chart.showFocus(this);
        return;
      }
      this.want(keys.some((key) => ["x", "smooth", "log", "hide", "theme"].includes(key)));
    }

    resize() {
      const width = Math.floor(this.stage.clientWidth);
      if (!this.plot || !width || (width === this.width && this.height === this.wanted())) return;
      this.want(true);
    }

    isFull() {
      return Boolean(this.root.closest(".ct-full"));
    }

    wanted() {
      return this.isFull() ? Math.max(160, this.stage.clientHeight) : this.spec.height;
    }

    // ---- drawing ----

    /** From series to lines: placed, smoothed, bent. */
    prepare() {
      const { series } = this.spec;
      const { x, smooth, hide } = chart.view();
      this.kind = data.kindFor(series, x);
      this.lines = series.map((spec) => layered.lineOf(spec, this.kind, smooth, hide));
      const bounds = layered.extremes(this.lines, this.spec.bands, this.kind);
      this.full = bounds.x;
      this.bending = axes.bending(bounds.low, bounds.high, chart.logOf(this.spec.title));
      this.drawn = layered.layers(this.lines, this.spec.bands, this.kind, smooth);
      for (const layer of this.drawn) layer.bent = data.mapped(layer.values, (v) => layered.bentOr(v, this.bending.bend));
    }

    /** The part of the x axis that is shown: the zoom of the page, where this chart has points in it. */
    window() {
      const [low, high] = this.full;
      const { zoom } = chart.view();
      this.isZoomed = Boolean(zoom && zoom[1] > low && zoom[0] < high && high > low);
      return this.isZoomed ? zoom : this.full;
    }

    /** From lines to what uPlot draws in the window. */
    align() {
      const [low, high] = this.window();
      const columns = Math.max(60, this.width - LEFT - GUTTER);
      const shown = this.drawn.map((layer) => (layer.line.hidden ? { xs: [], ys: [] } : { xs: layer.xs, ys: layer.bent, isCoarse: !layer.line.spec.colour }));
      const { xs, ys } = data.aligned(shown, low, high, columns);
      this.xs = xs;
      this.drawn.forEach((layer, i) => { layer.ys = ys[i]; });
      const inside = ys.map((column) => layered.windowed(xs, column, low, high));
      const reach = data.reach(inside, chart.view().clip);
      this.range = reach && axes.aired(reach.low, reach.high);
      this.outside = reach && chart.view().clip ? this.countOutside(low, high) : 0;
      this.air = this.isZoomed ? 0 : 4;
      const margin = high > low ? ((high - low) * this.air) / columns : Math.abs(low) * 1e-6 + 1;
      this.limits = [low - margin, high + margin];
      this.ticks();
    }

    /** How many logged points of the window lie above or below the axis. */
    countOutside(low, high) {
      let count = 0;
      for (const { xs, values } of this.shown()) {
        for (let i = data.from(xs, low); i < xs.length && xs[i] <= high; i++) {
          const y = this.bending.bend(values[i]);
          if (y < this.range[0] || y > this.range[1]) count += Number.isFinite(values[i]);
        }
      }
      return count;
    }

    ticks() {
      const high = this.height - layered.FOOT - this.top();
      const yCount = Math.max(2, Math.min(8, Math.round(high / 38)));
      this.yTicks = this.range ? axes.yTicks(...this.range, this.bending, yCount) : { splits: [], labels: [], note: "", decimals: 0 };
      this.left = Math.max(LEFT, ...this.yTicks.labels.map((label) => Math.ceil(chart.textWidth(label)) + 9));
      const labels = this.endLabels().map((label) => chart.textWidth(label.text, 500));
      this.right = Math.max(GUTTER, Math.ceil(Math.max(0, ...labels)) + (labels.length > 1 ? 20 : 9));
      const wide = this.kind === "wall" ? 92 : 74;
      this.xTicks = axes.xTicks(...this.window(), this.kind, Math.max(2, Math.round((this.width - this.left - this.right) / wide)));
      const last = chart.textWidth(this.xTicks.labels[this.xTicks.labels.length - 1] || "");
      this.right = Math.max(this.right, Math.ceil(last / 2 + chart.textWidth(this.unit())) + 8); // they stand in one row
    }

    top() {
      return this.note() ? 22 : 9;
    }

    rebuild() {
      this.width = Math.floor(this.stage.clientWidth);
      this.height = this.wanted();
      if (!this.width) return;
      this.prepare();
      this.align();
      if (this.plot) this.plot.destroy();
      this.plot = new uPlot(layered.options(this), layered.tableOf(this), this.stage);
      chart.attach(this);
      this.tell();
    }

    redraw() {
      this.align();
      this.plot.setData(layered.tableOf(this), true);
      this.tell();
    }

    /** What stands beside the drawing: legend, description, buttons. */
    tell() {
      const { plot } = this;
      const ratio = plot.width ? plot.bbox.width / (plot.width - this.left - this.right) : 1;
      this.frame = { left: plot.bbox.left / ratio, top: plot.bbox.top / ratio, width: plot.bbox.width / ratio, height: plot.bbox.height / ratio };
      chart.legend(this);
      chart.describe(this);
      chart.pointAgain(this);
      chart.showFocus(this);
      chart.showTools(this);
    }

    // ---- places and words ----

    px(x) {
      return this.frame.left + ((x - this.limits[0]) / (this.limits[1] - this.limits[0])) * this.frame.width;
    }

    py(y) {
      const [low, high] = this.range;
      return this.frame.top + ((high - y) / (high - low)) * this.frame.height;
    }

    isInside(x, y) {
      const { left, top, width, height } = this.frame;
      return x >= left - 1 && x <= left + width + 1 && y >= top - 1 && y <= top + height + 1;
    }

    shown() {
      return this.lines.filter((line) => !line.hidden);
    }

    /** The last point of a line in the window: { x, y, i }. */
    endOf(line) {
      const layer = this.drawn.find((one) => one.line === line && one.role === "main");
      let i = data.from(line.xs, this.window()[1]);
      while (i < line.xs.length && line.xs[i] === this.window()[1]) i++;
      for (i -= 1; i >= 0 && line.xs[i] >= this.window()[0]; i--) {
        if (Number.isFinite(layer.bent[i])) return { x: this.px(line.xs[i]), y: this.py(layer.bent[i]), i };
      }
      return null;
    }

    endLabels() {
      if (!this.range) return [];
      this.frame = this.frame || { left: LEFT, top: 9, width: 1, height: 1 };
      const found = [];
      for (const line of this.shown()) {
        const end = line.isQuiet || line.spec.fine ? null : this.endOf(line);
        if (end) found.push({ spec: line.spec, y: end.y, text: axes.value(line.drawn[end.i], this.yTicks.decimals + 1) });
      }
      return found;
    }

    unit() {
      return { step: "step", time: "time", wall: "UTC", order: "order" }[this.kind];
    }

    /** What a reader of the chart must know. */
    note() {
      const { smooth } = chart.view();
      const most = Math.max(0, ...this.shown().map((line) => (line.spec.count > line.values.length ? line.spec.count : 0)));
      return [
        this.outside ? `${reportgen.format.plural(this.outside, "point")} outside, clipped` : "",
        this.bending.name,
        this.yTicks && this.yTicks.note,
        smooth ? `smoothed ${smooth.toFixed(2)}` : "",
        smooth && most ? "means of thinned points" : "",
      ].filter(Boolean).join(" · ");
    }
  }

  // ---- elements ---------------------------------------------------------------------------------

  function build(self, container) {
    const { spec, id } = self;
    if (!spec.caption && spec.title) {
      self.made = el("div", { class: "ct-title" }, el("b", { text: spec.title }), spec.hint ? el("span", { text: spec.hint }) : null);
      container.append(self.made);
    }
    self.stage = el("div", { class: "ct-stage" });
    self.stage.style.height = `${spec.height}px`;
    self.names = el("div", { class: "ct-names" });
    self.told = el("p", { class: "quiet", id: `${id}-d` });
    self.spoken = el("p", { class: "quiet", "aria-live": "polite" });
    self.over = el("div", {
      class: "ct-plot", tabindex: "0", role: "application", "aria-roledescription": "chart", "aria-describedby": `${id}-d`,
    }, self.stage);
    self.tools = chart.toolbar(self);
    self.root = el("div", { class: "ct" }, self.names, self.over, self.told, self.spoken);
    (spec.caption || self.made || container).append(self.tools);
    container.append(self.root);
    container.classList.add("has-ct");
    self.container = container;
    self.place = spec.replaces ? container : self.root;
    if (spec.replaces) self.root.hidden = true;
    chart.overlay(self);
    for (const node of [self.place, self.stage]) owners.set(node, self);
  }

  const owners = new WeakMap(); // of elements that are observed

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) owners.get(target).wake();
  }, { rootMargin: "500px 0px" });
  const far = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (!isIntersecting) owners.get(target).sleep();
  }, { rootMargin: "3000px 0px" });
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) owners.get(target).resize();
  });

  // Paper gets the drawings, which are light: a canvas has the colours of the screen.
  let put = [];
  addEventListener("beforeprint", () => {
    put = [...chart.awake].filter((one) => one.spec.replaces && !one.root.closest("dialog"));
    for (const one of put) one.sleep();
  });
  addEventListener("afterprint", () => {
    for (const one of put) one.wake();
  });

  /** A chart in a container; what it takes and gives is told at the top of this file. */
  chart.create = (container, spec) => new Chart(container, spec);
})();
