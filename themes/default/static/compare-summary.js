// With two runs: in a few sentences what changed, and whether it helped; worded as the prepared
// pages are (analysis/diff_summary.py).
//
// Facts only. What changed and what came out stand beside each other; that the one made the other
// is not said, for two runs cannot tell.
(() => {
  "use strict";

  const { el, format, compare } = reportgen;
  const MOST_NAMED = 3; // parameters
  const LONGEST = 24; // characters of a value
  const ENDS = { FAILED: "failed", KILLED: "was ended from outside" };

  const rowsOf = (view, ...ids) => view.sections.filter(({ id }) => ids.includes(id)).flatMap(({ rows }) => rows);

  // --- what changed

  function short(text) {
    const shown = reportgen.oneLine(text);
    if (shown === "") return '""';
    return reportgen.cut(shown, LONGEST);
  }

  /** "2 parameters changed (lr 0.1 → 0.05, depth 3 → 5); seed logged only in A." */
  function changed(view) {
    const rows = rowsOf(view, "params");
    const differing = rows.filter((row) => row.differs);
    if (rows.length === 0) return "Neither run logged a parameter.";
    if (differing.length === 0) return "No parameter changed.";
    const both = differing.filter(({ texts }) => !texts.includes(null));
    const parts = [];
    if (both.length > 0) {
      const named = both.slice(0, MOST_NAMED).map(({ key, texts }) => `${key} ${short(texts[0])} → ${short(texts[1])}`);
      const more = both.length > MOST_NAMED ? ` and ${both.length - MOST_NAMED} more` : "";
      parts.push(`${format.plural(both.length, "parameter")} changed (${named.join(", ")}${more})`);
    }
    [1, 0].forEach((lacking) => {
      const found = differing.filter(({ texts }) => texts[lacking] === null);
      if (found.length > 0) parts.push(`${named(found)} only in ${compare.letter(1 - lacking)}`);
    });
    return `${parts.join("; ")}.`;
  }

  function named(found) {
    if (found.length > MOST_NAMED) return `${format.plural(found.length, "parameter")} logged`;
    return `${found.map(({ key }) => key).join(", ")} logged`;
  }

  // --- whether it helped

  /** The metric to tell of: the primary one, else the first that runs may be chosen by. */
  function headline(view) {
    const rows = rowsOf(view, "val", "other").filter((row) => row.isJudged && row.deltas[1]);
    return rows.find((row) => row.key === view.primary) || rows.find((row) => row.mayRank) || null;
  }

  function outcome(view, row) {
    const ended = view.runs.flatMap((run, i) => (run.status in ENDS ? [`${compare.letter(i)} ${ENDS[run.status]}`] : []));
    const end = ended.length > 0 ? `${ended.join(" and ")}. ` : "";
    return row ? [end, ...moves(row)] : [end, noMetric(view)];
  }

  function noMetric(view) {
    const isAny = rowsOf(view, "val", "other").some((row) => row.isJudged && row.deltas[1]);
    const told = isAny ? "No metric of validation data is in both" : "No metric stands in both";
    return `${told}, so nothing says which run is better.`;
  }

  /** "val_rmse fell from 0.25 to 0.23 (8 % better)." */
  function moves(row) {
    const one = row.deltas[1];
    const [old, now] = [one.base, one.value].map(format.number);
    const key = el("b", {}, row.key);
    if (one.verdict === "same") return [key, ` is the same: ${now}.`];
    return [key, ` ${one.change > 0 ? "rose" : "fell"} from ${old} to `, el("b", {}, now), " (", judged(one), ")."];
  }

  function judged(one) {
    const relative = (one.value - one.base) / Math.abs(one.base);
    if (one.verdict === "better" || one.verdict === "worse") {
      return el("b", { class: one.verdict }, `${percent(Math.abs(relative), false)} ${one.verdict}`.trim());
    }
    const told = one.verdict === "within noise" ? "within the spread over seeds" : "unknown whether that is better";
    return [percent(relative, true), told].filter(Boolean).join(", ");
  }

  /** A relative change in percent, 7.4 % or +7.4 %; "" where there is none, a factor where it is large. */
  function percent(relative, isSigned) {
    if (!Number.isFinite(relative)) return "";
    if (relative > 9.995) return `× ${format.number(Number((relative + 1).toPrecision(3)))}`;
    const size = Math.abs(relative) * 100;
    const text = size >= 99.5 ? size.toFixed(0) : size >= 0.01 ? String(Number(size.toPrecision(2))) : "< 0.01";
    const sign = !isSigned || relative === 0 ? "" : relative > 0 ? "+" : "\u2212";
    return `${sign}${text} %`;
  }

  function counts(view) {
    const rows = rowsOf(view, "val", "other").filter((row) => row.isJudged && row.direction && row.deltas[1]);
    const count = (word) => rows.filter((row) => row.deltas[1].verdict === word).length;
    const told = rows.length;
    const parts = ["better", "worse"].filter((word) => count(word) > 0).map((word) => `${count(word)} ${word}`);
    return told < 2 || parts.length === 0 ? "" : `Of ${told} metrics with a known direction, ${parts.join(" and ")}.`;
  }

  /** What else differs, and so may have to do with it as well. */
  function also(view) {
    const sets = rowsOf(view, "datasets").filter((row) => row.differs).length;
    const packages = rowsOf(view, "packages").filter((row) => row.differs).length;
    const source = rowsOf(view, "source").filter((row) => row.differs).map((row) => row.key);
    const parts = [
      sets > 0 ? format.plural(sets, "dataset") : "",
      packages > 0 ? format.plural(packages, "package version") : "",
      source.includes("git commit") ? "the git commit" : "",
      source.includes("source") ? "the program" : "",
    ].filter(Boolean);
    return parts.length > 0 ? `Also different: ${parts.join(", ")}.` : "";
  }

  /** The card above the table; nothing where there are not two runs. */
  compare.summary = (view) => {
    if (!view.isPair) return [];
    const row = headline(view);
    const one = row && row.deltas[1];
    const tone = one && (one.verdict === "better" || one.verdict === "worse") ? one.verdict : "";
    const big = one && one.verdict !== "same"
      ? el("p", { class: `big ${tone}` }, format.signed(one.change), el("small", {}, row.hint || row.key)) : null;
    const text = el("p", {}, changed(view), " ", ...outcome(view, row), " ", counts(view), " ", also(view));
    return [el("section", { class: "card sum", "aria-label": "In short" }, big, text)];
  };
})();
