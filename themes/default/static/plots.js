// Plots of an experiment's page, the section "Explore", as a whole: what it shows of the runs that pass,
// in which order its parts are drawn. State in the address: `px` the metric, `brush`
// limits of axes, `axes` their order, `group`, `by` and `band` of the groups.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el, state } = reportgen;
  const MOST_AXES = 7; // parameters at first
  const PAUSE = 90; // ms between two filterings of the table during a drag

  // ---- the section ------------------------------------------------------------------------------

  let visible = null; // rows that the table lets through; null before it says so
  let page = null;
  reportgen.on("visible", (rows) => {
    visible = rows;
    if (page) page.refresh();
  });

  async function start() {
    const section = document.getElementById("explore-plots");
    const slug = document.getElementById("content").dataset.experiment;
    if (!section || !slug || page) return;
    try {
      const table = await reportgen.load.table(slug);
      page ??= pageOf(section, plots.model.of(table));
    } catch (error) {
      section.hidden = false;
      section.replaceChildren(el("p", { class: "empty", text: error.message }));
    }
  }

  /** The runs as they are by now, while a watch goes on; null where nothing can be drawn yet. */
  reportgen.on("table", (table) => {
    if (page) renew(page, table);
    else start();
  });
  reportgen.on("renewed", start); // the section may have come with the second run

  /** Take in other values: all parts share one model. What is set, open and in sight stays. */
  function renew(here, table) {
    const { pages } = here.model.table;
    const rowOf = new Map(table.pages.map((name, row) => [name, row]));
    visible = visible && visible.map((row) => rowOf.get(pages[row])).filter((row) => row !== undefined);
    const { metric, ids } = here;
    Object.assign(here.model, plots.model.of(table));
    readState(here);
    here.metric = here.model.metrics.find((one) => metric && one.name === metric.name) || here.metric;
    if (ids.length > 1 && ids.every((id) => here.model.byId.has(id))) here.ids = ids;
    here.metricBox.offer(metricChoices(here.model));
    here.metricBox.node.hidden = here.model.metrics.length < 2;
    buildParallel(here);
    if (here.groups) here.groups.renew();
    else here.groups = plots.groups.create(here.section, here.model);
    if (here.brush.size) emit(here);
    else refresh(here);
  }

  const metricChoices = (model) => model.metrics.map((one) => [one.name, one.name]);

  function pageOf(section, model) {
    if (model.table.count < 2 || !(model.params.length || model.metrics.length)) return null;
    const here = { section, model, brush: new Map(), ink: plots.colours(), parts: {}, wide: false };
    readState(here);
    if (!isDrawn(here)) return null;
    build(here);
    section.hidden = false;
    section.dataset.live = "";
    foldPictures();
    here.refresh = () => refresh(here);
    watch(here);
    refresh(here);
    if (here.brush.size) emit(here);
    return here;
  }

  const isDrawn = ({ ids, model, metric }) => ids.length > 1 || plots.dots.hasAny(model, metric) || plots.groups.isGrouped(model);

  /** The painted pictures tell what the plots tell: they fold away. */
  function foldPictures() {
    const heading = document.getElementById("overviews");
    const section = heading && heading.closest("section");
    const figures = section && section.querySelector(".figs");
    if (!figures) return;
    const summary = el("summary", {}, heading, el("span", { class: "hint", text: " as painted pictures" }));
    const fold = el("details", {}, summary, figures);
    section.replaceChildren(fold);
    let wasOpen = false; // on paper they stand for the plots, of which only those in sight are drawn
    addEventListener("beforeprint", () => { wasOpen = fold.open; fold.open = true; });
    addEventListener("afterprint", () => { fold.open = wasOpen; });
    section.dataset.live = "";
  }

  function readState(here) {
    const { model } = here;
    here.metric = model.metrics.find((one) => one.name === state.get("px")) || model.lead;
    here.brush = plots.brush.read(state.get("brush"), model);
    here.ids = axesOf(here);
  }

  /** The axes: as the address says, else the most telling parameters and the metric. */
  function axesOf({ model, metric }) {
    const asked = state.get("axes").split(",").map((part) => part.replaceAll("%2C", ",")).filter((id) => model.byId.has(id));
    if (asked.length) return [...new Set(asked)];
    const params = (metric ? plots.model.telling(model, metric) : model.params.filter((one) => !model.seeds.has(one.id))).slice(0, MOST_AXES);
    const order = [...model.params].filter((one) => params.includes(one));
    return [...order, ...(metric ? [metric] : [])].map((one) => one.id);
  }

  function build(here) {
    const { section, model } = here;
    const hint = el("span", { class: "hint", text: "hover a run to read it, press to choose it; it keeps its colour on the whole page" });
    here.metricBox = plots.select("Metric", metricChoices(model), (value) => state.set({ px: model.lead && value === model.lead.name ? "" : value }));
    here.metricBox.node.hidden = model.metrics.length < 2;
    section.append(el("div", { class: "sh" }, el("h2", { id: "explore", text: "Explore" }), hint, here.metricBox.node));
    here.parts.best = el("div", { class: "plot-part" });
    here.parts.scatter = el("div", { class: "plot-part" });
    section.append(here.parts.best, here.parts.scatter);
    buildParallel(here);
    here.groups = plots.groups.create(section, model);
  }

  function buildParallel(here) {
    const { model, section } = here;
    if (here.parallel || here.ids.length < 2) return;
    here.limits = el("div", { class: "plot-limits", role: "group", "aria-label": "Limits" });
    here.legend = el("span", { class: "plot-legend" });
    here.chooser = el("details", { class: "plot-chooser" }, el("summary", { text: "Axes" }));
    here.chooser.addEventListener("toggle", () => { if (here.chooser.open) fillChooser(here); });
    const caption = el("figcaption", {}, el("b", { text: "Runs as lines" }), here.legend, here.chooser);
    const holder = el("div", { class: "par" });
    section.querySelector(".sh").after(el("figure", { class: "card fig plot-par" }, caption, holder, here.limits));
    here.parallel = plots.parallel.create(holder, model, {
      brush: (brush, isDone) => setBrush(here, brush, isDone),
      order: (ids) => state.set({ axes: ids.map((id) => id.replaceAll(",", "%2C")).join(",") }),
    });
  }

  function fillChooser(here) {
    const { model } = here;
    const boxes = [...model.params, ...model.metrics, model.start].map((one) => {
      const box = el("input", { type: "checkbox", value: one.id, checked: here.ids.includes(one.id), onchange: () => {
        const ids = box.checked ? [...here.ids, one.id] : here.ids.filter((id) => id !== one.id);
        if (ids.length) state.set({ axes: ids.map((id) => id.replaceAll(",", "%2C")).join(",") });
        else box.checked = true;
      } });
      return el("label", {}, box, el("span", { text: one.name }));
    });
    const usual = el("button", { type: "button", class: "plot-button", text: "As at first", onclick: () => state.set({ axes: "" }) });
    here.chooser.replaceChildren(here.chooser.firstElementChild, el("div", { class: "plot-pop plot-boxes" }, boxes, usual));
  }

  // ---- brush ------------------------------------------------------------------------------------

  let pausing = 0;
  let isMine = false;

  /** New limits: lines follow at once, the table after a moment, the address when the drag ends. */
  function setBrush(here, brush, isDone) {
    here.brush = brush;
    follow(here);
    clearTimeout(pausing);
    if (!isDone) {
      pausing = setTimeout(() => emit(here), PAUSE);
      return;
    }
    here.written = plots.brush.write(brush);
    state.set({ brush: here.written });
    emit(here);
  }

  function emit(here) {
    isMine = true;
    reportgen.emit("brush", here.brush.size ? plots.brush.passing(here.brush, here.model) : null);
    isMine = false;
    refresh(here);
  }

  function showLimits(here) {
    const chips = [...here.brush].map(([id, limits]) => {
      const text = plots.brush.words(here.model.byId.get(id), limits);
      const lift = () => {
        const brush = new Map(here.brush);
        brush.delete(id);
        setBrush(here, brush, true);
      };
      return el("button", { type: "button", class: "plot-chip", "aria-label": `${text}: lift this limit`, onclick: lift }, el("span", { text }), el("span", { "aria-hidden": "true", text: "×" }));
    });
    const { count } = here.model.table;
    const words = here.rows.length < count ? `${here.rows.length} of ${reportgen.format.plural(count, "run")} pass` : "drag along an axis, or press its title, to filter the table";
    const all = [words, here.parallel.beyond()].filter(Boolean).join(" · ");
    here.limits.replaceChildren(...chips, el("span", { class: "faint", text: all }));
  }

  // ---- drawing ----------------------------------------------------------------------------------

  function watch(here) {
    const { model } = here;
    state.on("runs", () => refresh(here));
    state.on("px", () => { readState(here); refresh(here); });
    state.on("axes", () => { readState(here); refresh(here); if (here.chooser.open) fillChooser(here); });
    state.on("brush", (text) => {
      if (text === here.written) return;
      here.brush = plots.brush.read(text, model);
      emit(here);
    });
    reportgen.on("brush", (rows) => { if (rows === null && !isMine && here.brush.size) setBrush(here, new Map(), true); });
    reportgen.on("theme", () => { here.ink = plots.colours(); refresh(here); });
    here.near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) target.dataset.near = isIntersecting ? "yes" : "";
      if (here.panels) plots.dots.next(here);
    }, { rootMargin: "300px 0px" });
    let width = here.section.clientWidth;
    new ResizeObserver(() => {
      if (here.section.clientWidth === width) return;
      width = here.section.clientWidth;
      here.parallel?.resize();
      for (const panel of here.panels || []) panel.stale();
      refresh(here);
    }).observe(here.section);
  }

  /** What passes the table's filter and the brush. */
  function passing(here) {
    const inside = here.brush.size ? plots.brush.passing(here.brush, here.model) : null;
    if (!visible) return inside || Array.from({ length: here.model.table.count }, (_, row) => row);
    if (!inside) return visible;
    const kept = new Set(inside);
    return visible.filter((row) => kept.has(row));
  }

  /** Draw what is in sight, a plot in a frame: what follows in one go is drawn once. */
  function refresh(here) {
    cancelAnimationFrame(here.waiting);
    here.waiting = requestAnimationFrame(() => {
      drawParallel(here);
      here.waiting = requestAnimationFrame(() => {
        if (here.groups) here.groups.draw(here.rows);
        plots.dots.draw(here);
      });
    });
  }

  /** Lines in the next frame, of however many moves of a pointer there were. */
  let moving = 0;
  function follow(here) {
    cancelAnimationFrame(moving);
    moving = requestAnimationFrame(() => drawParallel(here));
  }

  function drawParallel(here) {
    const { model, metric, brush, ids, ink } = here;
    here.rows = passing(here);
    here.chosen = plots.chosen(model.table);
    if (metric) here.metricBox.show(metric.name);
    if (!here.parallel) return;
    const tint = metric && metric.direction && metric.varies ? metric : null;
    here.parallel.draw({ table: model.table, ids, brush, rows: here.rows, isPart: here.rows.length < model.table.count, chosen: here.chosen, ink, tint });
    showLimits(here);
    showLegend(here, tint);
  }

  function showLegend(here, tint) {
    if (here.tinted === tint && here.legend.childNodes.length) return;
    here.tinted = tint;
    if (!tint) {
      here.legend.textContent = here.metric && !here.metric.direction ? `grey: which values of ${here.metric.name} are better is not known` : "";
      return;
    }
    const [worst, best] = tint.direction === "lower" ? [tint.high, tint.low] : [tint.low, tint.high];
    const spelled = (value) => plots.model.spelled(tint, value);
    here.legend.replaceChildren(el("span", { text: `${tint.name}, ${tint.hint}` }), el("span", { class: "plot-ramp" }, el("span", { text: spelled(worst) }), el("i"), el("span", { text: spelled(best) })));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
