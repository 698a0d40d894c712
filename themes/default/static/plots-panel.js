// Plots, one panel: runs as dots, one variable across and one upwards. Dots on a canvas, axes as SVG.
// Pointer and keyboard find the same dots: hover or arrow keys tell of a run, click or Enter choose it.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el, svg } = reportgen;
  const PAD = { top: 10, right: 14, bottom: 24, left: 46 };
  const REACH = 14; // px from the pointer to a dot that it finds
  const MANY = 1500; // dots beyond which they are small squares
  const MOST_COLOURED = 7;
  const LABEL_AIR = 0.16; // of the height, above and below, where a label stands beside a line

  // ---- what all plots share ---------------------------------------------------------------------

  /** The colours of the page as they are now, light or dark. */
  function colours() {
    const style = getComputedStyle(document.documentElement);
    const probe = el("i", { class: "quiet", "aria-hidden": "true" });
    document.body.append(probe);
    const resolved = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const names = ["surface", "text", "text-2", "text-3", "line", "line-2", "accent", "context", "good", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "q0", "q1", "q2", "q3", "q4"];
    const found = Object.fromEntries(names.filter((name) => style.getPropertyValue(`--${name}`)).map((name) => [name, resolved(`--${name}`)]));
    probe.remove();
    return found;
  }

  /** A canvas of so many CSS pixels, sharp on any screen; its context, cleared. */
  function sized(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    const [across, up] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== up) canvas.height = up;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  /** The rows that are chosen, the first seven of which have their colours: Map(row -> colour or 0). */
  function chosen(table) {
    const rows = new Map(table.pages.map((page, row) => [page, row]));
    const found = reportgen.state.runs().map((page) => rows.get(page)).filter((row) => row !== undefined);
    return new Map(found.map((row, place) => [row, place < MOST_COLOURED ? table.colours[row] : 0]));
  }

  /** Choose a run, or leave it. */
  function toggle(table, row) {
    const page = table.pages[row];
    const runs = reportgen.state.runs();
    const left = runs.filter((one) => one !== page);
    const now = left.length === runs.length ? [...runs, page] : left;
    reportgen.state.set({ runs: now.join(",") });
    reportgen.say(`${table.titles[row]} ${now === left ? "is no longer chosen" : "is chosen"}`);
  }

  let tip = null;
  /** Show the tip beside a place of the window: {title, colour, rows: [[name, value]]}; null hides it. */
  function showTip(content, x, y) {
    if (!tip) {
      tip = el("div", { class: "plot-tip", "aria-hidden": "true" });
      document.body.append(tip);
    }
    tip.classList.toggle("shown", content !== null);
    if (content === null) return;
    const dot = el("span", { class: `dot${content.colour ? ` r${content.colour}` : ""}` });
    const rows = content.rows.map(([name, value, strong]) => el("div", { class: strong ? "strong" : null }, el("span", { text: name }), el("b", { text: value })));
    tip.replaceChildren(el("p", {}, dot, el("strong", { text: content.title })), ...rows);
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 16 + width > innerWidth - 8 ? x - width - 16 : x + 16;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, Math.min(innerHeight - height - 8, y - height / 2))}px`;
  }

  /** A line for screen readers that says what the last move found. */
  const voice = () => el("span", { class: "quiet", role: "status" });

  Object.assign(plots, { colours, sized, chosen, toggle, showTip, voice });

  // ---- the panel --------------------------------------------------------------------------------

  /**
   * A panel in `host`: {node, id(), take(spec), want(view), draw(), stale(), isNear(), isFresh()}: `draw`
   * draws what was last wanted, `take` takes newer values of the same variables. `spec` is {title, hint, x, y, steps, label}: variables of
   * the model, and the corners [x, y] of a line over the dots; `view` is {rows, faint, chosen, ink}.
   */
  function create(host, model, spec) {
    const canvas = el("canvas", { "aria-hidden": "true" });
    const axes = svg("svg", { class: "plot-axes", "aria-hidden": "true" });
    const said = voice();
    const box = el("div", {
      class: "plot-box", tabindex: "0", role: "group", "aria-roledescription": "scatter plot",
      "aria-label": `${spec.y.name} against ${spec.x.name}. Arrow keys go from run to run, Enter chooses one.`,
    }, canvas, axes, said);
    const hint = el("span", { text: spec.hint });
    const caption = el("figcaption", {}, el("b", { text: spec.title }), hint);
    const node = el("figure", { class: "card fig plot" }, caption, box);
    host.append(node);
    const panel = { model, spec, canvas, axes, box, said, node, caption, view: null, frame: null, at: -1, dots: [], isFresh: true };
    listen(panel);
    const stale = () => { panel.isFresh = false; };
    return {
      node, stale, isFresh: () => panel.isFresh, isNear: () => node.dataset.near === "yes",
      id: () => panel.spec.x.id,
      take: (newer) => { panel.spec = newer; hint.textContent = newer.hint; },
      want: (view) => { panel.view = view; stale(); },
      draw: () => { panel.isFresh = true; redraw(panel); },
    };
  }

  function layout(panel) {
    const { x, y, label: leader } = panel.spec;
    const width = Math.max(160, panel.box.clientWidth);
    const height = Math.max(120, panel.box.clientHeight);
    const up = plots.model.scaleOf(y, 5, leader ? LABEL_AIR : 0);
    const label = Math.max(...up.ticks.map((tick) => tick.label.length), 2);
    const left = Math.min(84, Math.max(30, 12 + label * 6.4));
    const across = width - left - PAD.right;
    const room = x.kind === "time" ? across / 90 : across / 60;
    const scale = plots.model.scaleOf(plots.model.among(x, y), Math.max(2, Math.floor(room)));
    const turned = x.kind === "category" && scale.ticks.some((tick) => tick.label.length * 6.4 > across / scale.ticks.length);
    const bottom = PAD.bottom + (turned ? 36 : 0);
    return { width, height, left, right: width - PAD.right, top: PAD.top, bottom: height - bottom, x: scale, y: up, turned };
  }

  function redraw(panel) {
    const frame = (panel.frame = layout(panel));
    drawAxes(panel, frame);
    const context = sized(panel.canvas, frame.width, frame.height);
    panel.dots = place(panel, frame);
    drawDots(panel, frame, context);
    panel.note?.remove();
    const out = panel.dots.filter((dot) => frame.y.isOut(panel.spec.y.values[dot.row])).length;
    if (!out) return;
    panel.note = el("span", { class: "plot-note", text: `${reportgen.format.plural(out, "run")} beyond the axis, at its border` });
    panel.caption.append(panel.note);
  }

  /** The dots of runs that have both values: [{row, x, y}], faint ones first. */
  function place({ spec, view }, frame) {
    const [across, up] = [frame.right - frame.left, frame.bottom - frame.top];
    const jitter = spec.x.kind === "category" ? Math.min(0.5 * frame.x.step, 24 / across) : 0;
    const found = [];
    for (const rows of [view.faint, view.rows]) {
      for (const row of rows) {
        const [vx, vy] = [spec.x.values[row], spec.y.values[row]];
        if (Number.isNaN(vx) || Number.isNaN(vy)) continue;
        const aside = jitter * (((row * 0.618) % 1) - 0.5); // dots of one category lie side by side
        found.push({ row, x: frame.left + across * (frame.x.at(vx) + aside), y: frame.bottom - up * frame.y.at(vy), faint: rows === view.faint });
      }
    }
    return found;
  }

  function drawDots({ dots, view, spec, at }, frame, context) {
    const { ink } = view;
    drawGrid(frame, context, ink);
    const many = dots.length > MANY;
    context.globalAlpha = 0.35;
    drawAll(context, dots.filter((dot) => dot.faint && !view.chosen.has(dot.row)), ink.context, many ? 1.5 : 2.5, many);
    context.globalAlpha = many ? 0.4 : view.chosen.size ? 0.45 : 0.62;
    drawAll(context, dots.filter((dot) => !dot.faint && !view.chosen.has(dot.row)), view.chosen.size ? ink["text-3"] : ink.accent, many ? 1.5 : 3.2, many);
    context.globalAlpha = 1;
    if (spec.steps) drawSteps(spec, frame, context, ink);
    for (const dot of dots) {
      if (view.chosen.has(dot.row)) drawRing(context, dot, ink[`c${view.chosen.get(dot.row)}`] || ink["text-2"], ink.surface, 5);
    }
    if (at >= 0 && dots[at]) drawRing(context, dots[at], inkOf(view, dots[at].row), ink.text, 5);
  }

  const inkOf = (view, row) => view.ink[`c${view.chosen.get(row)}`] || view.ink.accent;

  /** The lines behind the dots, one at each tick of the upright axis. */
  function drawGrid({ left, right, top, bottom, y }, context, ink) {
    context.fillStyle = ink.line;
    context.globalAlpha = 1;
    for (const { at } of y.ticks) context.fillRect(left, Math.round(bottom - (bottom - top) * at), right - left, 1);
  }

  function drawAll(context, dots, colour, radius, square) {
    context.fillStyle = colour;
    if (square) {
      for (const dot of dots) context.fillRect(dot.x - radius, dot.y - radius, 2 * radius, 2 * radius);
      return;
    }
    for (const dot of dots) {
      context.beginPath();
      context.arc(dot.x, dot.y, radius, 0, 7);
      context.fill();
    }
  }

  function drawRing(context, dot, colour, border, radius) {
    context.beginPath();
    context.arc(dot.x, dot.y, radius, 0, 7);
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = border;
    context.stroke();
  }

  /** A line of steps, level from each corner to the next, up to the right border. */
  function drawSteps(spec, frame, context, ink) {
    const across = (value) => frame.left + (frame.right - frame.left) * frame.x.at(value);
    const up = (value) => frame.bottom - (frame.bottom - frame.top) * frame.y.at(value);
    context.beginPath();
    spec.steps.forEach(([x, y], place) => {
      if (place) context.lineTo(across(x), up(spec.steps[place - 1][1]));
      context[place ? "lineTo" : "moveTo"](across(x), up(y));
    });
    const last = spec.steps[spec.steps.length - 1];
    context.lineTo(frame.right, up(last[1]));
    context.strokeStyle = ink.accent;
    context.lineWidth = 1.75;
    context.lineJoin = "round";
    context.stroke();
    for (const [x, y] of spec.steps) drawRing(context, { x: across(x), y: up(y) }, ink.accent, ink.surface, 4);
  }

  function drawAxes({ axes, spec }, frame) {
    const { left, right, top, bottom } = frame;
    axes.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    axes.setAttribute("width", frame.width);
    axes.setAttribute("height", frame.height);
    const parts = [];
    for (const tick of frame.y.ticks) {
      const y = Math.round(bottom - (bottom - top) * tick.at) + 0.5;
      parts.push(svg("text", { class: "y", x: left - 8, y: y + 3.5 }, tick.label));
    }
    parts.push(svg("path", { class: "a", d: `M${left} ${Math.round(bottom) + 0.5}H${right}` }));
    for (const tick of frame.x.ticks) {
      const x = left + (right - left) * tick.at;
      const turned = frame.turned ? { transform: `rotate(-38 ${x} ${bottom + 14})`, class: "y" } : { class: "x" };
      parts.push(svg("text", { ...turned, x, y: bottom + (frame.turned ? 14 : 16) }, tick.label));
    }
    if (spec.label) parts.push(stepLabel(spec, frame));
    axes.replaceChildren(...parts);
  }

  /** The name of the run that leads, where its step begins: above or below the line, within the frame. */
  function stepLabel({ steps, label, y }, frame) {
    const [lastX, lastY] = steps[steps.length - 1];
    const x = frame.left + (frame.right - frame.left) * frame.x.at(lastX);
    const lower = y.direction === "lower";
    const place = frame.bottom - (frame.bottom - frame.top) * frame.y.at(lastY) + (lower ? 17 : -10);
    const isRight = x > (frame.left + frame.right) / 2;
    return svg("text", { class: `n${isRight ? " end" : ""}`, x: x + (isRight ? -2 : 2), y: Math.max(frame.top + 8, Math.min(frame.bottom - 4, place)) }, label);
  }

  // ---- pointer and keyboard ---------------------------------------------------------------------

  function listen(panel) {
    const { box } = panel;
    box.addEventListener("pointermove", (event) => find(panel, event));
    box.addEventListener("pointerleave", () => show(panel, -1));
    box.addEventListener("blur", () => show(panel, -1));
    box.addEventListener("click", (event) => {
      find(panel, event);
      if (panel.at >= 0) toggle(panel.model.table, panel.dots[panel.at].row);
    });
    box.addEventListener("keydown", (event) => press(panel, event));
  }

  function find(panel, event) {
    const area = panel.box.getBoundingClientRect();
    const [x, y] = [event.clientX - area.left, event.clientY - area.top];
    let best = -1;
    let least = REACH * REACH;
    panel.dots.forEach((dot, place) => {
      const distance = (dot.x - x) ** 2 + (dot.y - y) ** 2;
      if (distance <= least) [best, least] = [place, distance];
    });
    show(panel, best);
  }

  /** Arrows go to the next run from left to right; Home and End to the ends; Enter chooses. */
  function press(panel, event) {
    const order = panel.dots.map((_, place) => place).filter((place) => !panel.dots[place].faint);
    order.sort((a, b) => panel.dots[a].x - panel.dots[b].x || panel.dots[b].y - panel.dots[a].y);
    const now = order.indexOf(panel.at);
    const last = order.length - 1;
    const next = { ArrowRight: Math.min(last, now + 1), ArrowUp: Math.min(last, now + 1), ArrowLeft: Math.max(0, now - 1), ArrowDown: Math.max(0, now - 1), Home: 0, End: last }[event.key];
    if (event.key === "Escape") show(panel, -1);
    else if ((event.key === "Enter" || event.key === " ") && now >= 0) {
      event.preventDefault();
      toggle(panel.model.table, panel.dots[panel.at].row);
    } else if (next !== undefined && order.length) {
      event.preventDefault();
      show(panel, order[next]);
      panel.said.textContent = words(panel).map((part) => part.join(" ")).join(", ");
    }
  }

  function words({ model, spec, dots, at }) {
    const { row } = dots[at];
    const of = (one) => [one.name, plots.model.spelled(one, one.values[row])];
    return [[model.table.titles[row]], of(spec.x), of(spec.y)];
  }

  function show(panel, at) {
    if (at === panel.at) return;
    panel.at = at;
    if (!panel.frame) return;
    const context = sized(panel.canvas, panel.frame.width, panel.frame.height);
    drawDots(panel, panel.frame, context);
    panel.box.classList.toggle("found", at >= 0);
    if (at < 0) return showTip(null);
    const [[title], ...rows] = words(panel);
    const dot = panel.dots[at];
    const area = panel.box.getBoundingClientRect();
    showTip({ title, colour: panel.model.table.colours[dot.row], rows: rows.map(([name, value]) => [name, value]) }, area.left + dot.x, area.top + dot.y);
  }

  plots.panel = { create };
})();
