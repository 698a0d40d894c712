// The columns that the run table can show: how their cells look, sort, and are copied.
(() => {
  "use strict";
  const { el, format } = reportgen;
  const NOTHING = "–";
  const UNKNOWN = "not logged";
  const LONGEST = 40; // characters of a parameter in the table, as on the static page
  const LONGEST_TIP = 2000;
  const DECIMAL = /^[+-]?\d+\.\d+(?:e[+-]?\d{1,3})?$/i;
  const SPLIT = { metrics: "Metrics", best: "Metrics", params: "Parameters", tags: "Tags" };

  /** A text as the number that it spells, NaN where it spells none. */
  function numberOf(text) {
    const trimmed = text.trim();
    if (!reportgen.isNumber(trimmed)) return NaN;
    return /inf/i.test(trimmed) ? (trimmed.startsWith("-") ? -Infinity : Infinity) : Number(trimmed);
  }

  /** Sort keys of numbers: NaN where there is none to sort by. */
  const numberRanks = (values) => Float64Array.from(values, (value) => (value === null ? NaN : value));

  /** Sort keys of texts: those that are numbers by their value, then the others by the alphabet. */
  function textRanks(values) {
    const words = [...new Set(values)].filter((value) => value !== null && value !== undefined);
    const numbers = new Map(words.map((word) => [word, numberOf(word)]));
    const late = (word) => (Number.isNaN(numbers.get(word)) ? 1 : 0);
    const compare = (a, b) =>
      late(a) - late(b) || (late(a) ? reportgen.natural(a, b) : numbers.get(a) - numbers.get(b) || 0);
    words.sort(compare);
    const ranks = new Map();
    words.forEach((word, place) => {
      const before = words[place - 1];
      const equal = place > 0 && !late(word) && !late(before) && numbers.get(word) === numbers.get(before);
      ranks.set(word, equal ? ranks.get(before) : place);
    });
    return Float64Array.from(values, (value) => ranks.get(value) ?? NaN);
  }

  const sample = (values) => values.slice(0, 400);

  /** A width (px) that fits most cells and the header, which has room for its arrow. */
  function widthOf(label, texts, most = 260) {
    let longest = 0;
    for (const text of texts) longest = Math.max(longest, text.length);
    return Math.round(Math.min(most, Math.max(76, longest * 7.3 + 24, label.length * 6.9 + 46)));
  }

  function status(name, silent) {
    const word = silent ? "Stalled?" : name[0] + name.slice(1).toLowerCase();
    return el("span", { class: `status s-${silent ? "stalled" : name.toLowerCase()}` }, word);
  }

  function fillStatus(cell, table, row) {
    cell.append(status(table.statuses[row], table.silent[row]));
    const cause = table.causes[row];
    if (cause) cell.append(" ", el("span", { class: "why", text: cause }));
    const problems = table.problems[row];
    if (problems) cell.append(" ", el("small", { class: "warn", text: format.plural(problems, "problem") }));
    if (cause) cell.title = cause;
  }

  /** A text in one line, short enough for a cell. */
  function short(value) {
    const line = reportgen.oneLine(value);
    if (line.length > 9 && DECIMAL.test(line)) return format.number(Number(line));
    return reportgen.cut(line, LONGEST);
  }

  function fillText(cell, value) {
    if (value === null || value === undefined) { cell.textContent = NOTHING; cell.classList.add("nil"); return; }
    const text = short(value);
    cell.textContent = text;
    if (text !== value) cell.title = value.slice(0, LONGEST_TIP);
  }

  function fixedColumns(table) {
    const spans = table.starts.map((start, row) =>
      start === null || table.ends[row] === null || table.ends[row] < start ? null : table.ends[row] - start);
    const hasCause = table.causes.some(Boolean) || table.problems.some(Boolean);
    return [
      { id: "status", label: "Status", kind: "state", width: hasCause ? 220 : 112, isText: true,
        values: table.statuses, text: (row) => table.statuses[row],
        fill: (cell, row) => fillStatus(cell, table, row) },
      { id: "started", label: "Started", kind: "time", width: 138, values: table.starts,
        text: (row) => (table.starts[row] === null ? "" : format.time(table.starts[row])),
        fill: (cell, row) => { cell.textContent = format.time(table.starts[row]); } },
      { id: "duration", label: "Duration", kind: "number", width: 108, values: spans,
        text: (row) => (spans[row] === null ? "" : format.duration(0, spans[row])),
        fill: (cell, row) => { cell.textContent = format.duration(table.starts[row], table.ends[row]); } },
      ...[["user", "User", table.users], ["note", "Note", table.notes]]
        .filter(([, , values]) => values.some(Boolean))
        .map(([id, label, values]) => textColumn(id, label, "Run", values.map((value) => value || null))),
    ].map((column) => ({ group: "Run", key: column.id, tip: "", ...column }));
  }

  /** A column of texts: a parameter, a tag, the user, the note. */
  function textColumn(id, label, group, values) {
    const filled = values.filter((value) => value !== null);
    const isNumber = group === "Parameters" && filled.length > 0 && filled.every((value) => !Number.isNaN(numberOf(value)));
    return {
      id, label, group, values, isText: true, isNumber, tip: "",
      key: id.slice(id.indexOf(".") + 1),
      kind: isNumber ? "param number" : group === "Run" ? "words" : "param",
      width: widthOf(label, sample(filled).map(short), id === "note" ? 360 : 240),
      text: (row) => values[row] ?? "",
      fill: (cell, row) => fillText(cell, values[row]),
    };
  }

  /** A parameter among others; no two settings are spelt alike. */
  function setting(key, value) {
    if (value === null) return `${key}=${UNKNOWN}`;
    const isPlain = value !== UNKNOWN && !value.includes(", ") && !value.startsWith('"');
    return `${key}=${isPlain ? value : JSON.stringify(value)}`;
  }

  /** What runs have in common that differ by seed alone: to group by; null where no seeds are logged. */
  function settingColumn(table) {
    const apart = new Set([...table.seeds, ...table.same.map(([key]) => key)]);
    const telling = [...table.params].filter(([key]) => !apart.has(key));
    if (!table.seeds.length || !telling.length) return null;
    const spelt = (row, params) => params.map(([key, { values }]) => setting(key, values[row])).join(", ");
    const values = lazily(() => Array.from({ length: table.count }, (_, row) => spelt(row, telling)));
    const short = lazily(() => { // setting -> the parameters by which it is told from the others
      const rows = new Map(values().map((value, row) => [value, row]));
      const places = reportgen.stats.apart([...rows.values()].map((row) => telling.map(([, one]) => one.values[row])));
      return new Map([...rows].map(([value, row]) => [value, spelt(row, places.map((at) => telling[at])) || value]));
    });
    const label = `all but ${table.seeds.join(", ")}`;
    return {
      id: "setting", key: "setting", label, group: "Parameters", kind: "param", width: 240, isText: true, isNumber: false,
      tip: "parameters that differ between runs, as far as they tell one setting from another",
      get values() { return values(); },
      named: (value) => short().get(value),
      text: (row) => short().get(values()[row]),
      fill: (cell, row) => fillText(cell, short().get(values()[row])),
    };
  }

  const COURSE = 70; // px of a curve beside a number
  const METRICS = 4; // columns of the page's own table before those of metrics

  /** The curves that the page's own table draws, (key, row) -> element or null; none where its runs have several pages. */
  function coursesOf(table) {
    const still = document.querySelector(".still:not(:has(.pages)) table");
    if (!still) return () => null;
    const heads = [...still.tHead.rows[1].cells].map((cell, place) => [cell.textContent, place]);
    const places = new Map(heads.slice(METRICS).reverse()); // metrics come before parameters of the same name
    const pageOf = (row) => decodeURIComponent(row.querySelector("a").getAttribute("href").split("/").at(-2));
    const rows = new Map([...still.tBodies[0].rows].map((row) => [pageOf(row), row]));
    return (key, row) => rows.get(table.pages[row])?.cells[places.get(key)]?.querySelector(".spark") ?? null;
  }

  function metricColumn(table, key, metric, isBest, courses) {
    const values = isBest ? metric.best : metric.last;
    const marksBest = isBest || !metric.best; // one of the two columns tells which run is best
    const nears = key === table.primary && marksBest;
    const texts = sample(values).map(format.number);
    const courseOf = isBest ? () => null : (row) => courses(key, row);
    const room = values.some((_, row) => courseOf(row)) ? COURSE : 0;
    const label = isBest ? `${key}, best` : key;
    return {
      id: `${isBest ? "best" : "metrics"}.${key}`, key, label, group: "Metrics", kind: "number", values, metric, isBest,
      tip: [metric.label ? `${metric.label}: ${metric.why}` : `role unknown: ${metric.why}`, metric.hint].filter(Boolean).join("; "),
      isNumber: true,
      downFirst: metric.direction === "higher",
      marksBest,
      width: widthOf(isBest ? "best" : key, texts.map((text) => (isBest ? `${text} @ 00000` : marksBest ? `${text}0000` : text)), 220) + room,
      text: (row) => (values[row] === null ? "" : spelled(values[row])),
      fill: (cell, row) => fillMetric(cell, row, { values, metric, isBest, marksBest, nears, table, courseOf }),
    };
  }

  function fillMetric(cell, row, { values, metric, isBest, marksBest, nears, table, courseOf }) {
    const value = values[row];
    if (value === null) { cell.textContent = NOTHING; cell.classList.add("nil"); return; }
    const course = courseOf(row);
    if (course) cell.append(course.cloneNode(true));
    if (nears && table.near[row]) {
      cell.append(el("span", { class: "near", title: "not told apart from the best: the difference is within the noise of the seeds", text: "≈" }), " ");
    }
    cell.append(format.number(value));
    cell.title = format.exact(value);
    if (isBest && metric.count[row] > 1 && metric.step[row]) {
      cell.append(" ", el("span", { class: "at", text: `@ ${reportgen.format.grouped(metric.step[row])}` }));
    }
    if (marksBest && metric.top.has(row)) cell.classList.add("best");
  }

  /** Every digit of a number, as the CSV spells it. */
  const spelled = (value) => (Number.isNaN(value) ? "NaN" : String(value));

  /** The columns of a table: Map(id -> column), and the ids that are shown at first. */
  function columnsOf(table) {
    const columns = new Map(fixedColumns(table).map((column) => [column.id, column]));
    const add = (column) => columns.set(column.id, column);
    const first = table.shown.metrics;
    const courses = coursesOf(table);
    for (const key of new Set([...first, ...table.metrics.keys()])) {
      const metric = table.metrics.get(key);
      if (!metric) continue;
      add(metricColumn(table, key, metric, false, courses));
      if (metric.best) add(metricColumn(table, key, metric, true, courses));
    }
    const settings = settingColumn(table);
    if (settings) add(settings);
    for (const [key, { values }] of table.params) add(textColumn(`params.${key}`, key, "Parameters", values));
    for (const [key, { values }] of table.tags) add(textColumn(`tags.${key}`, key, "Tags", values));
    const shown = ["status", "started", "duration"];
    for (const key of first) shown.push(`metrics.${key}`, `best.${key}`);
    shown.push(...table.shown.params.map((key) => `params.${key}`));
    for (const column of columns.values()) column.ranks = lazily(() => (column.isText ? textRanks(column.values) : numberRanks(column.values)));
    return { columns, usual: shown.filter((id) => columns.has(id)), name: nameColumn(table) };
  }

  function nameColumn(table) {
    let longest = 0;
    for (const title of table.titles) longest = Math.max(longest, title.length);
    const fold = table.parents.some((parent) => parent >= 0) ? 34 : 0; // px of the button of a family
    const column = { id: "name", key: "name", label: "Name", group: "Run", isText: true, values: table.titles, tip: "", text: (row) => table.titles[row],
      width: Math.round(Math.min(390, Math.max(250, longest * 7 + 160 + fold))) };
    column.ranks = lazily(() => textRanks(table.titles));
    return column;
  }

  function lazily(make) {
    let made = null;
    return () => (made ??= make());
  }

  // --- what a group of runs has in a column

  /** Mean, standard deviation (n - 1; null of one) and count of the finite values of some rows. */
  function spread(values, rows) {
    const found = rows.map((row) => values[row]).filter((value) => Number.isFinite(value));
    if (!found.length) return null;
    return { mean: reportgen.stats.mean(found), std: reportgen.stats.std(found), count: found.length };
  }

  /** 0.812 ± 0.013: the deviation to two digits, the mean to as many places. */
  function plusMinus({ mean, std }) {
    if (std === null) return format.number(mean);
    if (std === 0) return `${format.number(mean)} ± 0`;
    const places = Math.max(0, 1 - Math.floor(Math.log10(std)));
    if (places > 7 || Math.abs(mean) >= 1e7) return `${format.number(mean)} ± ${format.number(std)}`;
    return `${mean.toFixed(places)} ± ${std.toFixed(places)}`.replace(/-/g, "\u2212");
  }

  /** The best row of a group by a metric that may rank runs; -1 where none may or has a value. */
  function bestOf(column, rows) {
    const { metric, values } = column;
    if (!metric || !metric.mayRank || !metric.direction || !column.marksBest) return -1;
    const sign = metric.direction === "higher" ? 1 : -1;
    let best = -1;
    for (const row of rows) {
      if (Number.isFinite(values[row]) && (best < 0 || sign * values[row] > sign * values[best])) best = row;
    }
    return best;
  }

  reportgen.tableColumns = { columnsOf, spread, plusMinus, bestOf, numberOf, status, short, setting, spelled, groups: Object.values(SPLIT) };
})();
