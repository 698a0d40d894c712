// Numbers and names of groups of runs, shared by the run table and the plots: the same formulas as
// reportgen/analysis/noise.py, groups.py and association.py.
(() => {
  "use strict";
  const reportgen = (window.reportgen = window.reportgen || {});

  // Student's t, two-sided 95%, for 1 to 30 degrees of freedom; as in noise.py.
  const T95 = [
    12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157,
    2.228139, 2.200985, 2.178813, 2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922,
    2.093024, 2.085963, 2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831,
    2.048407, 2.045230, 2.042272,
  ];
  const Z95 = 1.959964;

  /** Only the finite ones of some numbers; null, NaN and infinities are left out. */
  const finite = (values) => Array.from(values).filter((value) => Number.isFinite(value));

  /** The mean, exactly the value where all are equal; NaN of nothing. */
  function mean(values) {
    if (!values.length) return NaN;
    const first = values[0];
    let sum = 0;
    for (const value of values) sum += value / values.length - first / values.length;
    return first + sum;
  }

  /** Standard deviation with n - 1; null for fewer than two values. */
  function std(values) {
    if (values.length < 2) return null;
    const centre = mean(values);
    const most = Math.max(...values.map((value) => Math.abs(value - centre)));
    if (!most) return 0;
    let sum = 0; // scaled, that squares neither vanish nor overflow
    for (const value of values) sum += ((value - centre) / most) ** 2;
    return most * Math.sqrt(sum / (values.length - 1));
  }

  /** What |Student's t| exceeds in 5% of cases. Beyond 30: Abramowitz and Stegun, 26.7.5. */
  function studentT(freedom) {
    if (freedom <= T95.length) return T95[freedom - 1];
    const first = (Z95 ** 3 + Z95) / 4;
    const second = (5 * Z95 ** 5 + 16 * Z95 ** 3 + 3 * Z95) / 96;
    return Z95 + first / freedom + second / freedom ** 2;
  }

  /**
   * A group of values in numbers: {n, mean, std, se, ci95, min, max}. `ci95` is half the 95%
   * interval of the mean. Values that are not finite are left out; std, se and ci95 are null
   * where n is 1, and the rest NaN where it is 0.
   */
  function summary(all) {
    const values = finite(all);
    const n = values.length;
    const spread = std(values);
    const se = spread === null ? null : spread / Math.sqrt(n);
    let min = n ? values[0] : NaN;
    let max = min;
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return { n, mean: mean(values), std: spread, se, ci95: se === null ? null : studentT(n - 1) * se, min, max };
  }

  /** The rank of each value, from 1; equal values share the mean of their ranks. */
  function ranks(values) {
    const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
    const found = new Array(values.length);
    for (let start = 0; start < order.length; ) {
      let end = start + 1;
      while (end < order.length && values[order[end]] === values[order[start]]) end += 1;
      for (let at = start; at < end; at += 1) found[order[at]] = (start + end + 1) / 2;
      start = end;
    }
    return found;
  }

  /** Pearson's correlation; null where one side does not vary. */
  function correlation(xs, ys) {
    const mx = mean(xs);
    const my = mean(ys);
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let i = 0; i < xs.length; i += 1) {
      const dx = xs[i] - mx;
      const dy = ys[i] - my;
      xy += dx * dy;
      xx += dx * dx;
      yy += dy * dy;
    }
    return xx && yy ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : null;
  }

  /** Spearman's rank correlation of the pairs that are both finite: {rho, n}; rho null as above. */
  function spearman(xs, ys) {
    const pairs = [];
    for (let i = 0; i < xs.length; i += 1) {
      if (Number.isFinite(xs[i]) && Number.isFinite(ys[i])) pairs.push([xs[i], ys[i]]);
    }
    if (pairs.length < 2) return { rho: null, n: pairs.length };
    const rho = correlation(ranks(pairs.map((pair) => pair[0])), ranks(pairs.map((pair) => pair[1])));
    return { rho, n: pairs.length };
  }

  /**
   * The correlation ratio on ranks, 0 to 1, of the pairs whose number is finite: {eta, n}. The first
   * of a pair is its category, anything but NaN. eta is null where one side does not vary.
   */
  function correlationRatio(categories, ys) {
    const places = ys.map((y, at) => at).filter((at) => Number.isFinite(ys[at]) && !Number.isNaN(categories[at]));
    const centre = (places.length + 1) / 2;
    const by = new Map();
    let whole = 0;
    ranks(places.map((at) => ys[at])).forEach((rank, place) => {
      const category = categories[places[place]];
      const found = by.get(category) || { sum: 0, count: 0 };
      by.set(category, { sum: found.sum + rank - centre, count: found.count + 1 });
      whole += (rank - centre) ** 2;
    });
    if (!whole || by.size < 2) return { eta: null, n: places.length };
    let between = 0;
    for (const { sum, count } of by.values()) between += sum ** 2 / count;
    return { eta: Math.sqrt(Math.min(1, between / whole)), n: places.length };
  }

  /**
   * The places by which settings are told apart, no two of which are equal: those that part the most,
   * one after the other; in their order. @param {(string | null)[][]} settings of equal lengths
   */
  function apart(settings) {
    const numbered = (keys) => {
      const seen = new Map();
      return keys.map((key) => seen.get(key) ?? (seen.set(key, seen.size), seen.size - 1));
    };
    const codes = (settings[0] || []).map((_, at) => numbered(settings.map((values) => values[at])));
    const left = codes.map((_, at) => at).filter((at) => codes[at].some((code) => code > 0));
    const found = [];
    let parts = settings.map(() => 0); // those with one number are alike so far
    while (left.length && new Set(parts).size < settings.length) {
      const finer = left.map((at) => parts.map((part, i) => part * settings.length + codes[at][i]));
      const sizes = finer.map((each) => new Set(each).size);
      const place = sizes.indexOf(Math.max(...sizes));
      found.push(...left.splice(place, 1));
      parts = numbered(finer[place]);
    }
    return found.sort((a, b) => a - b);
  }

  reportgen.stats = Object.freeze({ apart, finite, mean, std, summary, ranks, correlation, spearman, correlationRatio });
})();
