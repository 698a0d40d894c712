// Plots, what they show: the parameters and metrics of a table as numbers, and scales for them.
//
// A variable is {id, name, kind, values, labels, low, high, log, direction, mayRank}: `id` is
// "params.x", "metrics.y" or "start"; `kind` "number", "category" (values are places in `labels`) or
// "time" (ms); `values` a Float64Array by row, NaN where a run has none.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const MOST_CATEGORIES = 12;
  const SHORT = 14; // characters of a category beside an axis
  const FEW = 8; // values of a parameter that an axis can name one by one
  const PARAM_LOG = 8; // greatest by least, from which on a logarithm is thought of
  const METRIC_LOG = 1000;
  const LEAST_RUNS = 8; // with fewer, nothing is said of an association; as association.py
  const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

  function variable(id, name, kind, values, more) {
    let low = Infinity;
    let high = -Infinity;
    const distinct = new Set();
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      if (distinct.size <= FEW) distinct.add(value);
    }
    const isParam = id.startsWith("params.");
    const log = kind === "number" && low > 0 && high / low >= (isParam ? PARAM_LOG : METRIC_LOG) && (!isParam || isGeometric(values));
    return { id, name, kind, values, low, high, log, labels: [], direction: "", mayRank: false, few: distinct.size <= FEW ? [...distinct].sort((a, b) => a - b) : null, varies: distinct.size > 1, ...more };
  }

  /** Whether the different ones of some numbers above 0 are spread more evenly by their logarithms. */
  function isGeometric(values) {
    const all = [...new Set(values)].filter((value) => !Number.isNaN(value));
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const centre = (share) => Math.abs(reportgen.stats.mean(all.map(share)) - 0.5);
    return centre((value) => Math.log(value / low) / Math.log(high / low)) < centre((value) => (value - low) / (high - low));
  }

  /** A variable in some runs only: those that have another one as well. */
  function among(one, other) {
    const values = one.values.map((value, row) => (Number.isNaN(other.values[row]) ? NaN : value));
    return variable(one.id, one.name, one.kind, values, { labels: one.labels });
  }

  /** A parameter: numbers where all its texts are; else categories, null where they are too many. */
  function paramOf(name, texts) {
    const present = texts.filter((text) => text !== null);
    if (present.every((text) => NUMBER.test(text) && Number.isFinite(Number(text)))) {
      const values = Float64Array.from(texts, (text) => (text === null ? NaN : Number(text)));
      return variable(`params.${name}`, name, "number", values);
    }
    const labels = [...new Set(present)];
    if (labels.length > MOST_CATEGORIES) return null;
    labels.sort((a, b) => (a < b ? -1 : 1));
    const places = new Map(labels.map((label, place) => [label, place]));
    const values = Float64Array.from(texts, (text) => (text === null ? NaN : places.get(text)));
    return variable(`params.${name}`, name, "category", values, { labels });
  }

  /** A metric with the value a run counts with: its best where a direction is known, else its last. */
  function metricOf(name, metric) {
    const cells = metric.best || metric.last;
    const values = Float64Array.from(cells, (value) => (Number.isFinite(value) ? value : NaN));
    const { direction, mayRank, hint, role } = metric;
    return variable(`metrics.${name}`, name, "number", values, { direction, mayRank, hint, role });
  }

  /**
   * All that can be drawn of a table: {params, metrics, start, byId}. Only what varies; test metrics
   * are none of it, even where the author lets the table show them.
   */
  function modelOf(table) {
    const params = [];
    for (const [name, { values }] of table.params) {
      const found = paramOf(name, values);
      if (found && found.varies) params.push(found);
    }
    const shown = new Set(table.shown.metrics);
    const order = [...table.shown.metrics, ...[...table.metrics.keys()].filter((key) => !shown.has(key))];
    const metrics = order.filter((key) => table.metrics.has(key) && table.metrics.get(key).role !== "test")
      .map((key) => metricOf(key, table.metrics.get(key)))
      .filter((metric) => Number.isFinite(metric.low));
    const start = variable("start", "start", "time", Float64Array.from(table.starts, (ms) => (ms === null ? NaN : ms)));
    const byId = new Map([...params, ...metrics, start].map((one) => [one.id, one]));
    const seeds = new Set(table.seeds.map((name) => `params.${name}`));
    return { table, params, metrics, start, byId, seeds, lead: leadOf(table, metrics) };
  }

  const leadOf = (table, metrics) => metrics.find((one) => one.name === table.primary) || metrics[0] || null;

  /**
   * How a parameter goes with a metric over finished runs, as association.py has it: {strength, n,
   * measure}; strength null with fewer than eight runs, or where one side does not vary.
   */
  function association(model, param, metric) {
    const rows = model.table.statuses.map((status, row) => (status === "FINISHED" ? row : -1)).filter((row) => row >= 0);
    const [xs, ys] = [param, metric].map((one) => rows.map((row) => one.values[row]));
    const isNumber = param.kind === "number";
    const { rho, eta, n } = isNumber ? reportgen.stats.spearman(xs, ys) : reportgen.stats.correlationRatio(xs, ys);
    const strength = n < LEAST_RUNS ? null : isNumber ? rho : eta;
    return { strength, n, measure: isNumber ? "rank correlation" : "correlation ratio on ranks" };
  }

  const cache = new WeakMap(); // metric -> Map(parameter -> association)
  function associated(model, param, metric) {
    if (!cache.has(metric)) cache.set(metric, new Map());
    const found = cache.get(metric);
    if (!found.has(param)) found.set(param, association(model, param, metric));
    return found.get(param);
  }

  /** Parameters that are not seeds, those that go with a metric most first, then by name. */
  function telling(model, metric) {
    const strength = (param) => Math.abs(associated(model, param, metric).strength || 0);
    return model.params.filter((param) => !model.seeds.has(param.id))
      .sort((a, b) => strength(b) - strength(a) || (a.name < b.name ? -1 : 1));
  }

  /** A value of a variable in words. */
  function spelled(one, value) {
    if (!Number.isFinite(value)) return "–";
    if (one.kind === "category") return one.labels[value];
    return one.kind === "time" ? reportgen.format.time(value) : reportgen.format.number(value);
  }

  // ---- scales -----------------------------------------------------------------------------------

  /**
   * From values to the stretch 0 to 1: {at(value), back(share), ticks: [{at, label}], isOut(value)}.
   * A metric's outliers (beyond three times the interquartile range) are out: `at` puts them on the
   * border. `most` characters of a category are told.
   */
  function scaleOf(one, room, air = 0, most = SHORT) {
    if (one.kind === "category") return categoryScale(one, most);
    const [low, high] = fence(one);
    const bend = one.log ? Math.log10 : (value) => value;
    const back = one.log ? (place) => 10 ** place : (place) => place;
    const [from, to] = aired(bend(low), bend(high), air || (one.kind === "time" ? 0.02 : 0.05));
    const at = (value) => Math.max(0, Math.min(1, (bend(value) - from) / (to - from)));
    const ticks = apart(ticksOf(one, back(from), back(to), room).map(({ value, label }) => ({ at: at(value), label })), room);
    return { at, back: (share) => back(from + share * (to - from)), ticks, isOut: (value) => value < low || value > high };
  }

  function categoryScale(one, most) {
    const count = one.labels.length;
    const at = (place) => (place + 0.5) / count;
    const ticks = one.labels.map((label, place) => ({ at: at(place), label: reportgen.cut(label, most) }));
    return { at, back: (share) => share * count - 0.5, ticks, isOut: () => false, step: 1 / count };
  }

  function aired(low, high, share) {
    if (!(high > low)) return [low - (Math.abs(low) / 10 || 1), high + (Math.abs(high) / 10 || 1)];
    return [low - share * (high - low), high + share * (high - low)];
  }

  /** The reach of a metric without its outliers: [low, high]. */
  function fence(one) {
    if (one.log || !one.id.startsWith("metrics.")) return [one.low, one.high];
    const sorted = one.values.filter((value) => !Number.isNaN(value)).sort();
    const first = sorted[Math.floor((sorted.length - 1) * 0.25)];
    const third = sorted[Math.ceil((sorted.length - 1) * 0.75)];
    const room = 3 * (third - first);
    if (sorted.length < LEAST_RUNS || !room) return [one.low, one.high];
    const inside = sorted.filter((value) => value >= first - room && value <= third + room);
    return [inside[0], inside[inside.length - 1]];
  }

  /** Of ticks that would touch, the first. */
  function apart(ticks, room) {
    const kept = [];
    for (const tick of ticks) {
      if (!kept.length || tick.at - kept[kept.length - 1].at >= 0.5 / room) kept.push(tick);
    }
    return kept;
  }

  function ticksOf(one, low, high, room) {
    if (one.kind === "time") return timeTicks(low, high, room);
    if (one.few && one.id.startsWith("params.")) return one.few.map((value) => ({ value, label: reportgen.format.number(value) }));
    if (one.log) {
      const found = logTicks(low, high, room);
      if (found.length >= 2) return found;
    }
    return evenTicks(low, high, room);
  }

  /** Places of a nice step (1, 2 or 5 times a power of ten), at most so many as there is room for. */
  function evenTicks(low, high, room) {
    const rough = (high - low) / Math.max(1, room);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
    const decimals = Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
    const found = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && found.length < 40; i += 1) {
      const value = Number((i * step).toFixed(decimals));
      found.push({ value, label: tickLabel(value, decimals) });
    }
    return found;
  }

  function tickLabel(value, decimals) {
    const size = Math.abs(value);
    if (decimals > 4 || size >= 1e6) return reportgen.format.number(value);
    return reportgen.format.grouped(value, decimals);
  }

  function logTicks(low, high, room) {
    const decades = Math.log10(high / low);
    const factors = decades * 3 <= room ? [1, 2, 5] : [1];
    const stride = Math.max(1, Math.ceil(decades / room));
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
      for (const factor of power % stride === 0 ? factors : []) {
        const value = Number(`${factor}e${power}`);
        if (value >= low && value <= high) found.push({ value, label: power < -3 || power > 5 ? `${factor}e${power}`.replace("-", "\u2212") : reportgen.format.number(value) });
      }
    }
    return found;
  }

  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const STEPS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 182 * DAY, 365 * DAY, 1826 * DAY, 3652 * DAY];

  function timeTicks(low, high, room) {
    const step = STEPS.find((one) => (high - low) / one <= room) || (high - low) / 2;
    const found = [];
    for (let time = Math.ceil(low / step) * step; time <= high && found.length < 40; time += step) {
      const text = new Date(time).toISOString();
      found.push({ value: time, label: step >= DAY ? text.slice(0, 10) : text.slice(11, 16) });
    }
    const days = low > 0 && Math.floor(low / DAY) !== Math.floor(high / DAY);
    if (step < DAY && days && found.length) found.forEach((tick) => { if (tick.label === "00:00") tick.label = new Date(tick.value).toISOString().slice(5, 10); });
    return found;
  }

  plots.model = { of: modelOf, among, associated, telling, spelled, scaleOf, LEAST_RUNS };
})();
