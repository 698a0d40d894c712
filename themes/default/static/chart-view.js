// Charts, what they share on a page: the view that the address keeps, colours, and a queue that has
// at most one chart drawn in a frame.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { el, state } = reportgen;
  const KEYS = ["x", "smooth", "log", "clip", "hide", "front", "zoom"];

  // ---- the view ---------------------------------------------------------------------------------

  const listed = (text) => text.split(",").filter(Boolean).map((part) => part.replaceAll("%2C", ",").replaceAll("%25", "%"));
  const asList = (parts) => [...parts].map((part) => part.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
  const watchers = new Set();
  let view = read();

  function read() {
    const smooth = Number(state.get("smooth"));
    const [low, high] = state.get("zoom").split(",").map(Number);
    const x = state.get("x");
    return {
      x: ["time", "wall"].includes(x) ? x : "step",
      smooth: smooth > 0 ? Math.min(0.99, smooth) : 0,
      log: listed(state.get("log")), // "log" or "linear" for all; "+title", "-title" for one
      clip: state.get("clip") === "1",
      hide: new Set(listed(state.get("hide"))),
      front: state.get("front"), // the line that is kept in front on all charts
      zoom: high > low ? [low, high] : null,
    };
  }

  function written() {
    return {
      x: view.x === "step" ? "" : view.x,
      smooth: view.smooth ? String(view.smooth) : "",
      log: asList(view.log),
      clip: view.clip ? "1" : "",
      hide: asList(view.hide),
      front: view.front,
      zoom: view.zoom ? view.zoom.map((place) => Number(place.toPrecision(13))).join(",") : "",
    };
  }

  /** How all charts of the page are looked at: { x, smooth, log, clip, hide, front, zoom }. */
  chart.view = () => view;

  let writing = 0;
  /** Change the view: charts follow at once; the address a moment later, as browsers limit that. */
  chart.change = (changes) => {
    if (changes.x && changes.x !== view.x) changes.zoom = null;
    view = { ...view, ...changes };
    clearTimeout(writing);
    writing = setTimeout(() => state.set(written()), 100);
    for (const watcher of watchers) watcher(Object.keys(changes));
  };

  for (const key of KEYS) {
    state.on(key, () => {
      const now = written()[key];
      if (state.get(key) === now) return;
      view = { ...view, [key]: read()[key] };
      for (const watcher of watchers) watcher([key]);
    });
  }

  /** Call `watcher(keys)` on each change; gives what ends it. */
  chart.watch = (watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  };

  /** What is wished of the value axis of a chart: "log", "linear", or "" for what fits. */
  chart.logOf = (title) => {
    if (view.log.includes(`+${title}`)) return "log";
    if (view.log.includes(`-${title}`)) return "linear";
    return ["log", "linear"].find((word) => view.log.includes(word)) || "";
  };
  chart.setLog = (title, wish) => {
    const rest = view.log.filter((part) => part !== `+${title}` && part !== `-${title}`);
    chart.change({ log: [...rest, `${wish === "log" ? "+" : "-"}${title}`] });
  };

  // ---- one chart a frame ------------------------------------------------------------------------

  const queue = new Map(); // owner -> work
  let waiting = 0;

  function next() {
    waiting = 0;
    const [owner, work] = queue.entries().next().value || [];
    if (owner === undefined) return;
    queue.delete(owner);
    if (queue.size) waiting = requestAnimationFrame(next);
    work();
  }

  /** Do work in a frame of its own; the last work of an owner counts. */
  chart.later = (owner, work) => {
    queue.set(owner, work);
    if (!waiting) waiting = requestAnimationFrame(next);
  };
  chart.forget = (owner) => queue.delete(owner);

  // ---- colours ----------------------------------------------------------------------------------

  const NAMES = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "context", "line", "line-2", "text", "text-2", "text-3", "surface", "bad"];
  let inks = null;
  /** The colours of the theme as a canvas takes them: inks().c1 to c7, context, line, text... */
  chart.inks = () => {
    if (inks) return inks;
    const probe = el("span", { class: "quiet", "aria-hidden": "true" });
    document.body.append(probe);
    const style = getComputedStyle(probe);
    inks = { sans: style.fontFamily, forced: matchMedia("(forced-colors: active)").matches };
    for (const name of NAMES) {
      probe.style.color = `var(--${name})`;
      inks[name] = style.color;
    }
    probe.remove();
    return inks;
  };
  const fresh = () => {
    inks = null;
    for (const watcher of watchers) watcher(["theme"]);
  };
  reportgen.on("theme", fresh);
  const scheme = document.getElementById("scheme");
  if (scheme) scheme.addEventListener("change", fresh);

  /** The colour of a series: 1 to 7, else grey. */
  chart.inkOf = (colour) => (colour >= 1 && colour <= 7 ? chart.inks()[`c${colour}`] : chart.inks().context);
  const DASHES = [[], [], [7, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2, 1, 2], [1, 4]];
  /** The dashes of a series; where the system sets the colours, they tell lines apart. */
  chart.dashOf = (series) => {
    if (series.dash) return series.dash;
    if (series.dashed) return [5, 4];
    return chart.inks().forced ? DASHES[series.colour] || [] : [];
  };

  // ---- the controls of a page -------------------------------------------------------------------

  function segments(label, choices, get, set) {
    const buttons = choices.map(([value, text, title]) => el("button", {
      type: "button", text, title, "aria-pressed": String(get() === value), onclick: () => set(value),
    }));
    chart.watch(() => buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(get() === choices[i][0]))));
    return el("div", { class: "seg", role: "group", "aria-label": label }, buttons);
  }

  function slider() {
    const output = el("output", { class: "num" });
    const input = el("input", {
      type: "range", min: "0", max: "0.99", step: "0.01", "aria-label": "Smoothing",
      title: "Exponential moving average; the raw line stays faint behind",
      oninput: () => chart.change({ smooth: Number(input.value) }),
    });
    const show = () => {
      input.value = String(view.smooth);
      output.value = view.smooth ? view.smooth.toFixed(2) : "off";
    };
    show();
    chart.watch(show);
    return el("label", { class: "smooth" }, el("span", { text: "Smoothing" }), input, output);
  }

  /** The bar that sets the view of all charts of a page. */
  chart.controls = () => {
    const whole = () => ["log", "linear"].find((word) => view.log.includes(word)) || "";
    const clip = el("button", {
      type: "button", class: "toggle", text: "Clip outliers", title: "Leave out the outer 1 % of the drawn values on each side; a chart says how many points it hides",
      "aria-pressed": String(view.clip), onclick: () => chart.change({ clip: !view.clip }),
    });
    const reset = el("button", { type: "button", class: "toggle", text: "Reset zoom", onclick: () => chart.change({ zoom: null }) });
    const show = () => {
      clip.setAttribute("aria-pressed", String(view.clip));
      reset.hidden = !view.zoom;
    };
    show();
    chart.watch(show);
    return el("div", { class: "ct-controls" },
      segments("Horizontal axis", [["step", "Step"], ["time", "Relative", "Time since the start of each run"], ["wall", "Wall time", "Time of day, UTC"]], () => view.x, (x) => chart.change({ x })),
      slider(),
      segments("Value axis", [["linear", "Linear"], ["", "Auto", "Logarithmic where all values are above 0 and span more than three decades"], ["log", "Log"]], whole, (log) => chart.change({ log: log ? [log] : [] })),
      clip, reset);
  };
})();
