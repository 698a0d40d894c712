// Plots, groups over curves: for each group of runs the mean of a metric with a band, every run's own
// curve faint. Points come from the runs' own files, once the plot is near the window.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el, state } = reportgen;
  const MOST_GROUPS = 7; // as many as there are colours
  const AT_ONCE = 60; // runs whose points are loaded without being asked for
  const MOST_RUNS = 50; // of a group
  const SIDE_BY_SIDE = 8; // files that are loaded at a time
  const PAUSE = 150; // ms after the last change of what passes
  const MOST_VALUES = 40; // of a parameter that groups
  const BANDS = [
    ["std", "± std", "the mean plus and minus the standard deviation of the runs"],
    ["se", "± se", "the mean plus and minus its standard error"],
    ["ci95", "95%", "the 95% interval of the mean, by Student's t"],
    ["minmax", "Min–max", "from the least to the greatest run"],
  ];

  /** The metrics that have a curve in some run, in the order of the table. */
  function curved(model) {
    return model.metrics.filter((metric) => model.table.metrics.get(metric.name).count.some((count) => count > 1));
  }

  /** What runs can be grouped by, so that some stand together: [[value of `by`, words]]. */
  function choices(model, metric) {
    const { table, params } = model;
    const rows = Array.from({ length: table.count }, (_, row) => row).filter((row) => isCounted(table, metric, row));
    const ways = params.filter((param) => param.kind === "category" || param.few || new Set(param.values).size <= MOST_VALUES)
      .map((param) => [param.name, param.name]);
    if (table.seeds.length) ways.unshift([plots.means.SEEDS, `all parameters but ${table.seeds.join(", ")}`]);
    return ways.filter(([by]) => plots.means.alike(model, rows, by).some((group) => group.rows.length > 1));
  }

  const isCounted = (table, metric, row) => table.statuses[row] === "FINISHED" && table.metrics.get(metric.name).count[row] > 1;

  /** What there is to choose from: {metrics, lead, ways}; `ways` is empty where nothing can be grouped. */
  function offered(model) {
    const metrics = curved(model);
    const lead = metrics.find((metric) => metric === model.lead) || metrics[0];
    return { metrics, lead, ways: lead && reportgen.chart ? choices(model, lead) : [] };
  }

  /** The plot, in `host`; null where there is nothing to group. Gives {draw(rows), renew()}. */
  function create(host, model) {
    const first = offered(model);
    if (!first.ways.length) return null;
    const plot = { model, ...first, chart: null, rows: [], loaded: new Map(), isNear: false, isStale: true, asked: AT_ONCE, turn: 0 };
    plot.read = () => ({
      metric: plot.metrics.find((metric) => metric.name === state.get("group")) || plot.lead,
      by: state.get("by") && plot.ways.some(([value]) => value === state.get("by")) ? state.get("by") : plot.ways[0][0],
      band: BANDS.some(([value]) => value === state.get("band")) ? state.get("band") : "std",
    });
    build(plot, host);
    reportgen.on("live", (paths) => {
      for (const page of plot.loaded.keys()) if (paths.includes(`runs/${page}/run.js`)) plot.loaded.delete(page);
    });
    for (const key of ["group", "by", "band"]) state.on(key, () => refresh(plot));
    new IntersectionObserver(([entry]) => {
      plot.isNear = entry.isIntersecting;
      if (plot.isNear && plot.isStale) refresh(plot);
    }, { rootMargin: "400px 0px" }).observe(plot.node);
    let waiting = 0;
    const draw = (rows) => {
      if (plot.rows.length === rows.length && rows.every((row, place) => row === plot.rows[place])) return;
      plot.rows = rows;
      clearTimeout(waiting);
      waiting = setTimeout(() => refresh(plot), PAUSE);
    };
    return { draw, renew: () => renew(plot) };
  }

  const namesOf = (metrics) => metrics.map((metric) => [metric.name, metric.name]);

  /** The model has newer values: what is wished stays, and is drawn of them. */
  function renew(plot) {
    const now = offered(plot.model);
    if (!now.ways.length) return; // what stands there was true a moment ago
    Object.assign(plot, now, { rows: [], turn: plot.turn + 1 });
    plot.metricBox.offer(namesOf(now.metrics));
    plot.byBox.offer(now.ways);
  }

  function build(plot, host) {
    plot.metricBox = plots.select("Metric", namesOf(plot.metrics), (value) => state.set({ group: value === plot.lead.name ? "" : value }));
    plot.byBox = plots.select("Group by", plot.ways, (value) => state.set({ by: value === plot.ways[0][0] ? "" : value }));
    plot.bandBox = plots.segments("Band", BANDS, (value) => state.set({ band: value === "std" ? "" : value }));
    plot.place = el("div", { class: "plot-chart" });
    plot.more = el("p", { class: "faint after", role: "status" });
    plot.node = el("div", { class: "plot-part" },
      el("div", { class: "plot-head" }, el("h3", { text: "Groups over steps" }), plot.metricBox.node, plot.byBox.node, plot.bandBox.node),
      el("div", { class: "card fig plot-groups" }, plot.place, plot.more));
    host.append(plot.node);
  }

  async function refresh(plot) {
    const { model } = plot;
    const { metric, by, band } = plot.read();
    plot.metricBox.show(metric.name);
    plot.byBox.show(by);
    plot.bandBox.show(band);
    plot.isStale = !plot.isNear;
    if (plot.isStale) return;
    const turn = (plot.turn += 1);
    const rows = plot.rows.filter((row) => isCounted(model.table, metric, row));
    const groups = plots.means.groupsOf(model, rows.sort((a, b) => a - b), by, metric);
    const shown = groups.slice(0, MOST_GROUPS).map((group) => ({ ...group, rows: group.rows.slice(0, MOST_RUNS), left: group.rows.length - MOST_RUNS }));
    const wanted = shown.flatMap((group) => group.rows);
    const missing = wanted.filter((row) => !plot.loaded.has(plot.model.table.pages[row]));
    if (missing.length > plot.asked) return offer(plot, missing.length);
    if (missing.length) plot.more.textContent = `Loading the curves of ${reportgen.format.plural(missing.length, "run")} …`;
    const failed = await load(plot, missing);
    if (turn !== plot.turn) return; // something else is wished by now
    draw(plot, shown, groups.length, { metric, by, band }, failed);
  }

  function offer(plot, count) {
    clear(plot);
    const words = `Draw the curves of ${reportgen.format.plural(count, "run")}`;
    plot.more.replaceChildren(el("button", { type: "button", class: "plot-button", text: words, onclick: () => { plot.asked = count; refresh(plot); } }));
  }

  /** Load runs that are not here yet; gives the message of the last that could not be, or "". */
  async function load(plot, rows) {
    const { pages } = plot.model.table;
    let failed = "";
    await reportgen.load.each(rows, SIDE_BY_SIDE, async (row) => {
      const page = pages[row];
      try {
        plot.loaded.set(page, (await reportgen.load.run(page)).curves);
      } catch (error) {
        failed = error.message;
      }
    });
    return failed;
  }

  function draw(plot, groups, all, { metric, by, band }, failed) {
    const series = [];
    const bands = [];
    const notes = [];
    groups.forEach((group, place) => {
      const colour = place + 1;
      const curvesOf = (row) => plot.loaded.get(plot.model.table.pages[row]);
      const own = group.rows.filter((row) => curvesOf(row)?.has(metric.name));
      const curves = own.map((row) => plots.means.stepped(curvesOf(row).get(metric.name)));
      if (!curves.length) return;
      const mean = plots.means.meanOf(curves, band);
      const name = `n = ${Math.max(...mean.counts)}: ${group.name}`;
      if (curves.length > 1) {
        curves.forEach((curve, at) => series.push({ name: plot.model.table.titles[own[at]], id: name, colour, faint: true, steps: Float64Array.from(curve.steps), times: null, values: Float64Array.from(curve.values) }));
        bands.push({ name, colour, steps: mean.steps, times: null, lower: mean.lower, upper: mean.upper });
        const rests = plots.means.restsOn(mean);
        if (rests !== String(own.length)) notes.push(`${group.name}: ${rests}`);
      }
      series.push({ name, id: name, colour, steps: mean.steps, times: null, values: mean.mean });
    });
    if (plot.drawn !== metric.name || !series.length) clear(plot);
    if (plot.chart) plot.chart.update(series, bands);
    else if (series.length) plot.chart = reportgen.chart.create(plot.place, { title: `${metric.name}, mean of groups`, hint: metric.hint || "", series, bands, height: 280 });
    plot.drawn = metric.name;
    plot.more.textContent = [summary(groups, all, by, band), notes.length ? `runs that a mean rests on: ${notes.join("; ")}` : "", failed].filter(Boolean).join(" · ");
  }

  /** Away with a chart that is of something else than what is wished. */
  function clear(plot) {
    if (plot.chart) plot.chart.destroy();
    plot.chart = null;
  }

  function summary(groups, all, by, band) {
    if (!groups.length) return "No finished run with a curve of it passes.";
    const words = BANDS.find(([value]) => value === band)[2];
    const some = all > groups.length ? `${groups.length} of ${reportgen.format.plural(all, "group")}` : reportgen.format.plural(all, "group");
    const newest = groups.some((group) => group.left > 0) ? `, the newest ${MOST_RUNS} of each` : "";
    return `${some} of finished runs${newest}; the band is ${words}; between the points of a run by a straight line, never beyond them`;
  }

  plots.groups = { create, isGrouped: (model) => offered(model).ways.length > 0 };
})();
