// Plots, groups of runs and their mean curves: who is in a group, and what a mean rests on.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const MOST_STEPS = 400; // of a mean; more are thinned to even ones
  const MOST_SETTINGS = 3; // parameters that name a group
  const SEEDS = ""; // `by`: all parameters but seeds

  const namesOf = ({ params, seeds }, by) => (by === SEEDS ? [...params.keys()].filter((name) => !seeds.includes(name)) : [by]);

  /** Rows by the settings that they have in common: [{settings, rows}]. `by` is as in `groupsOf`. */
  function alike({ table }, rows, by) {
    const found = new Map();
    const drawn = new Set();
    const names = namesOf(table, by);
    const cell = (name, row) => table.params.get(name).values[row];
    for (const row of rows) {
      const own = names.map((name) => cell(name, row));
      if (by === SEEDS) {
        const dice = table.seeds.map((name) => cell(name, row));
        const id = JSON.stringify([own, dice]);
        if (drawn.has(id) || dice.every((value) => value === null)) continue;
        drawn.add(id);
      }
      const key = JSON.stringify(own);
      if (!found.has(key)) found.set(key, { settings: own, rows: [] });
      found.get(key).rows.push(row);
    }
    return [...found.values()];
  }

  /**
   * The groups of some rows: [{name, rows, value}]. `by` is a parameter's name, or "" for all
   * parameters but seeds; then of runs with equal seeds the newest counts, as in the table "Groups".
   * `value` is the mean of the metric, by which groups are in order where a direction is known.
   */
  function groupsOf(model, rows, by, metric) {
    const groups = alike(model, rows, by);
    const shown = namesOf(model.table, by);
    const part = (group, at) => reportgen.tableColumns.setting(shown[at], group.settings[at]);
    const telling = reportgen.stats.apart(groups.map(({ settings }) => settings));
    for (const group of groups) {
      const parts = telling.map((at) => part(group, at));
      group.name = parts.slice(0, MOST_SETTINGS).join(", ") + (parts.length > MOST_SETTINGS ? ", …" : "") || (by === SEEDS ? "all runs" : part(group, 0));
      group.value = reportgen.stats.summary(group.rows.map((row) => metric.values[row])).mean;
    }
    const sign = metric.direction === "lower" ? 1 : -1;
    if (metric.direction) groups.sort((a, b) => sign * (a.value - b.value) || 0);
    else groups.sort((a, b) => b.rows.length - a.rows.length);
    return named(groups);
  }

  /** Names that differ: settings beyond those that are told would leave two the same. */
  function named(groups) {
    const seen = new Map();
    for (const group of groups) {
      const count = (seen.get(group.name) || 0) + 1;
      seen.set(group.name, count);
      if (count > 1) group.name += ` (${count})`;
    }
    return groups;
  }

  /** A curve over its steps, rising, of equal steps the last; over its order where no step differs. */
  function stepped({ steps, values }) {
    const varies = steps.some((step) => step !== steps[0]);
    const found = { steps: [], values: [] };
    for (let i = 0; i < values.length; i += 1) {
      const step = varies ? steps[i] : i + 1;
      const last = found.steps.length - 1;
      if (last >= 0 && found.steps[last] === step) found.values[last] = values[i];
      else {
        found.steps.push(step);
        found.values.push(values[i]);
      }
    }
    return found;
  }

  /** The value of a curve at a step: a straight line between its points, nothing outside of them. */
  function valueAt({ steps, values }, step) {
    let [low, high] = [0, steps.length - 1];
    if (high < 0 || step < steps[0] || step > steps[high]) return NaN;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (steps[middle] <= step) low = middle;
      else high = middle;
    }
    if (steps[high] === step) return values[high];
    if (steps[low] === step) return values[low];
    return values[low] + ((values[high] - values[low]) * (step - steps[low])) / (steps[high] - steps[low]);
  }

  function gridOf(curves) {
    const all = [...new Set(curves.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
    if (all.length <= MOST_STEPS) return all;
    const [first, last] = [all[0], all[all.length - 1]];
    const even = Array.from({ length: MOST_STEPS }, (_, i) => first + ((last - first) * i) / (MOST_STEPS - 1));
    return all.every(Number.isInteger) ? [...new Set(even.map(Math.round))] : even;
  }

  /**
   * The mean of some curves over their steps, with the band: {steps, mean, lower, upper, counts}.
   * `band` is "std", "se", "ci95" or "minmax". Where a single curve goes on, the band ends.
   */
  function meanOf(curves, band) {
    const steps = gridOf(curves);
    const out = { steps: Float64Array.from(steps), mean: [], lower: [], upper: [], counts: [] };
    for (const step of steps) {
      const found = reportgen.stats.summary(curves.map((curve) => valueAt(curve, step)));
      const [lower, upper] = bandOf(found, band);
      out.mean.push(found.mean);
      out.lower.push(lower);
      out.upper.push(upper);
      out.counts.push(found.n);
    }
    for (const key of ["mean", "lower", "upper"]) out[key] = Float64Array.from(out[key]);
    return out;
  }

  function bandOf(found, band) {
    if (found.n < 2) return [NaN, NaN];
    if (band === "minmax") return [found.min, found.max];
    return [found.mean - found[band], found.mean + found[band]];
  }

  /** How many runs a mean rests on, in words: "3", or "3 up to step 40, then 2". */
  function restsOn({ steps, counts }) {
    const stretches = [];
    counts.forEach((count, place) => {
      const last = stretches[stretches.length - 1];
      if (last && last.count === count) last.end = steps[place];
      else stretches.push({ count, end: steps[place] });
    });
    if (stretches.length === 1) return `${stretches[0].count}`;
    if (stretches.length > 3) return `${Math.min(...counts)} to ${Math.max(...counts)}`;
    const number = reportgen.format.number;
    return stretches.map(({ count, end }, place) => (place < stretches.length - 1 ? `${count} up to step ${number(end)}` : `${count}`)).join(", then ");
  }

  plots.means = { SEEDS, alike, groupsOf, stepped, valueAt, meanOf, restsOn };
})();
