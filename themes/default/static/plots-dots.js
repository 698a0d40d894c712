// Plots, the panels of dots: the best so far, and each parameter against the metric.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el } = reportgen;
  const MOST_PANELS = 8; // at first; more are drawn on demand
  const LEAST_DOTS = 3; // runs that dots are drawn of

  /** Whether a panel has anything to show: a parameter that varies, or which run was the best when. */
  const hasAny = (model, metric) => isDotted(metric) && (plots.model.telling(model, metric).length > 0 || bestOf(model, metric) !== null);

  const isDotted = (metric) => metric !== null && metric.values.filter((value) => !Number.isNaN(value)).length >= LEAST_DOTS;

  /** The panels: made anew where the metric changed, then drawn. */
  function draw(here) {
    const { metric, model } = here;
    if (!isDotted(metric)) return;
    if (here.drawn !== metric && !respecified(here)) makePanels(here);
    const shown = new Set(here.rows);
    const faint = [];
    for (let row = 0; row < model.table.count; row += 1) if (!shown.has(row)) faint.push(row);
    const view = { rows: here.rows, faint, chosen: here.chosen, ink: here.ink };
    here.panels.forEach((panel) => panel.want(view));
    next(here);
  }

  /** Draw the panels that are near the window and not up to date, one in a frame. */
  function next(here) {
    const panel = here.panels.find((one) => one.isNear() && !one.isFresh());
    if (!panel) return;
    panel.draw();
    here.waiting = requestAnimationFrame(() => next(here));
  }

  /** What a panel shows of a parameter. */
  const specOf = (model, param, metric) => ({ title: param.name, hint: hintOf(model, param, metric), x: param, y: metric });

  /** Whether the panels that stand there could take newer values of the same metric. */
  function respecified(here) {
    const { metric, model, panels, best } = here;
    if (!panels || here.drawn.name !== metric.name) return false;
    const specs = panels.map((panel) => {
      const param = panel === best ? null : model.byId.get(panel.id());
      return panel === best ? bestOf(model, metric) : param && specOf(model, param, metric);
    });
    const isNew = model.params.some((param) => !model.seeds.has(param.id) && !here.told.has(param.id));
    if (isNew || !specs.every(Boolean) || Boolean(best) !== Boolean(bestOf(model, metric))) return false;
    panels.forEach((panel, at) => panel.take(specs[at]));
    here.drawn = metric;
    return true;
  }

  function makePanels(here) {
    const { metric, model, parts } = here;
    here.drawn = metric;
    here.panels = [];
    here.near.disconnect();
    parts.best.replaceChildren();
    parts.scatter.replaceChildren();
    const make = (host, spec) => {
      const panel = plots.panel.create(host, model, spec);
      here.panels.push(panel);
      here.near.observe(panel.node);
      return panel;
    };
    const best = bestOf(model, metric);
    here.best = best ? make(parts.best, best) : null;
    const told = plots.model.telling(model, metric);
    here.told = new Set(told.map((param) => param.id));
    if (!told.length) return;
    const grid = el("div", { class: "figs plot-figs" });
    const add = (params) => params.map((param) => model.byId.get(param.id)).filter(Boolean) // they may be newer by now
      .forEach((param) => make(grid, specOf(model, param, here.metric)));
    parts.scatter.append(el("div", { class: "plot-head" }, el("h3", { text: `${metric.name} by parameter` }), el("span", { class: "hint", text: "association in these runs, not cause" })), grid);
    add(told.slice(0, MOST_PANELS));
    if (told.length > MOST_PANELS) {
      const more = el("button", { type: "button", class: "plot-button", text: `${told.length - MOST_PANELS} more`, onclick: () => { more.remove(); add(told.slice(MOST_PANELS)); here.refresh(); } });
      parts.scatter.append(more);
    }
  }

  function hintOf(model, param, metric) {
    const { strength, n, measure } = plots.model.associated(model, param, metric);
    if (n < plots.model.LEAST_RUNS) return `too few runs to say: ${n}`;
    if (strength === null) return "";
    const text = Math.abs(strength).toFixed(2);
    const sign = text === "0.00" || param.kind !== "number" ? "" : strength < 0 ? "\u2212" : "+";
    return `${measure} ${sign}${text}, n = ${n}`;
  }

  /** The panel of the best so far; null where no run may be called better by the metric. */
  function bestOf(model, metric) {
    if (!metric.mayRank || !metric.direction || !model.start.varies) return null;
    const { start, table } = model;
    const sign = metric.direction === "lower" ? -1 : 1;
    const rows = Array.from(start.values.keys()).filter((row) => !Number.isNaN(start.values[row]) && !Number.isNaN(metric.values[row]));
    rows.sort((a, b) => start.values[a] - start.values[b] || b - a);
    const leaders = [];
    for (const row of rows) {
      if (!leaders.length || sign * (metric.values[row] - metric.values[leaders[leaders.length - 1]]) > 0) leaders.push(row);
    }
    if (!leaders.length) return null;
    const last = leaders[leaders.length - 1];
    const steps = leaders.map((row) => [start.values[row], metric.values[row]]);
    const label = `${table.titles[last]} ${plots.model.spelled(metric, metric.values[last])}`;
    const days = [start.low, start.high].map((time) => reportgen.format.time(time).slice(0, 10));
    const when = days[0] === days[1] ? `on ${days[0]}, UTC` : "UTC";
    return { title: "Best so far", hint: `${metric.name} over the start of runs (${when}), ${metric.hint}`, x: start, y: metric, steps, label };
  }

  plots.dots = { hasAny, draw, next };
})();
