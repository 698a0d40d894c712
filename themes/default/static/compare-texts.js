// A comparison as text: Markdown and CSV, for a paper, an issue or a spreadsheet.
(() => {
  "use strict";

  const { compare } = reportgen;

  /** The rows of the sections that are shown, as texts: the key, then a cell for each run. */
  function lines(view) {
    const head = ["", ...view.runs.map((run) => run.title)];
    const facts = [
      ["run id", ...view.runs.map((run) => run.run_id)],
      ["experiment", ...view.runs.map((run) => (run.experiment ? run.experiment.name : ""))],
      ["status", ...view.runs.map((run) => run.status)],
    ];
    const rows = view.sections.flatMap((section) => section.rows
      .filter((row) => view.showAll || row.differs || view.runs.length < 2)
      .map((row) => [labelOf(row), ...cells(row)]));
    const all = [head, ...facts, ...rows];
    return view.isAcross ? head.map((_, i) => all.map((line) => line[i])) : all;
  }

  function labelOf(row) {
    return row.stat === "best" ? `${row.label} (best)` : row.label;
  }

  function cells(row) {
    if (row.kind === "text") return row.texts.map((text) => text ?? "");
    return row.values.map((value) => (value === null ? "" : exact(value)));
  }

  /** Every digit, with a plain minus: programs read it. */
  function exact(value) {
    if (Number.isNaN(value)) return "NaN";
    return Number.isFinite(value) ? String(value) : value > 0 ? "Infinity" : "-Infinity";
  }

  /** Markdown: a table whose cells stay in their columns whatever a value holds. */
  compare.markdown = (view) => {
    const [head, ...rows] = lines(view).map((line) => line.map(markdownCell));
    const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
    return [head, rule, ...rows].map((line) => `| ${line.join(" | ")} |\n`).join("");
  };

  const markdownCell = (text) => reportgen.markdownText(reportgen.oneLine(text));

  /** CSV as RFC 4180 has it. */
  compare.csv = (view) => lines(view).map((line) => line.map(reportgen.csvText).join(",") + "\r\n").join("");
})();
