// The table of a comparison: keys as rows and runs as columns, or the other way round.
(() => {
  "use strict";

  const { el, svg, format, compare } = reportgen;
  const LONG = 140; // characters of a text that a cell shows at once
  const MOST_ROWS = 400; // of a section, before it is asked for more
  const CUT = 0.3; // relative change at which bars end

  /** The link to a run's page. */
  compare.href = (run) => `${reportgen.root}runs/${encodeURIComponent(run.page)}/index.html`;

  /** A letter in the colour of its run: runs are told apart without seeing colours. */
  compare.badge = (index, colour) =>
    el("span", { class: `letter k${colour}`, "aria-hidden": "true" }, compare.letter(index));

  function status(name) {
    const word = name.toLowerCase();
    const known = ["finished", "running", "failed", "killed", "scheduled"].includes(word);
    const shown = word.charAt(0).toUpperCase() + word.slice(1);
    return el("span", { class: `status s-${known ? word : "unknown"}` }, shown);
  }

  /** A text as it was logged; a long one folded. */
  function words(text, absent = "not logged") {
    if (text === null) return el("span", { class: "nil", title: absent }, "–");
    if (text === "") return el("span", { class: "nil" }, "empty");
    if (text.length <= LONG) return text;
    const head = el("summary", {}, `${text.slice(0, LONG / 2)}…`);
    return el("details", { class: "long" }, head, el("span", {}, text));
  }

  /** A cell with a number: every digit of it when the mouse rests there. */
  function numberCell(value, ...more) {
    if (value === null) return el("td", { class: "number nil", title: "not logged" }, "–", ...more);
    return el("td", { class: "number", title: format.exact(value) }, format.number(value), ...more);
  }

  const TOLD = ["better", "worse"]; // in colour; the word, and an arrow before it, say the same
  const toneOf = ({ verdict }) => (TOLD.includes(verdict) ? verdict : "");
  const wordOf = (one) => el("span", { class: `verdict ${toneOf(one)}` }, one.verdict);

  /** The change against the baseline, below a value. */
  function change(one) {
    if (one === null) return null;
    if (one.verdict === "same") return el("small", { class: "delta" }, "same");
    const word = one.verdict ? wordOf(one) : null;
    return el("small", { class: `delta ${toneOf(one)}` }, format.signed(one.change), " ", word);
  }

  /** The cell of a row for the run at `index`. */
  function cell(view, row, index) {
    if (row.kind === "number") return numberCell(row.values[index], view.isPair ? null : change(row.deltas[index]));
    const text = row.texts[index];
    const isUnknown = row.unknown?.[index] || row.unknown?.[0];
    if (row.unknown?.[index]) return el("td", { class: "text" }, words(null, "this run logged no packages"));
    if (index === 0 || text === row.texts[0] || isUnknown) return el("td", { class: "text" }, words(text, row.absent));
    const link = row.links?.[index]
      ? [" ", el("a", { class: "commits", href: row.links[index], rel: "noopener noreferrer", title: "Compare the two commits at their host" }, "compare")] : [];
    return el("td", { class: `text other k${view.runs[index].colour}` }, el("span", { class: "value" }, words(text, row.absent)), ...link);
  }

  /** The last column where there are two runs: what B has more than A, and whether that is good. */
  function difference(row) {
    if (row.kind === "text") return textDifference(row.texts, row.isName);
    const one = row.deltas[1];
    if (one === null) return el("td", { class: "change faint" }, only(row.values));
    if (one.verdict === "same") return el("td", { class: "change faint" }, "same");
    return el("td", { class: `change ${toneOf(one)}` }, el("span", { class: "parts" },
      el("b", { title: format.exact(one.change) }, format.signed(one.change)),
      el("small", {}, format.percent(one.value, one.base)), bar(one), wordOf(one)));
  }

  function textDifference(texts, isName) {
    if (texts[0] === texts[1]) return el("td", { class: "change faint" }, "same");
    if (texts.includes(null)) return el("td", { class: "change faint" }, only(texts));
    const [a, b] = texts.map((text) => (text.trim() === "" ? NaN : Number(text)));
    if (isName || !Number.isFinite(a) || !Number.isFinite(b) || a === b) {
      return el("td", { class: "change faint" }, "changed");
    }
    const parts = [el("b", {}, format.signed(b - a))];
    if (a !== 0) parts.push(el("small", {}, format.percent(b, a)));
    return el("td", { class: "change" }, el("span", { class: "parts" }, ...parts));
  }

  function only(values) {
    if (values[0] === null && values[1] === null) return "–";
    return values[0] === null ? "only in B" : values[1] === null ? "only in A" : "–";
  }

  /** A bar of the relative change, to the right where it grew; a cut one ends in a notch. */
  function bar(one) {
    const relative = one.change / Math.abs(one.base);
    if (!Number.isFinite(relative)) return el("span", { class: "bar" });
    const share = Math.max(-1, Math.min(1, relative / CUT)) * 40;
    const isCut = Math.abs(relative) > CUT;
    const x = share < 0 ? 40 + share : 40;
    const parts = [
      svg("rect", { class: "track", x: 0, y: 3, width: 80, height: 6, rx: 2 }),
      svg("rect", { class: "share", x, y: 3, width: Math.max(1, Math.abs(share)), height: 6, rx: 1.5 }),
    ];
    if (isCut) parts.push(svg("path", { class: "notch", d: share < 0 ? "M6 2 3 6l3 4" : "M74 2l3 4-3 4" }));
    return svg("svg", { class: "bar", viewBox: "0 0 80 12", "aria-hidden": "true" }, ...parts);
  }

  // --- heads

  function button(text, label, action, icon) {
    const inside = icon ? svg("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, svg("path", { d: icon })) : text;
    return el("button", { type: "button", class: icon ? "icon" : "small", "aria-label": label, title: label, onclick: action }, inside);
  }

  /** Title of a run with its letter, and the button that removes it. */
  function name(view, index) {
    const run = view.runs[index];
    return el("div", { class: "run" },
      compare.badge(index, run.colour),
      el("a", { href: compare.href(run), title: run.title }, run.title),
      view.runs.length > 1
        ? button("", `Remove ${run.title} from the comparison`, () => view.act("remove", run.page), "m3 3 6 6M9 3 3 9")
        : null);
  }

  function experiment(run) {
    const href = `${reportgen.root}experiments/${encodeURIComponent(run.experiment.slug)}/index.html`;
    return el("a", { href, title: run.experiment.name }, run.experiment.name);
  }

  function started(run) {
    return el("span", { class: "time" }, format.time(run.start_time));
  }

  /** The buttons of a run: baseline, and its place among the others. */
  function actions(view, index) {
    const run = view.runs[index];
    if (index === 0) return el("div", { class: "acts" }, el("span", { class: "base" }, "Baseline"));
    const pin = el("button", { type: "button", class: "small", title: `Compare with ${run.title}`, onclick: () => view.act("pin", run.page) }, "Make baseline");
    const parts = [pin];
    if (index > 1) parts.push(button("", `Move ${run.title} forward`, () => view.act("move", run.page, -1), "M7.5 2.5 4 6l3.5 3.5"));
    if (index < view.runs.length - 1) parts.push(button("", `Move ${run.title} back`, () => view.act("move", run.page, 1), "M4.5 2.5 8 6 4.5 9.5"));
    return el("div", { class: "acts" }, ...parts);
  }

  function facts(view, index) {
    const run = view.runs[index];
    const took = format.duration(run.start_time, run.end_time);
    return el("td", { class: `facts-of k${run.colour}${index === 0 ? " pinned" : ""}` },
      el("div", { class: "where" }, experiment(run)),
      el("div", { class: "state" }, status(run.status), el("span", { class: "faint" }, took)),
      el("div", { class: "faint" }, started(run)),
      actions(view, index));
  }

  // --- keys as rows

  function rowLabel(row) {
    const parts = [el("span", { class: "key" }, row.label)];
    if (row.stat === "best") parts.push(el("span", { class: "tag", title: `the ${row.direction === "higher" ? "greatest" : "least"} value over all steps` }, "best"));
    if (row.kind === "number" && row.role && row.section === "other") parts.push(el("span", { class: "tag", title: row.why || "" }, row.role));
    if (row.hint && row.stat !== "best") parts.push(el("small", {}, row.hint));
    return el("th", { scope: "row", class: "keys" }, ...parts);
  }

  function bodyRow(view, row) {
    const cells = view.runs.map((_, i) => cell(view, row, i));
    cells[0].classList.add("pinned");
    if (view.isPair) cells.push(difference(row));
    return el("tr", { class: row.kind === "number" ? "metric" : "" }, rowLabel(row), ...cells);
  }

  /** How many of a section's keys differ, in words. */
  function counted(section, shown) {
    if (section.note) return section.note;
    const { length } = section.rows;
    const differing = section.rows.filter((row) => row.differs).length;
    if (length === 0) return "";
    if (differing === 0) return length === 1 ? "the same in all" : `all ${length} are the same`;
    const told = differing === length ? `all ${length} differ` : `${differing} of ${length} differ`;
    return shown < length && differing < length ? `${told}, those are shown` : told;
  }

  function sectionBody(view, section) {
    const rows = view.showAll || view.runs.length < 2 ? section.rows : section.rows.filter((row) => row.differs);
    const isOpen = view.isOpen(section);
    const width = view.runs.length + 1 + (view.isPair ? 1 : 0);
    const toggle = el("button", {
      type: "button", class: "fold", "aria-expanded": String(isOpen), onclick: () => view.act("fold", section),
    }, svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("path", { d: "m3 2 4 3-4 3" })), section.title,
    el("span", { class: "count" }, view.runs.length < 2 ? String(section.rows.length) : counted(section, rows.length)));
    const head = el("tr", { class: "group" }, el("th", { scope: "rowgroup", colspan: String(width) }, toggle));
    const body = el("tbody", { id: `compare-${section.id}` }, head);
    if (isOpen) append(body, view, rows, width, 0);
    return body;
  }

  /** Rows from `first` on; a button for more where there are very many. */
  function append(body, view, rows, width, first) {
    const part = rows.slice(first, first + MOST_ROWS);
    body.append(...part.map((row) => bodyRow(view, row)));
    const left = rows.length - first - part.length;
    if (left <= 0) return;
    const more = el("button", { type: "button", class: "small" }, `Show ${Math.min(left, MOST_ROWS)} of ${left} more`);
    const line = el("tr", { class: "more" }, el("td", { colspan: String(width) }, more));
    more.addEventListener("click", () => { line.remove(); append(body, view, rows, width, first + MOST_ROWS); });
    body.append(line);
  }

  function upright(view) {
    const corner = el("th", { scope: "col", class: "keys" }, "Run");
    const names = view.runs.map((run, i) =>
      el("th", { scope: "col", abbr: run.title, class: `k${run.colour}${i === 0 ? " pinned" : ""}` }, name(view, i)));
    const last = view.isPair ? [el("th", { scope: "col", class: "change" }, "Difference, B against A")] : [];
    const below = view.runs.map((_, i) => facts(view, i));
    if (view.isPair) below.push(el("td", { class: "change faint" },
      el("span", { class: "of-bars" }, "Bars show the relative change, cut at ±30 %. "), "Green and red only where it is known which is better."));
    const head = el("thead", {}, el("tr", { class: "names" }, corner, ...names, ...last),
      el("tr", { class: "about" }, el("td", { class: "keys" }), ...below));
    const table = el("table", { class: view.isPair ? "upright pair" : "upright" },
      el("caption", { class: "quiet" }, "Keys as rows, runs as columns, the baseline first"),
      head, ...view.sections.map((section) => sectionBody(view, section)));
    table.style.setProperty("--runs", view.runs.length);
    return table;
  }

  // --- runs as rows

  function across(view) {
    const shown = view.sections
      .filter((section) => view.isOpen(section))
      .map((section) => ({ ...section, rows: view.showAll || view.runs.length < 2 ? section.rows : section.rows.filter((row) => row.differs) }))
      .filter((section) => section.rows.length > 0)
      .map((section) => ({ ...section, rows: section.rows.slice(0, MOST_ROWS) }));
    const groups = el("tr", { class: "groups" }, el("td", { class: "keys" }), el("td", { colspan: "4" }),
      ...shown.map((section) => el("th", { scope: "colgroup", colspan: String(section.rows.length) }, section.title)));
    const fixed = ["Experiment", "Status", "Started", "Took"].map((text) => el("th", { scope: "col" }, text));
    const keys = shown.flatMap((section) => section.rows.map((row, i) => columnHead(row, i === 0)));
    const rows = view.runs.map((run, index) => el("tr", { class: index === 0 ? "pinned" : "" },
      el("th", { scope: "row", class: "keys" }, name(view, index), actions(view, index)),
      el("td", { class: "where" }, experiment(run)), el("td", {}, status(run.status)),
      el("td", {}, started(run)), el("td", { class: "time" }, format.duration(run.start_time, run.end_time)),
      ...shown.flatMap((section) => section.rows.map((row) => cell({ ...view, isPair: false }, row, index)))));
    return el("table", { class: "across" },
      el("caption", { class: "quiet" }, "Runs as rows, the baseline first, keys as columns"),
      el("thead", {}, groups, el("tr", {}, el("th", { scope: "col", class: "keys" }, "Run"), ...fixed, ...keys)),
      el("tbody", {}, ...rows));
  }

  function columnHead(row, isFirst) {
    const parts = [el("span", { class: "key" }, row.label)];
    if (row.stat === "best") parts.push(el("span", { class: "tag" }, "best"));
    if (row.hint && row.stat !== "best") parts.push(el("small", {}, row.hint));
    const kind = row.kind === "number" ? "number" : "";
    return el("th", { scope: "col", class: `${kind}${isFirst ? " gl" : ""}` }, ...parts);
  }

  /**
   * The table of a view: `{runs, sections, showAll, isAcross, isPair, isOpen(section), act(...)}`,
   * the baseline being the first run.
   */
  compare.table = (view) => (view.isAcross ? across(view) : upright(view));
  compare.numberCell = numberCell;
})();
