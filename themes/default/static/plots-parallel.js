// Plots, parallel coordinates: a line for each run through axes of parameters and metrics. Lines are on
// three canvases (all of them faint; those that pass; the chosen and the found one), axes are SVG.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el, svg } = reportgen;
  const LEAST_ROOM = 104; // px between axes
  const PAD = { top: 12, bottom: 12 };
  const MARGIN = 40; // px at least beside the first and the last axis, for their labels
  const LETTER = 6.6; // px of a letter of a label
  const [SHORT, LONG] = [14, 32]; // letters of a label, where axes are close and where there is room
  const SHADES = 24;
  const CURVED = 300; // lines up to which they bend; more are straight, and drawn stretch by stretch
  const COARSE = 3; // shades that are drawn as one where lines are straight
  const AT_ONCE = 64;
  const DENSITIES = [[1, 1, 1], [2, 4, 2.5], [5, Infinity, 6]]; // lines that cover each other, from and to; as how many they are drawn
  const REACH = 6; // px from the pointer to a line that it finds

  /**
   * `host` gets the plot. `act` is {brush(limits by id, isDone), order(ids)}. Gives
   * {draw(view), resize(), beyond()}, the last for what stands at the end of an axis; `view` is {table, ids, brush, rows, isPart, chosen, ink, tint: metric or null}.
   */
  function create(host, model, act) {
    const canvases = ["all", "passing", "over"].map((name) => el("canvas", { class: `par-${name}`, "aria-hidden": "true" }));
    const axes = svg("svg", { class: "plot-axes", "aria-hidden": "true" });
    const titles = el("div", { class: "par-titles" });
    const said = plots.voice();
    const grips = el("div", { "aria-hidden": "true" });
    const box = el("div", {
      class: "par-box", tabindex: "0", role: "group", "aria-roledescription": "parallel coordinates",
      "aria-label": "A line for each run. Arrow keys go from run to run, Enter chooses one. The titles of the axes set limits.",
    }, ...canvases, axes, grips, said);
    const inner = el("div", { class: "par-inner" }, titles, box);
    const scroller = el("div", { class: "par-scroll" }, inner);
    host.append(scroller);
    const plot = { model, act, host, scroller, inner, titles, grips, box, axes, said, canvases, view: null, frame: null, at: -1 };
    plots.grip.listen(plot, { find, redrawTop, press });
    const draw = (view) => {
      const before = plot.view;
      if (before && before.table !== view.table) plot.at = -1; // rows may be others
      plot.view = view;
      if (!before || !plot.frame || isOther(before, view)) redrawAll(plot);
      else redrawTop(plot);
    };
    return { draw, resize: () => { if (plot.view) redrawAll(plot); }, beyond: () => plot.beyond };
  }

  const isOther = (before, view) => before.ink !== view.ink || before.table !== view.table || before.ids.join() !== view.ids.join() || before.tint !== view.tint;

  function layout({ model, view, scroller }) {
    const most = Math.max(SHORT, Math.min(LONG, Math.floor((0.7 * scroller.clientWidth) / view.ids.length / LETTER)));
    const axes = view.ids.map((id) => {
      const variable = model.byId.get(id);
      return { id, variable, scale: plots.model.scaleOf(variable, 6, 0, most) };
    });
    const [left, right] = [axes[0], axes[axes.length - 1]].map(margin);
    const width = Math.max(scroller.clientWidth, left + right + LEAST_ROOM * (axes.length - 1));
    const height = scroller.clientWidth < 560 ? 300 : 340;
    const room = (width - left - right) / Math.max(1, axes.length - 1);
    axes.forEach((axis, place) => { axis.x = left + room * place; });
    const isHoled = axes.some(({ variable }) => variable.values.some(Number.isNaN));
    const bottom = height - PAD.bottom - (isHoled ? 16 : 0);
    const frame = { width, height, room, axes, top: PAD.top, bottom, none: height - PAD.bottom, isHoled };
    for (const axis of axes) axis.ys = heights(axis, frame);
    return frame;
  }

  const margin = ({ scale }) => Math.max(MARGIN, ...scale.ticks.map((tick) => 14 + LETTER * tick.label.length));

  /** Where each run crosses an axis, in px from the top. */
  function heights({ variable, scale }, { top, bottom, none }) {
    return Float32Array.from(variable.values, (value) => (Number.isNaN(value) ? none : bottom - (bottom - top) * scale.at(value)));
  }

  // ---- drawing ----------------------------------------------------------------------------------

  function redrawAll(plot) {
    const frame = (plot.frame = layout(plot));
    plot.inner.style.width = `${frame.width}px`;
    reachable(plot, frame.width > plot.scroller.clientWidth);
    plot.box.style.height = `${frame.height}px`;
    plot.shades = shadesOf(plot);
    plot.beyond = frame.axes.map(({ variable, scale }) => [variable.values.filter(scale.isOut).length, variable.name])
      .filter(([count]) => count).map(([count, name]) => `${reportgen.format.plural(count, "run")} beyond the axis ${name}, at its end`).join("; ");
    const context = plots.sized(plot.canvases[0], frame.width, frame.height);
    context.strokeStyle = plot.view.ink.context;
    strokeLines(context, frame, Array.from({ length: plot.model.table.count }, (_, row) => row), 0.8, 0.5);
    plots.grip.titles(plot);
    redrawTop(plot);
  }

  /** What scrolls is scrolled by keyboard, too. */
  function reachable({ scroller }, isWide) {
    for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", "Runs as lines"]]) {
      if (isWide) scroller.setAttribute(name, value);
      else scroller.removeAttribute(name);
    }
  }

  function redrawTop(plot) {
    const { view, frame, canvases, shades } = plot;
    canvases[0].classList.toggle("shown", view.isPart);
    const context = plots.sized(canvases[1], frame.width, frame.height);
    const some = view.rows.length;
    const alpha = some > 2000 ? 0.35 : some > CURVED ? 0.45 : some > 100 ? 0.65 : 0.85;
    const coarse = some > CURVED ? COARSE : 1;
    const buckets = Array.from({ length: SHADES + 1 }, () => []);
    for (const row of view.rows) {
      const shade = shades.at[row];
      buckets[shade < SHADES ? Math.min(SHADES - 1, Math.floor(shade / coarse) * coarse + (coarse >> 1)) : SHADES].push(row);
    }
    [SHADES, ...Array(SHADES).keys()].forEach((shade) => { // the best on top
      context.strokeStyle = shades.inks[shade];
      strokeLines(context, frame, buckets[shade], some > CURVED ? 1 : 1.25, alpha, some > CURVED);
    });
    plots.grip.axes(plot);
    redrawOver(plot);
  }

  /** The chosen runs in their colours, and the one that the pointer found. */
  function redrawOver({ view, frame, canvases, at }) {
    const context = plots.sized(canvases[2], frame.width, frame.height);
    const line = (row, ink, width) => {
      context.strokeStyle = ink;
      strokeLines(context, frame, [row], width, 1, view.rows.length > CURVED);
    };
    for (const [row, colour] of view.chosen) {
      line(row, view.ink.surface, 5);
      line(row, view.ink[`c${colour}`] || view.ink["text-2"], 2.25);
    }
    if (at < 0) return;
    line(at, view.ink.surface, 5);
    line(at, view.ink[`c${view.chosen.get(at)}`] || view.ink.text, 2.25);
  }

  /** Lines of one colour; some at a time, as one path of thousands is slow to fill in. */
  function strokeLines(context, frame, rows, width, alpha, isStraight = rows.length > CURVED) {
    const { axes } = frame;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.globalAlpha = alpha;
    if (isStraight) return strokeStretches(context, axes, rows, alpha);
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      context.beginPath();
      for (const row of rows.slice(start, start + AT_ONCE)) {
        context.moveTo(axes[0].x, axes[0].ys[row]);
        for (let place = 1; place < axes.length; place += 1) {
          const [before, axis] = [axes[place - 1], axes[place]];
          const middle = (before.x + axis.x) / 2;
          context.bezierCurveTo(middle, before.ys[row], middle, axis.ys[row], axis.x, axis.ys[row]);
        }
      }
      context.stroke();
    }
  }

  /**
   * Straight lines from axis to axis. Those of many runs that cover each other, as where parameters have
   * few values, are drawn once, the denser the more there are: painting pixels is what takes the time.
   */
  function strokeStretches(context, axes, rows, alpha) {
    for (let place = 1; place < axes.length; place += 1) {
      const [{ x: left, ys: from }, { x: right, ys: to }] = [axes[place - 1], axes[place]];
      const counts = new Map();
      for (const row of rows) {
        const key = Math.round(from[row]) * 4096 + Math.round(to[row]);
        counts.set(key, (counts.get(key) || 0) + 1);
      }
      for (const [least, most, weight] of DENSITIES) {
        context.globalAlpha = 1 - (1 - alpha) ** weight;
        let some = 0;
        context.beginPath();
        for (const [key, count] of counts) {
          if (count < least || count > most) continue;
          context.moveTo(left, Math.floor(key / 4096));
          context.lineTo(right, key % 4096);
          some += 1;
          if (some % AT_ONCE) continue;
          context.stroke();
          context.beginPath();
        }
        context.stroke();
      }
    }
  }

  /** For each run the shade of its line: the better the metric, the higher; the last one without. */
  function shadesOf({ model, view }) {
    const { tint, ink } = view;
    const plain = SHADES;
    const at = new Uint8Array(model.table.count).fill(plain);
    const inks = [...Array(SHADES).keys()].map((shade) => mixed(ink, shade / (SHADES - 1)));
    inks[plain] = tint ? ink.context : ink["text-3"];
    if (!tint) return { at, inks };
    const scale = plots.model.scaleOf(tint, 5);
    const [worst, best] = [tint.low, tint.high].map(scale.at);
    tint.values.forEach((value, row) => {
      if (Number.isNaN(value)) return;
      const share = (scale.at(value) - worst) / (best - worst || 1);
      at[row] = Math.round((tint.direction === "lower" ? 1 - share : share) * (SHADES - 1));
    });
    return { at, inks };
  }

  /** A colour of the scale from worst (0) to best (1): between two of its five stops. */
  function mixed(ink, share) {
    const place = Math.min(3, Math.floor(share * 4));
    const parts = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
    const [from, to] = [parts(ink[`q${place}`]), parts(ink[`q${place + 1}`])];
    const rest = share * 4 - place;
    return `rgb(${from.map((part, i) => Math.round(part + (to[i] - part) * rest)).join(" ")})`;
  }

  // ---- finding a line ---------------------------------------------------------------------------

  /** The run whose line passes nearest below the pointer, among those that pass; -1 for none. */
  function find(plot, x, y) {
    const { axes, room } = plot.frame;
    const place = Math.max(0, Math.min(axes.length - 2, Math.floor((x - axes[0].x) / room)));
    if (axes.length < 2 || x < axes[0].x - 4 || x > axes[axes.length - 1].x + 4) return -1;
    const share = eased(Math.max(0, Math.min(1, (x - axes[place].x) / room)), plot.view.rows.length);
    const [from, to] = [axes[place].ys, axes[place + 1].ys];
    let found = -1;
    let least = REACH;
    for (const row of plot.view.rows) {
      const distance = Math.abs(from[row] + (to[row] - from[row]) * share - y);
      if (distance <= least) [found, least] = [row, distance - (plot.view.chosen.has(row) ? 1 : 0)];
    }
    return found;
  }

  /** How far up a bent line is at a share of the way across: the curve's own equation, solved. */
  function eased(across, lines) {
    if (lines > CURVED) return across;
    let [low, high] = [0, 1];
    for (let i = 0; i < 20; i += 1) {
      const t = (low + high) / 2;
      const x = 1.5 * t * (1 - t) + t ** 3;
      if (x < across) low = t;
      else high = t;
    }
    return low * low * (3 - 2 * low);
  }

  /** Arrow keys go through the runs that pass, the best first. */
  function press(plot, event) {
    const { view, model } = plot;
    const by = view.tint || model.byId.get(view.ids[view.ids.length - 1]);
    const sign = by.direction === "lower" ? 1 : -1;
    const order = [...view.rows].sort((a, b) => sign * (by.values[a] - by.values[b]) || a - b);
    const now = order.indexOf(plot.at);
    const last = order.length - 1;
    const next = { ArrowDown: Math.min(last, now + 1), ArrowRight: Math.min(last, now + 1), ArrowUp: Math.max(0, now - 1), ArrowLeft: Math.max(0, now - 1), Home: 0, End: last }[event.key];
    if ((event.key === "Enter" || event.key === " ") && plot.at >= 0) {
      event.preventDefault();
      plots.toggle(model.table, plot.at);
    } else if (next !== undefined && order.length) {
      event.preventDefault();
      show(plot, order[next], null);
    }
  }

  /** Find a run, and tell of it: beside the pointer, or to a screen reader. */
  function show(plot, row, event) {
    if (row !== plot.at) {
      plot.at = row;
      redrawOver(plot);
    }
    plot.box.classList.toggle("found", row >= 0);
    if (row < 0) return plots.showTip(null);
    const { table } = plot.model;
    const rows = plot.frame.axes.map(({ variable }) => [variable.name, plots.model.spelled(variable, variable.values[row]), variable === plot.view.tint]);
    const area = plot.box.getBoundingClientRect();
    const [x, y] = event ? [event.clientX, event.clientY] : [Math.min(innerWidth - 300, area.left + 80), area.top + 60];
    plots.showTip({ title: table.titles[row], colour: table.colours[row], rows }, x, y);
    if (!event) plot.said.textContent = [table.titles[row], ...rows.map(([name, value]) => `${name} ${value}`)].join(", ");
  }

  plots.parallel = { create, show };
})();
