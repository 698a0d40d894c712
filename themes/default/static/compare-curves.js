// Curves of the compared runs: one chart for each metric, training and validation together, and one
// legend for all; of two runs also the difference.
(() => {
  "use strict";

  const { el, svg, compare } = reportgen;
  const MOST_COLOURED = 7; // more lines cannot be told apart; the others are grey
  const DASHES = [null, [7, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2]]; // for runs of one colour
  let charts = [];
  let drawn = []; // {title, one, isGap}: charts, by the title of what stands there or the metric
  let about = ""; // which runs and metrics those are

  /** The metrics that any run has a curve of, those that may rank first; of the machine apart. */
  function keysOf(runs) {
    const isSystem = (key) => runs.some((run) => run.metrics.get(key)?.role === "system");
    const rank = (key) => (compare.standingOf(runs, key).mayRank ? 0 : 1);
    const keys = compare.keysOf(runs.map((run) => run.curves));
    const sorted = keys.sort((a, b) => rank(a) - rank(b) || reportgen.natural(a, b));
    return { plain: sorted.filter((key) => !isSystem(key)), system: sorted.filter(isSystem) };
  }

  /** How each run is drawn: colour and dashes, so that no two of the first seven look alike. */
  function looksOf(runs) {
    const taken = new Map();
    return runs.map((run, i) => {
      if (i >= MOST_COLOURED) return { colour: 0, dash: null };
      const times = taken.get(run.colour) || 0;
      taken.set(run.colour, times + 1);
      return { colour: run.colour, dash: DASHES[times % DASHES.length] };
    });
  }

  /** The charts of some metrics, in their order: Map(title -> Map(metric -> standing)). */
  function stemsOf(runs, keys) {
    const place = new Map(keys.map((key, at) => [key, at]));
    const first = (metrics) => Math.min(...[...metrics.keys()].map((key) => place.get(key) ?? Infinity));
    return new Map([...reportgen.chart.stems(runs)].filter(([, metrics]) => first(metrics) < Infinity)
      .sort(([, one], [, other]) => first(one) - first(other)));
  }

  function seriesOf(runs, looks, metrics) {
    const parts = reportgen.chart.partsOf(metrics);
    return runs.flatMap((run, i) => reportgen.chart.linesOf(run, parts, `${compare.letter(i)} ${run.title}`, looks[i])).reverse(); // the baseline on top
  }

  function chart(title, isGap, spec) {
    const box = el("figure", { class: "card fig" });
    const one = reportgen.chart.create(box, { ...spec, legend: false });
    charts.push(one);
    drawn.push({ title, isGap, one });
    return box;
  }

  /** The curves of a metric, or of those of one stem; of two runs, with the gap between them shaded. */
  function figure(runs, looks, [title, metrics]) {
    const { hint } = compare.standingOf(runs, [...metrics.keys()][0]);
    return chart(title, false, { title, hint, series: seriesOf(runs, looks, metrics), bands: bandsOf(runs, looks, metrics) });
  }

  function bandsOf(runs, looks, metrics) {
    const main = reportgen.chart.partsOf(metrics).find(({ fine }) => !fine);
    const gap = runs.length === 2 && main ? gapOf(runs, main.key) : null;
    return gap ? [{ name: "gap", id: runs[1].page, colour: looks[1].colour, ...gap }] : [];
  }

  // --- what B has more than A

  /** The value of a curve at a step, between its points on a straight line; NaN outside. */
  function valueAt({ steps, values }, step, from) {
    let i = from;
    while (i < steps.length && steps[i] < step) i += 1;
    if (i === steps.length) return { value: NaN, i };
    if (steps[i] === step || i === 0) return { value: steps[i] === step ? values[i] : NaN, i };
    const share = (step - steps[i - 1]) / (steps[i] - steps[i - 1]);
    return { value: values[i - 1] + share * (values[i] - values[i - 1]), i };
  }

  /** Both curves at the steps of A where B has a course too: {steps, lower: A, upper: B, times}. */
  function gapOf([a, b], key) {
    const [one, other] = [a.curves.get(key), b.curves.get(key)];
    if (!one || !other) return null;
    const kept = [];
    const beside = [];
    let from = 0;
    for (let i = 0; i < one.steps.length; i++) {
      const { value, i: at } = valueAt(other, one.steps[i], from);
      from = at;
      if (!Number.isFinite(value) || !Number.isFinite(one.values[i])) continue;
      kept.push(i);
      beside.push(value);
    }
    if (kept.length < 2) return null;
    const pick = (column) => Float64Array.from(kept, (i) => column[i]);
    return { steps: pick(one.steps), times: pick(one.times), lower: pick(one.values), upper: Float64Array.from(beside) };
  }

  const gapSeries = (gap, looks) => [{
    name: "B against A", id: "difference", colour: looks[1].colour, steps: gap.steps, times: gap.times, values: gap.upper.map((value, i) => reportgen.chart.data.minus(value, gap.lower[i])),
  }];

  function gapFold(runs, looks, keys) {
    const gaps = keys.map((key) => [key, gapOf(runs, key)]).filter(([, gap]) => gap);
    if (gaps.length === 0) return null;
    const inside = el("div", { class: "figs" });
    const told = "at the steps of A; where B has no point at such a step, on the line between those beside it";
    const fold = el("details", { class: "gaps" }, el("summary", {}, el("h3", {}, "Difference, B against A"), " ", el("span", { class: "hint" }, told)), inside);
    fold.addEventListener("toggle", () => inside.append(...gaps.map(([key, gap]) => chart(key, true, {
      title: `${key}, B against A`,
      hint: "",
      series: gapSeries(gap, looks),
    }))), { once: true });
    return fold;
  }

  // --- the legend

  function swatch(look) {
    const line = svg("line", { x1: 0, y1: 3, x2: 20, y2: 3, "stroke-dasharray": look.dash ? look.dash.join(" ") : null });
    return svg("svg", { class: `swatch k${look.colour}`, viewBox: "0 0 20 6", "aria-hidden": "true" }, line);
  }

  /** A chip for each run: pressed while its lines are shown; the mouse over it brings them forward. */
  function legend(runs, looks) {
    const bring = (id) => { for (const one of charts) one.highlight(id); };
    const chips = runs.map((run, i) => el("button", {
      type: "button", class: "chip", "aria-pressed": "true", title: `Show or hide ${run.title}`, onclick: () => reportgen.chart.toggleLine(run.page),
      onmouseenter: () => bring(run.page), onmouseleave: () => bring(null), onfocus: () => bring(run.page), onblur: () => bring(null),
    }, swatch(looks[i]), el("b", {}, compare.letter(i)), el("span", {}, run.title)));
    const mark = () => chips.forEach((chip, i) => reportgen.chart.markName(chip, runs[i].page));
    mark();
    charts.push({ highlight() {}, destroy: reportgen.chart.watch(mark) });
    return el("div", { class: "chips", role: "group", "aria-label": "Runs in the charts" }, ...chips);
  }

  // --- the section

  function systemFold(runs, looks, keys) {
    const inside = el("div", { class: "figs" });
    const fold = el("details", {}, el("summary", {}, el("h3", {}, "System metrics")), inside);
    fold.addEventListener("toggle", () => inside.append(...[...stemsOf(runs, keys)].map((each) => figure(runs, looks, each))), { once: true });
    return fold;
  }

  /** Which runs, metrics and charts there are. */
  const signOf = (runs, keys) => JSON.stringify([
    runs.map((run) => [run.page, run.title, run.colour]), keys, [...reportgen.chart.stems(runs).keys()],
  ]);

  /** Newer points into the charts that stand there; false where they are of other runs, metrics or charts. */
  compare.renewCurves = (runs) => {
    if (signOf(runs, keysOf(runs)) !== about) return false;
    const looks = looksOf(runs);
    const stems = reportgen.chart.stems(runs);
    for (const { title, isGap, one } of drawn) {
      const gap = isGap && gapOf(runs, title);
      if (!isGap) one.update(seriesOf(runs, looks, stems.get(title)), bandsOf(runs, looks, stems.get(title)));
      else if (gap) one.update(gapSeries(gap, looks));
    }
    return true;
  };

  /** The section of curves; null where no run has any. */
  compare.curves = (runs) => {
    for (const one of charts) one.destroy();
    charts = [];
    drawn = [];
    const { plain, system } = keysOf(runs);
    about = signOf(runs, { plain, system });
    if (plain.length + system.length === 0) return null;
    const looks = looksOf(runs);
    const told = runs.length > MOST_COLOURED ? `the first ${MOST_COLOURED} runs in colour, the others grey` : "";
    const section = el("section", { id: "compare-curves" },
      el("div", { class: "sh" }, el("h2", {}, "Curves"), told ? el("span", { class: "hint" }, told) : null),
      reportgen.chart.controls(), legend(runs, looks),
      el("div", { class: "figs" }, ...[...stemsOf(runs, plain)].map((each) => figure(runs, looks, each))));
    const gaps = runs.length === 2 ? gapFold(runs, looks, plain) : null;
    if (gaps) section.append(gaps);
    if (system.length > 0) section.append(systemFold(runs, looks, system));
    return section;
  };
})();
