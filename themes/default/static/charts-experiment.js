// The section "Curves" of an experiment's page: a chart for each metric, training and validation of
// one together, over the chosen runs; without a choice, over the best or the newest ones. Hidden
// until this script fills it. In the address: `runs` the chosen ones, `metric` a part of metrics' names,
// and the view of all charts.
(() => {
  "use strict";
  const { chart, el, state, load } = reportgen;
  const { plural } = reportgen.format;
  const MOST_RUNS = 50;
  const UNASKED = 10; // runs that are drawn where none are chosen
  const AT_ONCE = 6; // files that are loaded side by side
  const MOST_COLOURED = 7;
  const AGAIN = [8, 3, 2, 3]; // dashes of the second run that has a colour

  const section = document.querySelector("section[data-curves]");
  const slug = document.querySelector("main").dataset.experiment;
  if (!section || !slug) return;

  let table = null;
  let visible = null; // rows, null for all
  let isNear = false; // the window, once
  let round = 0; // of loading; an older one gives way
  const runs = new Map(); // page -> run, once loaded
  const charts = new Map(); // stem -> { figure, one }
  let chosen = []; // { row, page, colour, dash, name } as drawn

  // ---- which runs -------------------------------------------------------------------------------

  const hasCurve = (row) => {
    for (const metric of table.metrics.values()) if (metric.count[row] > 1) return true;
    return false;
  };

  /** The rows to draw, and why those. */
  function choose() {
    const places = new Map(table.pages.map((page, row) => [page, row]));
    const asked = state.runs().filter((page) => places.has(page)).map((page) => places.get(page));
    if (asked.length) {
      const rest = asked.length - MOST_RUNS;
      return { rows: asked.slice(0, MOST_RUNS), why: `the ${asked.length === 1 ? "chosen run" : plural(asked.length, "chosen run")}${rest > 0 ? `, the first ${MOST_RUNS} of them` : ""}` };
    }
    const rows = (visible || table.pages.map((_, row) => row)).filter(hasCurve);
    const ranked = ranking(rows);
    const kept = (ranked || [...rows].sort((a, b) => (table.starts[b] || 0) - (table.starts[a] || 0))).slice(0, UNASKED);
    const which = ranked ? `best by ${table.primary}` : "newest";
    const why = rows.length <= UNASKED ? `${plural(kept.length, "run")} with curves` : `the ${kept.length} ${which} of ${plural(rows.length, "run")}; choose others in the table`;
    return { rows: kept, why };
  }

  /** Rows from best to worst, where runs may be ranked; else null. */
  function ranking(rows) {
    const metric = table.metrics.get(table.primary);
    if (!metric || !metric.mayRank || !metric.direction) return null;
    const values = metric.best || metric.last;
    const sign = metric.direction === "higher" ? -1 : 1;
    const known = rows.filter((row) => Number.isFinite(values[row]));
    return known.length ? known.sort((a, b) => sign * (values[a] - values[b]) || a - b) : null;
  }

  /** A run keeps its colour; at most seven have one, and the second of a colour is dashed. */
  function dressed(rows) {
    const used = new Map();
    const titles = new Map();
    for (const row of rows) titles.set(table.titles[row], (titles.get(table.titles[row]) || 0) + 1);
    let coloured = 0;
    return rows.map((row) => {
      const colour = table.colours[row];
      const before = used.get(colour) || 0;
      const isColoured = coloured < MOST_COLOURED && before < 2;
      if (isColoured) {
        coloured++;
        used.set(colour, before + 1);
      }
      const title = table.titles[row];
      return {
        row, page: table.pages[row], colour: isColoured ? colour : 0, dash: isColoured && before ? AGAIN : undefined,
        name: titles.get(title) > 1 ? `${title} ${table.ids[row].slice(0, 6)}` : title,
      };
    });
  }

  // ---- loading ----------------------------------------------------------------------------------

  async function refresh() {
    const mine = ++round;
    const { rows, why } = choose();
    chosen = dressed(rows);
    reason.textContent = why;
    legend();
    const missing = chosen.map(({ page }) => page).filter((page) => !runs.has(page));
    const problems = [];
    let done = 0;
    const isMine = () => mine === round;
    await load.each(missing, AT_ONCE, async (page) => {
      try {
        runs.set(page, await load.run(page));
      } catch (error) {
        problems.push(error.message);
      }
      done++;
      if (isMine() && done < missing.length) progress.textContent = `Loading runs: ${done} of ${missing.length}`;
    }, isMine);
    if (!isMine()) return;
    progress.textContent = problems.length ? `${problems[0]}${problems.length > 1 ? `, and ${problems.length - 1} more` : ""}` : "";
    draw();
  }

  // ---- charts -----------------------------------------------------------------------------------

  /** What to draw: Map(title -> Map(metric -> standing)), by title. */
  function stems() {
    const loaded = chosen.map(({ page }) => runs.get(page)).filter(Boolean);
    return new Map([...chart.stems(loaded)].sort(([a], [b]) => reportgen.natural(a, b)));
  }

  function seriesOf(keys) {
    const parts = chart.partsOf(keys);
    return chosen.flatMap(({ page, colour, dash, name }) => {
      const run = runs.get(page);
      return run ? chart.linesOf(run, parts, name, { colour, dash, dashed: run.status === "RUNNING" && !run.silent }) : [];
    });
  }

  const prefixOf = (stem) => (stem.indexOf("/") > 0 ? stem.slice(0, stem.indexOf("/")) : "");

  /** Stems in groups, first those that stand alone, as on a run's page. */
  function grouped(names) {
    const counts = new Map();
    for (const name of names) counts.set(prefixOf(name), (counts.get(prefixOf(name)) || 0) + 1);
    const groups = new Map([["", []]]);
    for (const name of names) {
      const prefix = counts.get(prefixOf(name)) > 1 ? prefixOf(name) : "";
      if (!groups.has(prefix)) groups.set(prefix, []);
      groups.get(prefix).push(name);
    }
    return [...groups].filter(([, members]) => members.length);
  }

  function draw() {
    const found = stems();
    for (const [stem, { figure, one }] of charts) {
      if (found.has(stem)) continue;
      one.destroy();
      figure.remove();
      charts.delete(stem);
    }
    for (const [stem, keys] of found) {
      const series = seriesOf(keys);
      if (charts.has(stem)) charts.get(stem).one.update(series);
      else charts.set(stem, made(stem, keys, series));
    }
    drawn = [...found.keys()];
    arrange();
  }

  function made(title, keys, series) {
    const figure = el("figure", { class: "card fig" });
    const [standing] = keys.values();
    return { figure, one: chart.create(figure, { title, hint: standing ? standing.hint : "", series, legend: false, height: 220 }) };
  }

  let drawn = null; // titles of the charts in their order; null until runs are loaded
  let arranged = "";

  /** Put in place the charts that are looked for; what is still being loaded comes when it is drawn. */
  function arrange() {
    if (!drawn) return;
    const wanted = search.value.trim().toLowerCase().split(/\s+/);
    const kept = drawn.filter((name) => wanted.every((word) => name.toLowerCase().includes(word)));
    const groups = grouped(kept);
    const sign = JSON.stringify(groups);
    search.parentNode.hidden = drawn.length < 5 && !search.value;
    empty.hidden = kept.length > 0;
    empty.textContent = drawn.length ? "No metric has such a name." : chosen.length ? "None of these runs has a metric of two points or more." : "No runs to draw.";
    if (sign === arranged) return;
    arranged = sign;
    board.replaceChildren(...groups.map(([prefix, members]) => el("div", { class: members.length > 2 ? "figs" : "figs large" },
      prefix ? el("h3", { text: prefix }) : null, members.map((name) => charts.get(name).figure))));
  }

  // ---- elements ---------------------------------------------------------------------------------

  /** The drawn runs that have a colour or stand in front, to hide and to bring forward on all charts. */
  function legend() {
    const { front } = chart.view();
    const isNamed = ({ colour, page }) => colour || page === front;
    const grey = chosen.filter((one) => !isNamed(one)).length;
    names.replaceChildren(
      ...chosen.filter(isNamed).map(chip),
      grey ? el("span", { class: "faint", text: `and ${plural(grey, "run")} in grey` }) : "",
    );
    pressed();
  }

  function chip(one) {
    const forward = (id) => { for (const { one: each } of charts.values()) each.highlight(id); };
    return el("button", {
      type: "button", class: "ct-name", "data-id": one.page, title: `${one.name}: show or hide`,
      onclick: () => chart.toggleLine(one.page),
      onpointerenter: () => forward(one.page), onpointerleave: () => forward(null),
      onfocus: () => forward(one.page), onblur: () => forward(null),
    }, chart.swatch({ colour: one.colour, dash: one.dash, dashed: table.statuses[one.row] === "RUNNING" && !table.silent[one.row] }), el("span", { text: one.name }));
  }

  function pressed() {
    for (const button of names.querySelectorAll("button")) chart.markName(button, button.dataset.id);
  }

  const reason = el("span", { class: "hint" });
  const progress = el("p", { class: "faint ct-progress", role: "status", text: "Loading runs" });
  const names = el("div", { class: "ct-names ct-runs", role: "group", "aria-label": "Runs on the charts" });
  const search = el("input", { type: "search", placeholder: "Find a metric", "aria-label": "Find a metric", value: state.get("metric"), oninput: () => find(search.value) });
  const board = el("div", { class: "ct-board" });
  let writing = 0;

  /** Show the metrics with such a name: at once; in the address a moment later, as browsers limit that. */
  function find(text) {
    arrange();
    clearTimeout(writing);
    writing = setTimeout(() => state.set({ metric: text.trim() }), 200);
  }
  const empty = el("p", { class: "empty", hidden: true });
  section.querySelector(".sh").append(reason);
  section.append(el("div", { class: "ct-bar" }, chart.controls(), el("label", { class: "ct-search", hidden: true }, search)), names, progress, board, empty);
  section.hidden = false;

  chart.watch((keys) => {
    if (keys.includes("hide")) pressed();
    if (table && (keys.includes("theme") || keys.includes("front"))) legend();
  });
  const again = () => {
    if (!table || !isNear) return;
    section.hidden = !table.pages.some((_, row) => hasCurve(row));
    if (!section.hidden) refresh();
  };
  section.dataset.live = "";
  reportgen.on("live", (paths) => {
    const stale = [...runs.keys()].filter((page) => paths.includes(`runs/${page}/run.js`));
    for (const page of stale) runs.delete(page);
    if (chosen.some(({ page }) => stale.includes(page))) again();
  });
  reportgen.on("table", (loaded) => {
    table = loaded;
    again();
  });
  state.on("runs", again);
  state.on("metric", (text) => {
    if (search.value.trim() === text) return;
    search.value = text;
    arrange();
  });
  let pause = 0;
  reportgen.on("visible", (rows) => {
    visible = rows;
    clearTimeout(pause);
    if (!state.runs().length) pause = setTimeout(again, 250); // while a filter is being typed
  });

  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    isNear = true;
    load.table(slug).then((loaded) => {
      table = loaded;
      again();
    }).catch((error) => { progress.textContent = error.message; });
  }, { rootMargin: "600px 0px" });
  observer.observe(section);
})();
