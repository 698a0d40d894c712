// Charts, the axes: how values bend, where axes are labelled and what the labels say. As
// reportgen/charts/ticks.py and axes.py do for the charts that stand in pages. Pure functions.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const THIN = "\u202f";
  const NICE = [[1, 0], [2, 0.2], [5, 0.1], [10, 0]]; // and how much each is disliked
  const LOG_FROM = 1000; // greatest by least: three decades

  const minus = (text) => text.replace(/-/g, "−");
  const { grouped } = reportgen.format;

  /**
   * How values are bent before they are drawn: { name, bend, back }. `wish` is "log", "linear" or
   * "" for what fits: log where all values are above 0 and span more than three decades. A log axis
   * that must show 0 or less bends by arcsinh: level near 0, logarithmic away from it.
   */
  function bending(low, high, wish) {
    const log = wish === "log" || (wish === "" && low > 0 && high / LOG_FROM > low);
    const most = Math.max(Math.abs(low), Math.abs(high));
    if (!log || !Number.isFinite(most) || most === 0) return straight(most);
    if (low > 0) return { name: "log scale", bend: Math.log10, back: (y) => 10 ** y };
    const unit = 10 ** (Math.floor(Math.log10(most)) - 3);
    return {
      name: "log scale by arcsinh",
      unit,
      bend: (v) => Math.asinh(v / unit),
      back: (y) => Math.sinh(y) * unit,
    };
  }

  /** No bending; numbers near the ends of what floats hold are moved away from them. */
  function straight(most) {
    if (!Number.isFinite(most) || most === 0 || (most > 1e-280 && most < 1e280)) {
      return { name: "", bend: (v) => v, back: (y) => y };
    }
    const shift = 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(most))));
    return { name: "", bend: (v) => v * shift, back: (y) => y / shift };
  }

  /** Bent limits with air above and below; those of a level line are set apart. */
  function aired(low, high) {
    const most = Math.max(Math.abs(low), Math.abs(high));
    if (high - low <= 16 * 2 ** -52 * most || high === low) {
      const air = Math.abs(low) / 10 || 1;
      return [low - air, high + air];
    }
    const air = 0.06 * (high - low);
    return [low - air, high + air];
  }

  /** About `count` places of a nice step between two numbers: { places, step }, step as [factor, power]. */
  function evenly(low, high, count, whole = false) {
    let least = Math.floor(Math.log10(high - low) - Math.log10(count));
    if (whole) least = Math.max(0, least);
    let best = null;
    for (const [factor, dislike] of NICE) {
      const first = Math.ceil(times(low, factor, least, true));
      const last = Math.floor(times(high, factor, least, true));
      const number = last - first + 1;
      const cost = Math.abs(number - count) + dislike + (number < 2 ? 100 : 0);
      if (!best || cost < best.cost) best = { cost, factor, first, last };
    }
    const places = [];
    for (let i = best.first; i <= best.last && places.length < 40; i++) {
      places.push(times(i * best.factor, 1, least));
    }
    return { places, power: best.factor === 10 ? least + 1 : least, factor: best.factor };
  }

  /** number times factor times ten to the power, without the errors of 0.1; or divided by them. */
  function times(number, factor, exponent, divide = false) {
    const up = divide ? exponent < 0 : exponent >= 0;
    const ten = 10 ** Math.abs(exponent);
    const scaled = up ? number * ten : number / ten;
    return divide ? scaled / factor : scaled * factor;
  }

  const whole = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? grouped(value) : minus(String(value)));

  /** Labels of one form for numbers a step apart, and what is to be added to each ("" for nothing). */
  function spelled(places, exponent) {
    const most = Math.max(...places.map(Math.abs));
    const decimals = Math.max(0, -exponent);
    if (most < 1e7 && decimals <= 5 && (exponent >= -3 || most >= 1e-3)) {
      const text = places.map((place) => grouped(place, decimals));
      if (Math.max(...text.map((one) => one.length)) <= 8) return { labels: text, note: "" };
    }
    if (most > 0 && (most >= 1e7 || most < 1e-3)) {
      const top = Math.floor(Math.log10(most) + 1e-9);
      const digits = Math.max(0, top - exponent);
      if (digits <= 2) {
        return { labels: places.map((v) => (v ? `${minus((v / 10 ** top).toFixed(digits))}e${minus(String(top))}` : "0")), note: "" };
      }
    }
    const base = Math.floor(Math.min(...places) / 10 ** (exponent + 2)) * 10 ** (exponent + 2);
    const rest = places.map((place) => place - base);
    const small = rest.map((v) => (Math.abs(v) < 1e7 && decimals <= 5 ? grouped(v, decimals) : minus(v.toPrecision(2))));
    return { labels: small.map((text) => `+${text}`), note: `values from ${whole(Number(base.toPrecision(15)))}` };
  }

  /** The labelled places of a y axis between two bent limits: { splits (bent), labels, note, decimals }. */
  function yTicks(low, high, bending, count) {
    const bottom = bending.back(low);
    const top = bending.back(high);
    if (bending.bend === Math.log10) return logTicks(low, high, count);
    if (bending.unit) return arcTicks(low, high, bending, count);
    const { places, power: exponent } = evenly(bottom, top, count);
    if (!places.length || !(top > bottom)) return { splits: [], labels: [], note: "", decimals: 0 };
    return { splits: places.map(bending.bend), ...spelled(places, exponent), decimals: -exponent };
  }

  function logTicks(low, high, count) {
    let found = powers(low, high, [1]);
    if (found.length >= 3) {
      const stride = Math.ceil(found.length / (count + 1));
      found = found.filter(([exponent]) => exponent % stride === 0);
    } else found = powers(low, high, [1, 2, 5]);
    if (found.length < 3) {
      const { places, power: exponent } = evenly(10 ** low, 10 ** high, count);
      return { splits: places.map(Math.log10), ...spelled(places, exponent), decimals: -exponent };
    }
    return {
      splits: found.map(([exponent, factor]) => exponent + Math.log10(factor)),
      labels: found.map(([exponent, factor]) => power(exponent, factor)),
      note: "",
      decimals: 0,
    };
  }

  function powers(low, high, factors) {
    const found = [];
    for (let exponent = Math.floor(low); exponent <= Math.ceil(high); exponent++) {
      for (const factor of factors) {
        const place = exponent + Math.log10(factor);
        if (place >= low && place <= high) found.push([exponent, factor]);
      }
    }
    return found;
  }

  function arcTicks(low, high, bending, count) {
    const top = Math.ceil(Math.log10(Math.max(Math.abs(bending.back(low)), Math.abs(bending.back(high)))));
    const least = Math.round(Math.log10(bending.unit));
    const stride = Math.max(1, Math.ceil((top - least) / Math.max(2, count / 2)));
    const values = [0];
    for (let exponent = top; exponent >= least; exponent -= stride) values.push(10 ** exponent, -(10 ** exponent));
    const room = (high - low) / 14; // beside 0
    const isSeen = (v) => bending.bend(v) >= low && bending.bend(v) <= high && (v === 0 || Math.abs(bending.bend(v)) > room);
    const splits = values.filter(isSeen).sort((a, b) => a - b);
    const label = (v) => (v ? (v < 0 ? "−" : "") + power(Math.round(Math.log10(Math.abs(v))), 1) : "0");
    return { splits: splits.map(bending.bend), labels: splits.map(label), note: "", decimals: 0 };
  }

  function power(exponent, factor) {
    if (exponent >= 0 && exponent <= 4) return grouped(factor * 10 ** exponent);
    if (exponent >= -3 && exponent < 0) return (factor / 10 ** -exponent).toFixed(-exponent);
    return minus(`${factor}e${exponent}`);
  }

  const SECOND = 1000;
  const MINUTE = 60 * SECOND;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const SPANS = [
    ...[1, 2, 5, 10, 20, 50, 100].map((n) => [n, 1, "ms"]),
    ...[0.2, 0.5, 1, 2, 5, 10, 15].map((n) => [n * SECOND, SECOND, "s"]),
    ...[0.5, 1, 2, 5, 10, 15].map((n) => [n * MINUTE, MINUTE, "min"]),
    ...[0.5, 1, 2, 3, 6].map((n) => [n * HOUR, HOUR, "h"]),
    ...[0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((n) => [n * DAY, DAY, "d"]),
  ];

  function timeStep(low, high, count) {
    let best = null;
    for (const [step, unit, name] of SPANS) {
      const number = Math.floor(high / step) - Math.ceil(low / step) + 1;
      const cost = Math.abs(number - count);
      if (!best || cost <= best.cost) best = { cost, step, unit, name };
    }
    return best;
  }

  function multiples(low, high, step) {
    const places = [];
    for (let i = Math.ceil(low / step); i * step <= high && places.length < 40; i++) places.push(i * step);
    return places;
  }

  const two = (number) => String(number).padStart(2, "0");

  /** A moment on the axis of wall time, in UTC; the first label and those at midnight have the day. */
  function momentLabel(ms, step, first) {
    const time = new Date(ms);
    const day = `${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
    if (step >= DAY) return day;
    const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
    if (step < MINUTE) return `${clock}:${two(time.getUTCSeconds())}${step < SECOND ? `.${String(time.getUTCMilliseconds()).padStart(3, "0")}` : ""}`;
    return first || clock === "00:00" ? `${day} ${clock}` : clock;
  }

  /** The labelled places of an x axis: { splits, labels, unit }. */
  function xTicks(low, high, kind, count) {
    if (!(high > low)) return { splits: [low], labels: [kind === "wall" ? momentLabel(low, MINUTE, true) : kind === "time" ? span(low) : grouped(low)] };
    if (kind === "wall") {
      const { step } = timeStep(low, high, Math.max(2, count - 1));
      const splits = multiples(low, high, step);
      return { splits, labels: splits.map((ms, i) => momentLabel(ms, step, i === 0)) };
    }
    if (kind === "time") {
      const { step, unit, name } = timeStep(low, high, count);
      const splits = multiples(low, high, step);
      const decimals = step % unit === 0 ? 0 : 1;
      return { splits, labels: splits.map((ms) => (ms ? `${grouped(ms / unit, decimals)}${THIN}${name}` : "0")) };
    }
    const { places } = evenly(low, high, count, true);
    return { splits: places, labels: stepLabels(places) };
  }

  /** Whole numbers in full, or with k, M or G, all in one form. */
  function stepLabels(places) {
    const top = Math.max(...places.map(Math.abs));
    const step = places.length > 1 ? places[1] - places[0] : top || 1;
    for (const [sign, unit] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
      const enough = step % unit === 0 || unit > 1e3 ? unit : 10 * unit;
      if (top >= enough && (step * 10) % unit === 0 && top < 1000 * unit) {
        return places.map((v) => (v ? `${grouped(v / unit, step % unit ? 1 : 0)}${THIN}${sign}` : "0"));
      }
    }
    return places.map((v) => (Math.abs(v) < 1e10 ? grouped(v) : minus(v.toPrecision(3))));
  }

  /** A span of ms in units people use: 1.5 s, 6 min 47 s. */
  function span(ms) {
    if (Math.abs(ms) >= MINUTE) return `${ms < 0 ? minus("-") : ""}${reportgen.format.duration(0, Math.round(Math.abs(ms)))}`;
    const [unit, name] = Math.abs(ms) >= SECOND ? [SECOND, "s"] : [1, "ms"];
    return `${minus(String(Number((ms / unit).toPrecision(4))))}${THIN}${name}`;
  }

  /** A place on the x axis in words: step 12, 3.2 min, 2026-11-23 14:02:11. */
  function place(x, kind) {
    if (kind === "wall") return new Date(x).toISOString().slice(0, 19).replace("T", " ");
    if (kind === "time") return span(x);
    return `${kind === "order" ? "point" : "step"} ${Math.abs(x) < 1e15 ? grouped(x, Number.isInteger(x) ? 0 : 2) : minus(x.toPrecision(3))}`;
  }

  /** A value with so many decimals, and more where it is so small that they would not show it. */
  function value(number, decimals) {
    const size = Math.abs(number);
    if (!Number.isFinite(number) || number === 0 || size >= 1e7 || size < 1e-4) return reportgen.format.number(number);
    const own = size < 1 ? 2 - Math.floor(Math.log10(size)) : 0; // three digits
    return grouped(number, Math.max(0, Math.min(7, Math.max(decimals, own))));
  }

  chart.axes = { bending, aired, yTicks, xTicks, place, span, value, grouped, minus };
})();
