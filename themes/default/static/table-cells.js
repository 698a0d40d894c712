// The cells of the run table: a run's name with its box, its family and its colour; what a group has.
(() => {
  "use strict";
  const { el, svg, format } = reportgen;
  const { spread, plusMinus, bestOf } = reportgen.tableColumns;
  const VALUES = "\u00a0values"; // how many different ones a group has
  const DEEPEST = 4; // levels of child runs that are set in

  const caret = () => svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("path", { d: "m3 1.5 4 3.5-4 3.5" }));

  /** The button that folds a family or a group; `of` says what is in it. */
  const opener = (isOpen, of, count) => el("button", {
    type: "button", class: "open", tabindex: "-1", "aria-expanded": String(isOpen), "aria-label": of, title: of,
  }, caret(), count === null ? null : el("span", { text: String(count) }));

  /** The first cell of a run. */
  function runName(table, { row, depth, kids, isOpen }, { href, hasFamilies, choose }) {
    const title = table.titles[row];
    const id = table.ids[row].slice(0, 8); // the title of a run without a name
    const parent = table.parents[row];
    const tip = [title, parent >= 0 ? `child of ${table.titles[parent]}` : "", table.notes[row]].filter(Boolean).join("\n");
    const box = el("input", { type: "checkbox", tabindex: "-1", "aria-label": `Choose ${title}`, onclick: choose });
    const fold = kids ? opener(isOpen, `${format.plural(kids, "child run")} of ${title}`, kids) : null;
    return el("div", { class: `who d${Math.min(depth, DEEPEST)}${hasFamilies ? " family" : ""}` },
      box, fold, el("span", { class: `dot r${table.colours[row]}`, "aria-hidden": "true" }),
      el("a", { href, tabindex: "-1", title: tip, text: title }), title === id ? null : el("span", { class: "id", text: id }));
  }

  /** The value of a group in words. */
  const valueOf = ({ group, value }) => (group.named ? group.named(value) : value === null ? (group.group === "Parameters" ? "not logged" : "none") : value === "" ? "empty" : value);

  /** The first cell of a group. */
  function groupName(item) {
    const { group, rows, isOpen } = item;
    const runs = format.plural(rows.length, "run");
    return el("div", { class: "who group" },
      opener(isOpen, `${runs} with ${group.key} ${valueOf(item)}`, null),
      el("span", { class: "value", title: `${group.key}: ${group.named ? item.value : valueOf(item)}` }, group.named ? null : el("span", { class: "faint", text: `${group.key} ` }), el("b", { text: valueOf(item) })),
      el("span", { class: "id", text: runs }));
  }

  /** A cell of a group: mean and deviation of a metric with the best, else the value all have. */
  function groupCell(cell, column, item, table) {
    const text = groupText(column, item);
    if (!text) { cell.textContent = "–"; cell.classList.add("nil"); return; }
    cell.append(text);
    if (!column.metric) { if (text.endsWith(VALUES)) cell.classList.add("nil"); return; }
    const found = spread(column.values, item.rows);
    const best = bestOf(column, item.rows);
    const words = [`mean ${format.exact(found.mean)}`];
    if (found.std !== null) words.push(`standard deviation ${format.exact(found.std)} (n − 1)`);
    words.push(`of ${format.plural(found.count, "run")}`);
    if (best >= 0) {
      cell.append(" ", el("span", { class: "at", text: `best ${format.number(column.values[best])}` }));
      words.push(`best ${format.exact(column.values[best])} in ${table.titles[best]}`);
    }
    cell.title = words.join("\n");
  }

  /** What a group has in a column; "3 values" where they differ. */
  function groupText(column, { rows }) {
    if (column.metric) {
      const found = spread(column.values, rows);
      return found ? plusMinus(found) : "";
    }
    if (column.id === "duration") {
      const found = spread(column.values, rows);
      return found ? `mean ${format.duration(0, Math.round(found.mean))}` : "";
    }
    if (column.id === "started") return "";
    const found = new Set(rows.map((row) => column.values[row] ?? null));
    if (found.size > 1) return `${found.size}${VALUES}`;
    const [value] = found;
    if (value === null) return "";
    return column.id === "status" ? value[0] + value.slice(1).toLowerCase() : reportgen.tableColumns.short(value);
  }

  // --- as text, to be copied

  const isoTime = (ms) => {
    const date = new Date(ms);
    return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace("T", " ").replace("Z", "+00:00");
  };

  /** A cell of a run for people and for programs. */
  function runTexts(column, row) {
    const value = column.values[row] ?? null;
    if (value === null) return { text: "", exact: null };
    if (column.id === "started") return { text: format.time(value), exact: isoTime(value) };
    if (column.id === "duration") return { text: column.text(row), exact: value / 1000 };
    if (column.metric) return { text: format.number(value), exact: floating(value) };
    return { text: String(value), exact: String(value) };
  }

  /** A float as Python spells it: 1.0, not 1. */
  const floating = (value) => (Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : Number.isFinite(value) ? String(value) : value);

  function groupTexts(column, item) {
    const text = groupText(column, item);
    return { text: text.endsWith(VALUES) ? "" : text, exact: text.endsWith(VALUES) ? null : text };
  }

  /** What is in sight as {heads, names, rows, isNumber}. */
  function copied(table, items, columns) {
    const grouped = items.some((item) => item.group);
    const heads = ["run", ...columns.map((column) => (column.group === "Run" ? column.id : column.label))];
    const names = ["run_name", "run_id", ...columns.map(({ id }) => (id === "duration" ? "duration_s" : id))];
    const rows = items.map((item) => {
      const name = item.group ? `${item.group.key} ${valueOf(item)} (${format.plural(item.rows.length, "run")})` : table.titles[item.row];
      const cells = columns.map((column) => (item.group ? groupTexts(column, item) : runTexts(column, item.row)));
      return { paper: [{ text: name }, ...cells], data: [{ exact: name }, { exact: item.group ? null : table.ids[item.row] }, ...cells] };
    });
    return {
      heads, names, isNumber: [false, ...columns.map((column) => Boolean(column.isNumber || column.metric) && (!grouped || Boolean(column.metric)))],
      paper: rows.map((row) => row.paper), data: rows.map((row) => row.data),
    };
  }

  reportgen.tableCells = { runName, groupName, groupCell, copied, valueOf };
})();
