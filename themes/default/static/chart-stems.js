// Charts, which metrics share one: training and validation of the same measure, told by their stem.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const SHORT = 8; // times the last step of a metric, and still not that of another: apart

  /** What to draw of some runs: Map(title -> Map(metric -> standing)), the metrics of a stem together. */
  chart.stems = (runs) => {
    const found = new Map(); // stem -> Map(metric -> { standing, last step })
    for (const { curves, standing: known } of runs) {
      for (const [key, { steps }] of curves) {
        const standing = known.get(key);
        const stem = standing ? standing.stem : key;
        if (!found.has(stem)) found.set(stem, new Map());
        const before = found.get(stem).get(key);
        found.get(stem).set(key, { standing, last: Math.max(steps[steps.length - 1], before ? before.last : 0) });
      }
    }
    return new Map([...found].flatMap(([stem, keys]) => split(stem, keys)));
  };

  /** One that ends after a few steps, as one counted by fold, has no place beside one with many. */
  function split(stem, keys) {
    const longest = Math.max(...[...keys.values()].map(({ last }) => last));
    const parts = [[], []];
    for (const [key, { standing, last }] of keys) parts[last * SHORT < longest ? 1 : 0].push([key, standing]);
    return parts.filter((part) => part.length).map((part, place) => {
      const names = part.map(([key]) => key);
      return [names.length === 1 ? names[0] : place ? names.join(", ") : stem, new Map(part)];
    });
  }

  /** How the metrics of one chart are named and drawn: [{key, part, fine}], as a series has them. */
  chart.partsOf = (keys) => {
    const roles = [...keys.values()].map((standing) => standing && standing.role);
    const isMixed = new Set(roles).size > 1;
    const isTold = new Set(roles.filter(Boolean)).size === keys.size; // by the role alone which one it is
    return [...keys].map(([key, standing]) => ({
      key, part: keys.size > 1 ? (isTold && standing.label) || key : "", fine: isMixed && Boolean(standing) && standing.role === "train",
    }));
  };

  /** The lines of a run on one chart, of the `partsOf` it: `of` names the run, `look` is {colour, dash, dashed}. */
  chart.linesOf = (run, parts, of, look) => parts.filter(({ key }) => run.curves.has(key)).map(({ key, part, fine }) => ({
    ...run.curves.get(key), id: run.page, name: part ? `${of} · ${key}` : of, of, part, fine, start: run.start_time ?? undefined, ...look,
  }));
})();
