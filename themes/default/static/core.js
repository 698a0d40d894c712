// What all scripts of a page share, the first part: data on demand. `core-state.js` has the view state
// in the address and events, `core-parts.js` elements and spelling.
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
  const gone = new Set(); // files that are no longer in the site
  const arrived = new Map(); // kind and key -> data
  const decoders = { table: tableOf, run: runOf, files: filesOf, site: (plain) => plain };

  /** Called by data files. @param {string} json */
  reportgen.put = (kind, key, json) => {
    arrived.set(`${kind}/${key}`, decoders[kind](JSON.parse(json)));
  };

  function load(kind, key, path, what) {
    const missing = () => new Error(`${what} could not be loaded: ${path} is missing or damaged`);
    if (gone.has(path)) return Promise.reject(missing());
    if (!waiting.has(path)) {
      waiting.set(path, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const fail = () => {
          waiting.delete(path); // it may be there the next time
          reject(missing());
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
  const encoded = (path) => path.split("/").map(folder).join("/");
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
  reportgen.load.asked = () => [...waiting.keys(), ...gone].map((path) => path.split("/").map(decodeURIComponent).join("/"));
  /** Have files read again that have changed, when they are asked for the next time. */
  reportgen.load.forget = (paths, edition = "") => {
    for (const path of paths.map(encoded)) {
      gone.delete(path);
      if (waiting.delete(path) && edition) editions.set(path, `?${edition}`);
    }
  };

  /** Have files that are gone not asked for, as browsers log each one that is not found, until they are forgotten. */
  reportgen.load.lose = (paths) => {
    for (const path of paths.map(encoded)) gone.add(path);
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
    const [first, stride] = packed.s || packed.d;
    for (let place = 0, passed = 0; place < count; place++) {
      if (packed.s) passed = place * stride;
      else if (place) passed += packed.d[place];
      steps[place] = first + passed; // summed apart, as the first may be too large to add little to
    }
    return steps;
  }

  function timesOf(packed, count) {
    const times = new Float64Array(count);
    let at = packed.i[0];
    const first = packed.t[0];
    let passed = 0;
    times[at] = first;
    for (let knot = 1; knot < packed.i.length; knot++) {
      const width = packed.i[knot];
      for (let k = 1; k <= width; k++) times[at + k] = first + (passed + (packed.t[knot] * k) / width);
      at += width;
      passed += packed.t[knot];
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
})();
