// A diff of two runs in the browser: every curve with all its points and B minus A, a way from
// change to change, and the whole as Markdown. Without scripts the page says all of it but these.
(() => {
  "use strict";
  const { el } = reportgen;
  const main = document.querySelector("main.diff");
  if (!main || !main.dataset.a) return;
  const colours = ["a", "b"].map((side) => Number(new RegExp(`\\b${side}([1-7])\\b`).exec(main.className)[1]));
  const OTHER = [3, 1, 5].find((colour) => !colours.includes(colour)); // what lies between is no run
  const button = (text, title, onclick) => el("button", { type: "button", class: "act", text, title, onclick });

  // ---- curves -----------------------------------------------------------------------------------

  const grid = document.getElementById("figures");

  /** The line of one run, for a chart. */
  function line(run, key, side) {
    return {
      name: `${"AB"[side]} ${run.title}`,
      id: "AB"[side],
      colour: colours[side],
      dashed: run.status === "RUNNING" && !run.silent,
      start: run.start_time,
      ...run.curves.get(key),
    };
  }

  /** B minus A at the steps of B that lie within those of A, between whose points it is straight. */
  function difference(a, b) {
    const steps = [], times = [], values = [];
    let at = 0;
    for (let i = 0; i < b.steps.length; i++) {
      const step = b.steps[i];
      while (at + 1 < a.steps.length && a.steps[at + 1] <= step) at++;
      if (step < a.steps[at] || (at + 1 >= a.steps.length && step > a.steps[at])) continue;
      const next = Math.min(at + 1, a.steps.length - 1);
      const wide = a.steps[next] - a.steps[at];
      const part = wide > 0 ? (step - a.steps[at]) / wide : 0;
      steps.push(step);
      times.push(b.times[i]);
      values.push(reportgen.chart.data.minus(b.values[i], part ? a.values[at] + part * (a.values[next] - a.values[at]) : a.values[at]));
    }
    return { steps: Float64Array.from(steps), times: Float64Array.from(times), values: Float64Array.from(values) };
  }

  function figureOf(key, standing) {
    const known = [...grid.querySelectorAll("figure")].find((one) => one.dataset.metric === key);
    if (known) return known;
    const hint = standing && standing.hint;
    const figure = el("figure", { class: "card fig", "data-metric": key },
      el("figcaption", {}, el("b", { text: key }), hint ? el("span", { text: hint }) : ""));
    grid.append(figure);
    return figure;
  }

  const drawn = new Map(); // metric -> {figure, curves, between}: charts, the last where both runs have it

  const seriesOf = (key, runs) => [0, 1].filter((side) => runs[side].curves.has(key)).map((side) => line(runs[side], key, side));
  const betweenOf = (key, runs) => {
    const [a, b] = runs.map((run) => run.curves.get(key));
    const between = a && b ? difference(a, b) : { steps: [] };
    return between.steps.length < 2 ? null : [{ name: "B − A", colour: OTHER, start: runs[1].start_time, ...between }];
  };

  /** The curves of a metric, and below them what lies between; those that stand there get the points. */
  function draw(key, runs) {
    const known = drawn.get(key) || {};
    const between = betweenOf(key, runs);
    if (known.curves) known.curves.update(seriesOf(key, runs));
    else Object.assign(known, curves(key, runs));
    if (known.between && between) known.between.update(between);
    else if (between) known.between = gap(key, known.figure, between);
    drawn.set(key, known);
  }

  function curves(key, runs) {
    const standing = (runs[1].standing.get(key) || runs[0].standing.get(key));
    const figure = figureOf(key, standing);
    const svg = figure.querySelector("svg.curve");
    figure.dataset.live = "";
    return { figure, curves: reportgen.chart.create(figure, {
      title: key,
      hint: (standing && standing.hint) || "",
      caption: figure.querySelector("figcaption"),
      series: seriesOf(key, runs),
      height: 190,
      legend: false,
      ...(svg ? { replaces: svg } : {}),
    }) };
  }

  function gap(key, figure, series) {
    const place = el("div", { class: "between" });
    figure.append(place);
    return reportgen.chart.create(place, {
      title: `${key}: B − A`,
      caption: place.appendChild(el("p", { class: "hint", text: "B − A" })),
      series,
      height: 84,
      legend: false,
    });
  }

  function drawAll(runs) {
    const shown = [...grid.querySelectorAll("figure")].map((figure) => figure.dataset.metric);
    const system = (key) => key.startsWith("system/");
    const rest = [...new Set([...runs[0].curves.keys(), ...runs[1].curves.keys()])]
      .filter((key) => !shown.includes(key) && !system(key)).sort(reportgen.natural);
    for (const key of [...shown, ...rest]) {
      if (runs[0].curves.has(key) || runs[1].curves.has(key)) draw(key, runs);
    }
    const coarse = document.getElementById("curves").closest("section").querySelector(".coarse");
    if (coarse) Object.assign(coarse, { hidden: true }).dataset.live = "";
  }

  if (grid && reportgen.chart && reportgen.chart.create) {
    const controls = reportgen.chart.controls();
    controls.dataset.liveOwn = "";
    const start = () => Promise.all([reportgen.load.run(main.dataset.a), reportgen.load.run(main.dataset.b)])
      .then((runs) => {
        grid.before(controls);
        drawAll(runs);
      })
      .catch((error) => {
        if (!drawn.size) grid.before(el("p", { class: "faint", "data-live-own": "", text: `${error.message}. The curves stay as they are.` }));
      });
    const files = [main.dataset.a, main.dataset.b].map((page) => `runs/${page}/run.js`);
    reportgen.on("live", (paths) => { if (drawn.size && paths.some((path) => files.includes(path))) start(); });
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      start();
    }, { rootMargin: "500px 0px" });
    near.observe(grid);
  }

  // ---- from change to change ----------------------------------------------------------------------

  let current = null;

  /** What can be jumped to, as far as it is unfolded: rows, texts' changes, pairs of images. */
  function changes() {
    const found = main.querySelectorAll(".dt tbody tr:not(.group), .td :is(del, ins), figure.pair");
    return [...found].filter((one) => {
      const before = one.previousElementSibling;
      const goesOn = one.matches(".td *") && before && before.matches("del, ins") && !before.nextSibling.data;
      return !goesOn && !one.closest("details:not([open])");
    });
  }

  function jump(way) {
    const found = changes();
    if (!found.length) return reportgen.say("nothing differs");
    const at = found.indexOf(current);
    const next = at < 0 ? (way > 0 ? 0 : found.length - 1) : (at + way + found.length) % found.length;
    if (current) current.classList.remove("at-change");
    current = found[next];
    current.classList.add("at-change");
    current.tabIndex = -1;
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    reportgen.say(`change ${next + 1} of ${found.length}`);
    return undefined;
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === "n") jump(1);
    if (event.key === "p") jump(-1);
  });

  // ---- as Markdown --------------------------------------------------------------------------------

  const inLine = (node) => reportgen.oneLine(node.textContent);
  const { markdownText } = reportgen;

  function tableText(table) {
    const rows = [...table.querySelectorAll("tr:not(.group)")].map((row) => [...row.cells].map((cell) => markdownText(inLine(cell))));
    const bars = rows[0].indexOf("−30 % to +30 %");
    const lines = rows.map((cells) => `| ${cells.filter((_, place) => place !== bars).join(" | ")} |`);
    lines.splice(1, 0, `|${" --- |".repeat(rows[0].length - (bars < 0 ? 0 : 1))}`);
    return lines.join("\n");
  }

  /** The page as Markdown; test results are left out, as they are no grounds to choose by. */
  function markdown() {
    const parts = [...main.querySelectorAll(".side")].map((side) => `**${inLine(side.querySelector(".letter"))}** ${markdownText(inLine(side.querySelector("h2")))}  `);
    parts.push("", markdownText(inLine(main.querySelector(".gist p"))));
    for (const section of main.querySelectorAll("section")) {
      const tables = [...section.querySelectorAll(".dt")].filter((table) => !table.closest("section > details"));
      if (!tables.length) continue;
      parts.push("", `### ${markdownText(inLine(section.querySelector("h2")))}`, "");
      parts.push(tables.map(tableText).join("\n\n"));
    }
    return `${parts.join("\n")}\n`;
  }

  const { a, b } = main.dataset;
  document.querySelector(".acts-head").append(el("div", { class: "acts", "data-live-own": "" },
    button("← Previous", "The change before (p)", () => jump(-1)),
    button("Next change", "The next change (n)", () => jump(1)),
    button("Copy as Markdown", "The tables of this page", () =>
      reportgen.copy(markdown()).then(() => reportgen.say("copied"), () => reportgen.say("could not be copied"))),
    el("a", { class: "act", href: reportgen.state.link("compare/index.html", { runs: `${a},${b}`, base: a }), text: "Compare with more runs" })));
})();
