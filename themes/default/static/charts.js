// Charts on a run's page: each curve that stands there as SVG becomes interactive when it comes near
// the window and the run's points are there. Where they cannot be loaded, the SVG stays.
(() => {
  "use strict";
  const { chart, el } = reportgen;
  const LEGEND = 24; // px of a row of names; the figure keeps its height
  const TOUCH_LEGEND = 36;
  const LEAST = 150; // px of a drawing
  const TOUCH_LEAST = 180;

  const page = document.querySelector("main").dataset.run;
  if (!page) return;
  const drawn = new Map(); // figure -> chart, and the metrics it shows

  const colours = (place) => (place % 7) + 1;

  function seriesOf(run, keys) {
    return keys.filter((key) => run.curves.has(key)).map((key, place) => ({
      name: key,
      colour: colours(place),
      dashed: run.status === "RUNNING" && !run.silent,
      start: run.start_time,
      ...run.curves.get(key),
    }));
  }

  function upgrade(figure, run) {
    const svg = figure.querySelector("svg.curve");
    const series = seriesOf(run, JSON.parse(figure.dataset.metrics));
    if (!svg || !series.length) return; // held out: its points are in no script
    const caption = figure.querySelector("figcaption");
    const isTouched = matchMedia("(hover: none), (max-width: 640px)").matches;
    const row = isTouched ? TOUCH_LEGEND : LEGEND;
    figure.dataset.live = "";
    drawn.set(figure, chart.create(figure, {
      title: caption.querySelector("b").textContent,
      hint: caption.querySelector("span")?.textContent || "",
      caption,
      series,
      height: Math.max(isTouched ? TOUCH_LEAST : LEAST, Math.round(svg.getBoundingClientRect().height) - (series.length > 1 ? row : 0)),
      replaces: svg,
    }));
  }

  function failed(error) {
    observer.disconnect();
    controls.replaceWith(el("p", { class: "faint", text: `${error.message}. The charts stay as they are.` }));
  }

  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      reportgen.load.run(page).then((run) => upgrade(target, run)).catch(failed);
    }
  }, { rootMargin: "500px 0px" });

  const controls = chart.controls();
  controls.dataset.liveOwn = "";

  /** Take in the curves that the page has by now, and that have no chart yet. */
  function begin() {
    const figures = [...document.querySelectorAll("figure[data-metrics]")].filter((figure) => !drawn.has(figure));
    if (!figures.length) return;
    if (!controls.isConnected) figures[0].closest("section").querySelector(".sh, summary").after(controls);
    for (const figure of figures) observer.observe(figure);
  }

  /** New points, while a watch goes on: into the charts as they stand. */
  async function renew() {
    const run = await reportgen.load.run(page);
    for (const [figure, one] of drawn) one.update(seriesOf(run, JSON.parse(figure.dataset.metrics)));
  }

  begin();
  reportgen.on("live", (paths) => {
    if (paths.includes(`runs/${page}/run.js`)) renew().catch(failed);
  });
  reportgen.on("renewed", begin);
})();
