// Charts, from series to layers: lines with their means, what lies behind what, and what of it uPlot
// is told. uPlot draws lines, bands, grid and labels; values are bent before it sees them, so its
// scales are always straight.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { data } = chart;
  const FOOT = 24; // px below the drawing, for labels
  const MOST_RAW = 14; // lines whose points are drawn behind their means

  function lineOf(spec, kind, smooth, hide) {
    const at = data.placed(spec, kind);
    const drawn = smooth && !spec.faint ? data.smoothed(at.values, smooth) : at.values;
    return {
      spec, ...at, drawn, gaps: data.gaps(at),
      id: spec.id || spec.name,
      hidden: hide.has(spec.id || spec.name),
      isQuiet: !spec.colour || spec.faint,
    };
  }

  const bentOr = (value, bend) => (Number.isFinite(value) ? bend(value) : value);

  /** The ends of the x axis, and the least and greatest value of the lines that are shown. */
  function extremes(lines, bands, kind) {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    const take = (numbers) => {
      for (const v of numbers) {
        if (!Number.isFinite(v)) continue;
        if (v < low) low = v;
        if (v > high) high = v;
      }
    };
    const shown = lines.some((line) => !line.hidden) ? lines.filter((line) => !line.hidden) : lines;
    for (const { xs, values } of shown) {
      if (xs.length) { left = Math.min(left, xs[0]); right = Math.max(right, xs[xs.length - 1]); }
      take(values);
    }
    for (const band of bands) {
      const { xs } = data.placed({ ...band, values: band.lower }, kind);
      if (xs.length) { left = Math.min(left, xs[0]); right = Math.max(right, xs[xs.length - 1]); }
      take(band.lower);
      take(band.upper);
    }
    return { x: left <= right ? [left, right] : [0, 1], low, high };
  }

  /** What is drawn, from the back to the front: bands, grey lines, raw lines, lines. */
  function layers(lines, bands, kind, smooth) {
    const found = [];
    bands.forEach((band) => {
      const line = { hidden: chart.view().hide.has(band.id || band.name), spec: band };
      for (const role of ["upper", "lower"]) {
        const { xs, values } = data.placed({ ...band, values: band[role] }, kind);
        found.push({ role, line, xs, values });
      }
    });
    const main = (line) => ({ role: "main", line, xs: line.xs, values: line.drawn });
    const [quiet, loud] = [lines.filter((line) => line.isQuiet), lines.filter((line) => !line.isQuiet)];
    found.push(...quiet.map(main));
    if (smooth && loud.length <= MOST_RAW) {
      found.push(...loud.map((line) => ({ role: "raw", line, xs: line.xs, values: line.values })));
    }
    return [...found, ...loud.map(main).reverse()];
  }

  function windowed(xs, ys, low, high) {
    if (!xs.length || (xs[0] >= low && xs[xs.length - 1] <= high)) return ys;
    return ys.slice(data.from(xs, low), data.from(xs, high) + 1);
  }

  // ---- uPlot ------------------------------------------------------------------------------------

  const tableOf = (self) => [self.xs, ...self.drawn.map((layer) => layer.ys)];

  function options(self) {
    const bands = self.drawn.flatMap(({ role, line }, i) => (role === "upper"
      ? [{ series: [i + 1, i + 2], fill: faded(chart.inkOf(line.spec.colour), 0.16) }] : []));
    return {
      width: self.width,
      height: self.height,
      padding: [() => self.top(), () => self.right, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: () => self.limits }, y: { range: () => self.range || [0, 1] } },
      axes: [axis(self, "x"), axis(self, "y")],
      series: [{}, ...self.drawn.map((layer) => strokeOf(layer))],
      bands,
      hooks: { draw: [(plot) => { frameOf(self, plot); chart.decorate(self, chart.canvasInk(plot.ctx, uPlot.pxRatio)); }] },
    };
  }

  function frameOf(self, plot) {
    const ratio = uPlot.pxRatio;
    const { left, top, width, height } = plot.bbox;
    self.frame = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  }

  /** How a layer is stroked: as `chart.strokeOf` tells it to uPlot and to the SVG. */
  function strokeOf({ role, line }) {
    const { spec } = line;
    const common = { auto: false, pxAlign: 0, points: { show: false }, spanGaps: false };
    if (role === "upper" || role === "lower") return { ...common, width: 0, stroke: "transparent", role };
    const stroke = chart.inkOf(spec.colour);
    if (role === "raw") return { ...common, stroke, width: 1, alpha: 0.24 };
    if (spec.faint) return { ...common, stroke, width: 1, alpha: 0.4, dash: chart.dashOf(spec) };
    if (spec.fine && !spec.colour) return { ...common, stroke, width: 1, alpha: 0.5 }; // dashes of many would take long
    if (spec.fine) return { ...common, stroke, width: 1.25, alpha: 0.85, dash: [1.5, 2.5] };
    return { ...common, stroke, width: spec.colour ? 1.75 : 1, dash: chart.dashOf(spec) };
  }
  chart.strokeOf = strokeOf;

  const faded = (colour, alpha) => colour.replace(/^rgba?\(([^)]+)\)$/, (_, parts) => `rgba(${parts.split(",").slice(0, 3).join(",")}, ${alpha})`);

  function axis(self, scale) {
    const isX = scale === "x";
    const ticks = () => (isX ? self.xTicks : self.yTicks);
    return {
      scale,
      side: isX ? 2 : 3,
      size: () => (isX ? FOOT : self.left),
      gap: isX ? 7 : 6,
      font: `400 11px ${chart.inks().sans}`,
      stroke: () => chart.inks()["text-3"],
      incrs: (plot, index, low, high) => [Math.max(5, high - low)], // our own places are taken
      space: 1,
      splits: () => ticks().splits,
      values: () => ticks().labels,
      grid: { show: !isX, stroke: () => chart.inks().line, width: 1 },
      ticks: { show: false },
      border: { show: isX, stroke: () => chart.inks()["line-2"], width: 1 },
    };
  }

  chart.layered = { FOOT, lineOf, bentOr, extremes, layers, windowed, tableOf, options };
})();
