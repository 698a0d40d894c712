// What all scripts of a page share: data on demand, view state in the address, small helpers.
//
// One global, `reportgen`. Data files (`experiments/<slug>/runs.js`, `runs/<page>/run.js`,
// `data/site.js`) are classic scripts, which also load where a page was opened from a folder; they
// call `reportgen.put(kind, key, json)`. Columns of a table become arrays with null where a run has
// no such value, params and the like become Maps, as their names come from stores.
//
// Table: slug name count primary ids pages titles statuses starts ends parents colours users notes
//   causes silent problems near: arrays by row (`near`: rows within noise of the best);
//   params, tags: Map(key -> {values});
//   metrics: Map(key -> {role label why direction hint mayRank last best step count top});
//   shown: {metrics, params}; same: [[param, value]]; seeds: [param];
//   apart: [test metric that is not in the table]; datasets: [[name, digest, context], ...] by row.
// Run: run.json's object, with params tags metrics heldout standing as Maps, and
//   page title colour silent cause experiment diffs datasets artifacts, and
//   curves: Map(key -> {count, steps, times, values}), all Float64Arrays but `count`;
//   files: whether there is a files.js, packages: whether that has packages.
// Files of a run (files.js): hashes, texts, drawings: Map(path -> text); laid, large, left: Set(path);
//   packages: Map(name -> version) or null; see `pages/filedata.py`.
(() => {
  "use strict";
  const root = document.documentElement.dataset.root || "";
  const reportgen = { root, load: {}, state: {}, format: {} };
  window.reportgen = reportgen;

  // ---- data -------------------------------------------------------------------------------------

  const waiting = new Map(); // file -> promise
  const editions = new Map(); // file -> "?..." where an older one may be in a cache
  const arrived = new Map(); // kind and key -> data
  const decoders = { table: tableOf, run: runOf, files: filesOf, site: (plain) => plain };

  /** Called by data files. @param {string} json */
  reportgen.put = (kind, key, json) => {
    arrived.set(`${kind}/${key}`, decoders[kind](JSON.parse(json)));
  };

  function load(kind, key, path, what) {
    if (!waiting.has(path)) {
      waiting.set(path, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const fail = () => {
          waiting.delete(path); // it may be there the next time
          reject(new Error(`${what} could not be loaded: ${path} is missing or damaged`));
        };
        script.onload = () => {
          script.remove();
          const id = `${kind}/${key}`;
          if (arrived.has(id)) resolve(arrived.get(id));
          else fail();
          arrived.delete(id);
        };
        script.onerror = () => { script.remove(); fail(); };
        script.src = root + path + (editions.get(path) || "");
        document.head.append(script);
      }));
    }
    return waiting.get(path);
  }

  const folder = (name) => encodeURIComponent(name);
  /** The runs of an experiment, as a Table. */
  reportgen.load.table = (slug) =>
    load("table", slug, `experiments/${folder(slug)}/runs.js`, `The runs of ${slug}`);
  /** One run, by the name of its page's folder. */
  reportgen.load.run = (page) =>
    load("run", page, `runs/${folder(page)}/run.js`, `The run ${page.slice(0, 8)}`);
  /** The files of a run, where it has any. */
  reportgen.load.files = (page) =>
    load("files", page, `runs/${folder(page)}/files.js`, `The files of the run ${page.slice(0, 8)}`);
  /** What there is in the site: {title, pages: [[name, path]], experiments: [{name, slug, url, runs}]}. */
  reportgen.load.site = () => load("site", "", "data/site.js", "The list of experiments");
  /** The data files that were asked for so far, as paths of the site. */
  reportgen.load.asked = () => [...waiting.keys()].map((path) => path.split("/").map(decodeURIComponent).join("/"));
  /** Have files read again that have changed, when they are asked for the next time. */
  reportgen.load.forget = (paths, edition = "") => {
    for (const path of paths.map((one) => one.split("/").map(folder).join("/"))) {
      if (waiting.delete(path) && edition) editions.set(path, `?${edition}`);
    }
  };

  /** Do the work for each item, `most` of them beside each other, for as long as `goesOn()`. */
  reportgen.load.each = async (items, most, work, goesOn = () => true) => {
    const left = [...items];
    const worker = async () => {
      while (left.length && goesOn()) await work(left.shift());
    };
    await Promise.all(Array.from({ length: most }, worker));
  };

  const NUMBERS = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
  const numberOf = (cell) => (typeof cell === "string" ? NUMBERS[cell] : cell);
  const mapOf = (plain, change) =>
    new Map(Object.entries(plain).map(([key, value]) => [key, change ? change(value, key) : value]));

  function column(packed, count) {
    if (Array.isArray(packed)) return packed;
    if ("all" in packed) return new Array(count).fill(packed.all);
    const cells = new Array(count).fill(null);
    packed.at.forEach((row, place) => { cells[row] = packed.is[place]; });
    return cells;
  }

  function tableOf(plain) {
    const { count, runs } = plain;
    const cells = (packed) => column(packed, count);
    const filled = (packed, nothing) => cells(packed).map((cell) => (cell === null ? nothing : cell));
    const numbers = (packed) => (packed ? cells(packed).map(numberOf) : null);
    const marked = (rows) => { const at = new Set(rows); return Array.from({ length: count }, (_, row) => at.has(row)); };
    return {
      slug: plain.slug, name: plain.name, count, primary: plain.primary, same: plain.same,
      seeds: plain.seeds, shown: plain.shown, apart: plain.apart,
      ids: runs.ids,
      pages: cells(runs.pages).map((page, row) => (page === null ? runs.ids[row] : page)),
      titles: runs.titles,
      statuses: cells(runs.statuses),
      starts: cells(runs.starts),
      ends: cells(runs.ends),
      parents: filled(plain.parents, -1),
      colours: runs.colours,
      users: filled(runs.users, ""),
      notes: filled(runs.notes, ""),
      causes: filled(runs.causes, ""),
      problems: filled(runs.problems, 0),
      datasets: filled(plain.datasets, []),
      silent: marked(runs.silent),
      near: marked(plain.near),
      params: mapOf(plain.params, (packed) => ({ values: cells(packed) })),
      tags: mapOf(plain.tags, (packed) => ({ values: cells(packed) })),
      metrics: mapOf(plain.metrics, (metric) => ({
        ...metric,
        last: numbers(metric.last),
        best: numbers(metric.best),
        step: metric.step ? cells(metric.step) : null,
        count: filled(metric.count, 0),
        top: new Set(metric.top),
      })),
    };
  }

  /** What is told of a metric, with what is untold as it follows from the rest. */
  function standingOf(told, key) {
    const { role = "", direction = "" } = told;
    const label = ["train", "val", "test"].includes(role) ? role : "";
    const hint = direction && `${direction} is better`;
    return { stem: key, role, label, why: "", direction, hint, mayRank: false, ...told };
  }

  function runOf(plain) {
    const head = (metric) => ({
      ...metric, last: numberOf(metric.last), min: numberOf(metric.min), max: numberOf(metric.max),
    });
    return {
      ...plain,
      params: mapOf(plain.params),
      tags: mapOf(plain.tags),
      metrics: mapOf(plain.metrics, head),
      heldout: mapOf(plain.heldout, head),
      standing: mapOf(plain.standing, standingOf),
      curves: mapOf(plain.curves, (packed) => curveOf(packed, plain.grids[packed.g])),
    };
  }

  function filesOf(plain) {
    const { hashes, texts, drawings, packages } = plain;
    return {
      hashes: mapOf(hashes), texts: mapOf(texts), drawings: mapOf(drawings), packages: packages && mapOf(packages),
      laid: new Set(plain.laid), large: new Set(plain.large), left: new Set(plain.left),
    };
  }

  /** The points of a curve: see `charts/packed.py` for the form. */
  function curveOf(packed, grid) {
    grid.steps = grid.steps || stepsOf(grid, grid.c);
    grid.times = grid.times || timesOf(grid, grid.c);
    const values = packed.f ? valuesOf(packed.v, packed.f, grid.c) : bytesOf(packed.v);
    return { count: packed.n, steps: grid.steps, times: grid.times, values };
  }

  function stepsOf(packed, count) {
    const steps = new Float64Array(count);
    let step = 0;
    for (let place = 0; place < count; place++) {
      step = packed.s ? packed.s[0] + place * packed.s[1] : step + packed.d[place];
      steps[place] = step;
    }
    return steps;
  }

  function timesOf(packed, count) {
    const times = new Float64Array(count);
    let at = packed.i[0];
    let time = packed.t[0];
    times[at] = time;
    for (let knot = 1; knot < packed.i.length; knot++) {
      const width = packed.i[knot];
      for (let k = 1; k <= width; k++) times[at + k] = time + (packed.t[knot] * k) / width;
      at += width;
      time += packed.t[knot];
    }
    return times;
  }

  const TENS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
  const BLOCK = 64; // differences
  const NONE = 31;
  const PLACES = new Uint8Array(128); // of a character in the alphabet
  for (let code = 32, place = 0; code < 127; code++) {
    if (!"\"'\\".includes(String.fromCharCode(code))) PLACES[code] = place++;
  }

  /** Values of few digits: see `charts/digits.py` for the form. */
  function valuesOf(text, [digits, exponent, first, top], count) {
    const values = codesOf(bitsOf(text), first, count);
    const least = TENS[digits - 1];
    const decade = 9 * least;
    for (let place = 0; place < count; place++) {
      const code = values[place];
      const size = Math.abs(code) - 1;
      if (size < 0) continue;
      const over = Math.floor(size / decade);
      const power = digits - 1 - exponent - over;
      const number = (size - over * decade + least) * Math.sign(code);
      values[place] = size < top ? (power < 0 ? number * TENS[-power] : number / TENS[power])
        : [NaN, Infinity, -Infinity][size - top];
    }
    return values;
  }

  /** Codes of which the first is known, and the differences stand in some bits. */
  function codesOf(bits, first, count) {
    const window = (at) => bits.getUint32(at >> 3) << (at & 7); // 25 bits and more, the first one uppermost
    const codes = new Float64Array(count).fill(first);
    for (let place = 1, at = 0, code = first; place < count;) {
      const end = Math.min(count, place + BLOCK);
      const k = window(at) >>> 27;
      at += 5;
      for (; place < end && k < NONE; place++) {
        let ones = 0;
        for (; window(at) >>> 16 === 0xffff; at += 16) ones += 16;
        const more = Math.clz32(~window(at));
        at += more + 1;
        let folded = ones + more;
        for (let left = k, few = 0; left > 0; left -= few, at += few) {
          few = Math.min(left, 16);
          folded = (folded << few) | (window(at) >>> (32 - few));
        }
        code += (folded >>> 1) ^ -(folded & 1);
        codes[place] = code;
      }
      for (; place < end; place++) codes[place] = code;
    }
    return codes;
  }

  /** The bits that a text tells, 13 by two characters. */
  function bitsOf(text) {
    const bits = new DataView(new ArrayBuffer(text.length + 8));
    for (let at = 0, byte = 0, held = 0, left = 0; at < text.length; at += 2) {
      held = (held << 13) | (PLACES[text.charCodeAt(at)] * 92 + PLACES[text.charCodeAt(at + 1)]);
      left += 13;
      for (; left >= 8; byte++) {
        left -= 8;
        bits.setUint8(byte, held >> left);
      }
      bits.setUint8(byte, held << (8 - left));
    }
    return bits;
  }

  /** Values as they are, 8 bytes each. */
  function bytesOf(text) {
    const view = new DataView(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer);
    return Float64Array.from({ length: view.byteLength / 8 }, (_, place) => view.getFloat64(8 * place, true));
  }

  // ---- view state in the address ----------------------------------------------------------------

  const watchers = new Map(); // key -> functions
  let state = readHash();

  function readHash() {
    const found = new Map();
    for (const part of location.hash.slice(1).split("&")) {
      const [key, ...rest] = part.split("=");
      if (key && rest.length) found.set(key, decoded(rest.join("=")));
    }
    return found;
  }

  function decoded(text) {
    try { return decodeURIComponent(text.replace(/\+/g, "%20")); } catch { return text; }
  }

  function hashOf(pairs) {
    const spelt = (text) => encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":");
    return pairs.filter(([, value]) => value !== "").map(([key, value]) => `${key}=${spelt(value)}`).join("&");
  }

  function tell(changed) {
    for (const key of changed) {
      for (const watcher of watchers.get(key) || []) watcher(reportgen.state.get(key));
    }
  }

  /** The value of a key of the address; "" where it is absent. */
  reportgen.state.get = (key) => state.get(key) || "";
  /** Change keys, "" takes one out; no entry in the history. Watchers of what changed are told. */
  reportgen.state.set = (changes) => {
    const changed = Object.keys(changes).filter((key) => reportgen.state.get(key) !== changes[key]);
    if (!changed.length) return;
    for (const key of changed) {
      if (changes[key] === "") state.delete(key);
      else state.set(key, changes[key]);
    }
    const hash = hashOf([...state]);
    history.replaceState(history.state, "", hash ? `#${hash}` : location.pathname + location.search);
    tell(changed);
  };
  /** Call `watcher(value)` when a key changes, here or by an edited address. */
  reportgen.state.on = (key, watcher) => {
    watchers.set(key, [...(watchers.get(key) || []), watcher]);
  };
  /** A link to a page of the site with some state: {runs: "a,b"}. */
  reportgen.state.link = (path, keys) => {
    const hash = hashOf(Object.entries(keys || {}));
    return root + path + (hash ? `#${hash}` : "");
  };
  /** The pages of the chosen runs. */
  reportgen.state.runs = () => reportgen.state.get("runs").split(",").filter(Boolean);

  addEventListener("hashchange", () => {
    const before = state;
    state = readHash();
    const keys = new Set([...before.keys(), ...state.keys()]);
    tell([...keys].filter((key) => before.get(key) !== state.get(key)));
  });

  // ---- events between the parts of a page -------------------------------------------------------

  const listeners = new Map();
  reportgen.on = (name, listener) => {
    listeners.set(name, [...(listeners.get(name) || []), listener]);
  };
  reportgen.emit = (name, value) => {
    for (const listener of listeners.get(name) || []) listener(value);
  };
  new MutationObserver(() => reportgen.emit("theme"))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => reportgen.emit("theme"));

  // ---- elements ---------------------------------------------------------------------------------

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "class") node.setAttribute("class", value);
      else if (name === "text") node.textContent = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  }
  /** An element: el("button", {class: "x", text: "Go", onclick: f, "aria-pressed": "true"}, child...). */
  reportgen.el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  /** An SVG element. */
  reportgen.svg = (tag, attributes, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  let toast = null;
  let hiding = 0;
  /** Say something in passing, also to a screen reader. */
  reportgen.say = (text) => {
    if (!toast) {
      toast = reportgen.el("div", { class: "toast", role: "status" });
      document.body.append(toast);
    }
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(hiding);
    hiding = setTimeout(() => toast.classList.remove("shown"), 2500);
  };

  /** Put a text into the clipboard; also where the page was opened from a folder. */
  reportgen.copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = reportgen.el("textarea", { class: "quiet", "aria-hidden": "true" });
      box.value = text;
      const focused = document.activeElement;
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      if (focused) focused.focus();
      if (!done) throw new Error("the browser does not let pages copy here");
    }
  };

  /** Have the reader save a file. @param {string|Blob} body */
  reportgen.save = (name, mime, body) => {
    const url = URL.createObjectURL(body instanceof Blob ? body : new Blob([body], { type: mime }));
    const link = reportgen.el("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };

  // ---- spelling, as on the static pages ---------------------------------------------------------

  const MINUS = "\u2212";
  const NOTHING = "–";
  const minus = (text) => text.replace(/-/g, MINUS);
  const trimmed = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
  const format = reportgen.format;

  /** Up to five significant digits; whole numbers whole, tiny and huge ones as e. */
  format.number = (value) => {
    if (value === null || value === undefined) return NOTHING;
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e7) return minus(String(value === 0 ? 0 : value));
    if (size >= 1e-4 && size < 1e7) {
      return minus(size < 99_999.5 ? trimmed(value.toPrecision(5)) : value.toFixed(0));
    }
    const [mantissa, exponent] = value.toExponential(4).split("e");
    return minus(`${trimmed(mantissa)}e${Number(exponent)}`);
  };
  /** Every digit. */
  format.exact = (value) => (value === null || value === undefined ? NOTHING : String(value));
  /** With its sign: +0.02. */
  format.signed = (value) => (value > 0 ? `+${format.number(value)}` : format.number(value));
  /** A relative change in percent: +3.1 %; "" where the old value is 0 or either is not finite. */
  format.percent = (now, before) => {
    const change = ((now - before) / Math.abs(before)) * 100;
    if (!Number.isFinite(change)) return "";
    const size = Math.abs(change);
    const text = size >= 1000 ? change.toFixed(0) : size >= 10 || size < 0.01 ? String(Number(change.toPrecision(3)))
      : String(Number(change.toFixed(2)));
    return minus(`${change > 0 ? "+" : ""}${text} %`);
  };
  /** A time in UTC to the minute: 2026-03-02 09:14. */
  format.time = (ms) => {
    if (ms === null || ms === undefined) return NOTHING;
    const date = new Date(ms);
    return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 16).replace("T", " ");
  };
  const UNITS = [["d", 86400, "h", 3600], ["h", 3600, "min", 60], ["min", 60, "s", 1]];
  /** The time between two moments, in the two largest units: 3 min 12 s. */
  format.duration = (start, end) => {
    if (start === null || end === null || start === undefined || end === undefined || end < start) return NOTHING;
    const seconds = (end - start) / 1000;
    if (seconds < 1) return `${end - start} ms`;
    if (seconds < 60) return `${(Math.floor((end - start) / 100) / 10).toFixed(1)} s`;
    const whole = Math.floor(seconds);
    const [unit, length, smaller, part] = UNITS.find((row) => whole >= row[1]);
    const rest = Math.floor((whole % length) / part);
    return `${Math.floor(whole / length)} ${unit}${rest ? ` ${rest} ${smaller}` : ""}`;
  };
  /** A whole number with thin spaces between thousands. */
  format.grouped = (count) => minus(String(count)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  /** A count with its noun: 1 run, 2 runs. */
  format.plural = (count, one, many) =>
    `${format.grouped(count)} ${count === 1 ? one : many || `${one}s`}`;
})();
