// Charts, the numbers: from the points of series to what is drawn of them. Pure functions, no page.
//
// A line is { xs, values }: rising or level places on the x axis, and a value for each; NaN and the
// infinities are gaps. `uPlot.join` is never used: of 50 runs with 1,000 places of their own each it
// would make a table of 50,000 rows, and throw away what uPlot was chosen for.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});

  /**
   * Exponential moving average without its pull to zero at the start (as in TensorBoard): each mean
   * is divided by 1 - weight^n, the weight that has been given out so far. Values that are not
   * finite stay where they are, and count for nothing.
   * @param {ArrayLike<number>} values @param {number} weight from 0 (none) to below 1
   * @returns {Float64Array}
   */
  function smoothed(values, weight) {
    const out = new Float64Array(values);
    let mean = 0;
    let given = 1;
    for (let i = 0; i < out.length; i++) {
      if (!Number.isFinite(out[i])) continue;
      mean = mean * weight + (1 - weight) * out[i];
      given *= weight;
      out[i] = mean / (1 - given);
    }
    return out;
  }

  /** Whether numbers differ at all. */
  function varies(numbers) {
    for (let i = 1; i < numbers.length; i++) if (numbers[i] !== numbers[0]) return true;
    return false;
  }

  /**
   * What series can be drawn over: what is wished, where their steps or times differ, else the next
   * best. "step", "time" (ms since the start of each), "wall" (ms since 1970), or "order".
   */
  function kindFor(series, wished) {
    const stepped = series.some((one) => varies(one.steps));
    const timed = series.some((one) => one.times && varies(one.times));
    if (wished !== "step" && timed) return wished;
    if (stepped) return "step";
    if (timed) return "time";
    return series.some((one) => one.values.length > 1) ? "order" : "step";
  }

  /** A series as a line over an axis of that kind; sorted where its times are out of order. */
  function placed(series, kind) {
    const { steps, times, values } = series;
    let xs = steps;
    if (kind === "order") xs = Float64Array.from(values, (_, i) => i + 1);
    else if (kind === "wall") xs = times || new Float64Array(values.length).fill(NaN);
    else if (kind === "time") {
      const start = Number.isFinite(series.start) ? series.start : times ? least(times) : 0;
      xs = mapped(times || steps, (time) => (times ? time - start : NaN));
    }
    const order = sorting(xs);
    if (!order) return { xs, values, order };
    return { xs: Float64Array.from(order, (i) => xs[i]), values: Float64Array.from(order, (i) => values[i]), order };
  }

  /** New numbers for numbers; `Float64Array.from` with a function takes many times as long. */
  function mapped(numbers, change) {
    const out = new Float64Array(numbers.length);
    for (let i = 0; i < out.length; i++) out[i] = change(numbers[i]);
    return out;
  }

  function least(numbers) {
    let low = Infinity;
    for (const number of numbers) if (number < low) low = number;
    return low;
  }

  /** The indices that put numbers in order, without those that are none; null where all is well. */
  function sorting(numbers) {
    let rises = !Number.isNaN(numbers[0]);
    for (let i = 1; rises && i < numbers.length; i++) rises = numbers[i] >= numbers[i - 1];
    if (rises || !numbers.length) return null;
    const order = Array.from(numbers.keys()).filter((i) => !Number.isNaN(numbers[i]));
    return order.sort((a, b) => numbers[a] - numbers[b] || a - b);
  }

  /** The first index whose number is not below x. */
  function from(numbers, x) {
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[middle] < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The index of the number nearest to x, the last of equal ones; -1 where there is none. */
  function nearest(numbers, x) {
    if (!numbers.length) return -1;
    const right = from(numbers, x);
    if (right === numbers.length) return right - 1;
    if (right > 0 && x - numbers[right - 1] < numbers[right] - x) return right - 1;
    let last = right;
    while (last + 1 < numbers.length && numbers[last + 1] === numbers[right]) last++;
    return last;
  }

  /**
   * Lines over places they share, as uPlot wants them: null is a gap, undefined is "no point of this
   * line here". Lines of equal places keep them; few points keep theirs; else the window is cut into
   * columns, and of each line the least and the greatest value of a column are kept, in their order.
   * @param {{xs: ArrayLike<number>, ys: ArrayLike<number>, isCoarse?: boolean}[]} lines
   * @returns {{xs: ArrayLike<number>, ys: Array[]}}
   */
  function aligned(lines, low, high, columns) {
    const spans = lines.map((line) => span(line.xs, low, high));
    const most = 2 * columns;
    const first = lines.findIndex((line) => line.xs.length);
    if (first < 0) return { xs: [low, high], ys: lines.map(() => []) };
    const [start, end] = spans[first];
    if (end - start <= most && lines.every((line) => !line.xs.length || same(line.xs, lines[first].xs))) {
      return { xs: lines[first].xs.slice(start, end), ys: lines.map((line) => cut(line.ys, start, end)) };
    }
    const total = spans.reduce((sum, [a, b]) => sum + b - a, 0);
    return total <= most ? merged(lines, spans) : bucketed(lines, low, high, columns);
  }

  /** The stretch of places in a window, with a neighbour on each side, so that lines leave it. */
  function span(xs, low, high) {
    return [Math.max(0, from(xs, low) - 1), Math.min(xs.length, past(xs, high) + 1)];
  }

  function past(xs, x) {
    let end = from(xs, x);
    while (end < xs.length && xs[end] === x) end++;
    return end;
  }

  function same(a, b) {
    if (a === b) return true;
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }

  function cut(ys, start, end) {
    const out = new Array(Math.max(0, Math.min(end, ys.length) - start));
    for (let i = 0; i < out.length; i++) out[i] = gap(ys[start + i]);
    return out;
  }

  const gap = (y) => (Number.isFinite(y) ? y : null);

  /** Few points: all places of all lines. A place that a line has twice stands twice. */
  function merged(lines, spans) {
    const all = [];
    lines.forEach((line, which) => {
      for (let i = spans[which][0], seen = 0; i < spans[which][1]; i++) {
        seen = i > spans[which][0] && line.xs[i] === line.xs[i - 1] ? seen + 1 : 0;
        all.push([line.xs[i], seen, which, line.ys[i]]);
      }
    });
    all.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const xs = [];
    const ys = lines.map(() => []);
    all.forEach(([x, seen, which, y], i) => {
      if (!i || x !== all[i - 1][0] || seen !== all[i - 1][1]) xs.push(x);
      ys[which][xs.length - 1] = gap(y);
    });
    for (const one of ys) one.length = xs.length;
    return { xs, ys };
  }

  /** Many points: two places a column, and the borders of the window. */
  function bucketed(lines, low, high, most) {
    const columns = most + (most % 2);
    const width = (high - low) / columns || 1;
    const xs = new Float64Array(2 * columns + 2);
    xs[0] = low;
    for (let i = 0; i < 2 * columns; i++) xs[i + 1] = low + (i + 0.5) * (width / 2);
    xs[2 * columns + 1] = high;
    return { xs, ys: lines.map((line) => bucketedLine(line, low, high, columns)) };
  }

  /** One line; `isCoarse` is for those in the background, which have columns of double width. */
  function bucketedLine({ xs, ys, isCoarse }, low, high, most) {
    const out = new Array(2 * most + 2);
    const stride = isCoarse ? 2 : 1;
    const columns = most / stride;
    const width = (high - low) / columns || 1;
    const columnOf = (x) => Math.min(columns - 1, Math.floor((x - low) / width));
    const end = past(xs, high);
    let i = from(xs, low);
    out[0] = between(xs, ys, i - 1, i, low);
    out[2 * most + 1] = between(xs, ys, end - 1, end, high);
    while (i < end) {
      const column = columnOf(xs[i]);
      const start = i;
      let lowest = -1;
      let highest = -1;
      for (; i < end && columnOf(xs[i]) === column; i++) {
        if (!Number.isFinite(ys[i])) continue;
        if (lowest < 0 || ys[i] < ys[lowest]) lowest = i;
        if (highest < 0 || ys[i] > ys[highest]) highest = i;
      }
      const slots = [1 + 2 * stride * column, 1 + 2 * stride * column + stride];
      if (lowest < 0) out[slots[0]] = null;
      else if (lowest === highest) {
        const side = (xs[lowest] - low) / width - column >= 0.5 ? 1 : 0;
        out[slots[side]] = ys[lowest];
        if (!Number.isFinite(ys[side ? start : i - 1])) out[slots[1 - side]] = null; // a gap beside it
      } else {
        out[slots[0]] = ys[Math.min(lowest, highest)];
        out[slots[1]] = ys[Math.max(lowest, highest)];
      }
    }
    return out;
  }

  /** The value of a straight line between two points at x; undefined where one of them is missing. */
  function between(xs, ys, a, b, x) {
    if (a < 0 || b >= xs.length || !Number.isFinite(ys[a]) || !Number.isFinite(ys[b])) return undefined;
    return xs[a] === xs[b] ? ys[b] : ys[a] + ((ys[b] - ys[a]) * (x - xs[a])) / (xs[b] - xs[a]);
  }

  /**
   * The least and the greatest of drawn values; without the outer 1 % on each side if that is wished.
   * @returns {{low: number, high: number} | null} null where nothing is drawn
   */
  function reach(columns, clip) {
    const all = [];
    for (const ys of columns) for (const y of ys) if (y !== null && y !== undefined) all.push(y);
    if (!all.length) return null;
    if (!clip) {
      let low = Infinity;
      let high = -Infinity;
      for (const y of all) {
        if (y < low) low = y;
        if (y > high) high = y;
      }
      return { low, high };
    }
    const sorted = Float64Array.from(all).sort();
    return { low: quantile(sorted, 0.01), high: quantile(sorted, 0.99) };
  }

  /** A quantile of sorted numbers, between two of them by a straight line. */
  function quantile(sorted, share) {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  }

  /** Stretches of values that are not finite: [{ from, to, word }], places and "nan", "inf", "−inf". */
  function gaps({ xs, values }) {
    const found = [];
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue;
      const word = Number.isNaN(values[i]) ? "nan" : values[i] > 0 ? "inf" : "−inf";
      const before = found[found.length - 1];
      if (before && before.word === word && before.end === i - 1) Object.assign(before, { to: xs[i], end: i });
      else found.push({ from: xs[i], to: xs[i], word, end: i });
    }
    return found;
  }

  const ROUNDED = 1e-5; // relative: points in a page have six digits or more

  /** What one value of a curve has more than another; 0 where that may come of their rounding alone. */
  function minus(value, other) {
    const between = value - other;
    return Math.abs(between) < ROUNDED * Math.max(Math.abs(value), Math.abs(other)) ? 0 : between;
  }

  /** Series as CSV, a point a line: series, step, time (UTC), value, and what smoothing made of it. */
  function csv(lines, weight) {
    const rows = [["series", "step", "time", "value", ...(weight ? [`smoothed ${weight}`] : [])]];
    for (const { name, steps, times, values } of lines) {
      const means = weight ? smoothed(values, weight) : null;
      for (let i = 0; i < values.length; i++) {
        const time = times && Number.isFinite(times[i]) ? new Date(times[i]).toISOString() : "";
        rows.push([name, steps[i], time, values[i], ...(means ? [means[i]] : [])]);
      }
    }
    return rows.map((row) => row.map((cell) => (typeof cell === "number" ? String(cell) : reportgen.csvText(cell))).join(",")).join("\r\n") + "\r\n";
  }

  const WORDS = ["name", "part", "id", "colour", "dashed", "start", "count", "faint", "fine"];
  const COLUMNS = ["steps", "times", "values"];

  /** Whether some lines are what others are, to the point. */
  function alike(ones, others) {
    return ones.length === others.length && ones.every((one, place) => {
      const other = others[place];
      return WORDS.every((word) => Object.is(one[word], other[word])) && String(one.dash) === String(other.dash)
        && COLUMNS.every((name) => one[name] === other[name] || isSameColumn(one[name], other[name]));
    });
  }

  function isSameColumn(one, other) {
    if (!one || !other || one.length !== other.length) return false;
    for (let i = one.length - 1; i >= 0; i--) if (!Object.is(one[i], other[i])) return false;
    return true;
  }

  chart.data = { alike, minus, mapped, smoothed, kindFor, placed, from, nearest, aligned, reach, gaps, csv };
})();
