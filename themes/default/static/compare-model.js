// What a comparison shows, as values: sections of rows, a row for each key, a cell for each run.
// Nothing here touches the page.
(() => {
  "use strict";

  /** Runs that are compared at once; more would be neither read nor drawn. */
  const MOST = 50;
  const SAME = 1e-9; // relative: below that two numbers are called equal

  /** Tags that MLflow writes and that tell where a run comes from, with the names shown. */
  const SOURCE = new Map([
    ["mlflow.source.name", "source"],
    ["mlflow.source.type", "source type"],
    ["mlflow.source.git.commit", "git commit"],
    ["mlflow.source.git.branch", "git branch"],
    ["mlflow.source.git.repoURL", "git repository"],
    ["mlflow.gitRepoURL", "git repository"],
    ["mlflow.gitBranch", "git branch"],
    ["mlflow.source.git.dirty", "uncommitted changes"],
    ["mlflow.project.entryPoint", "entry point"],
    ["mlflow.project.env", "environment"],
    ["mlflow.docker.image.uri", "image"],
  ]);

  const METRICS = [
    ["val", "Validation metrics", "val"],
    ["other", "Other metrics", "train operational unknown"],
    ["system", "System metrics", "system"],
  ];

  /** A letter for each place: A to Z, then AA, AB, ... */
  function letter(index) {
    const last = String.fromCharCode(65 + (index % 26));
    return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
  }

  /** The keys of several Maps, in order. */
  function keysOf(maps) {
    return [...new Set(maps.flatMap((one) => [...one.keys()]))].sort(reportgen.natural);
  }

  /** The value of a key in a Map; null where it has none. */
  const own = (map, key) => map.get(key) ?? null;
  const numberOf = (value) => (typeof value === "number" ? value : null);

  /** Whether two numbers are equal but for rounding. */
  function isSame(a, b) {
    if (Object.is(a, b)) return true;
    return Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));
  }

  /**
   * How the value of a run stands to the baseline's: the change, and a verdict: "better", "worse",
   * "same", "within noise", or "" where none is given. `limit`: up to it, differences are noise.
   */
  function delta(value, base, direction, limit) {
    if (value === null || base === null) return null;
    if (isSame(value, base)) return { change: 0, value, base, verdict: "same" };
    const change = value - base;
    if (!Number.isFinite(change)) return null;
    return { change, value, base, verdict: verdictOn(change, direction, limit) };
  }

  function verdictOn(change, direction, limit) {
    if (!direction) return "";
    if (limit !== null && Math.abs(change) <= limit) return "within noise";
    return (change > 0) === (direction === "higher") ? "better" : "worse";
  }

  /** A row of texts: parameters, tags, sources. */
  function textRow(section, key, texts, label = key) {
    const differs = texts.some((text) => text !== texts[0]);
    return { section, key, label, kind: "text", texts, differs };
  }

  /** A row of numbers, with the change of each against the first, the baseline. */
  function numberRow(section, key, values, facts, limits) {
    const judged = facts.isJudged ? facts.direction : "";
    const deltas = values.map((v, i) => (i === 0 ? null : delta(v, values[0], judged, limits[i])));
    const differs = values.some((v) =>
      v === null || values[0] === null ? v !== values[0] : !isSame(v, values[0]));
    return { section, key, label: key, kind: "number", values, deltas, differs, ...facts };
  }

  function params(runs) {
    const rows = keysOf(runs.map((run) => run.params))
      .map((key) => textRow("params", key, runs.map((run) => own(run.params, key))));
    return { id: "params", title: "Parameters", rows };
  }

  const UNKNOWN = { direction: "", hint: "", label: "", why: "", mayRank: false };

  /** What is known of a metric; no direction where two experiments contradict each other. */
  function standingOf(runs, key) {
    const known = runs.map((run) => own(run.standing, key)).filter(Boolean);
    const told = known.filter((one) => one.direction);
    if (new Set(told.map((one) => one.direction)).size > 1) return { ...known[0], direction: "", hint: "" };
    return told[0] || known[0] || UNKNOWN;
  }

  /** The best value of a metric in a run; null where the direction is unknown. */
  function bestOf(head, direction) {
    if (!head || !direction) return null;
    return numberOf(direction === "higher" ? head.max : head.min);
  }

  /** The last values, and the best over the steps, which are those compared where there are any. */
  function metricRows(section, key, heads, standing, limits) {
    const { direction, hint, label, why, mayRank } = standing;
    const hasBest = direction && heads.some((head) => head && head.count > 1);
    const isJudged = section !== "system" && !hasBest;
    const facts = { direction, hint, role: label, why, mayRank, stat: "last", isJudged };
    const last = heads.map((head) => (head ? numberOf(head.last) : null));
    const rows = [numberRow(section, key, last, facts, limits)];
    if (!hasBest) return rows;
    const best = heads.map((head) => bestOf(head, direction));
    const judged = { ...facts, stat: "best", isJudged: section !== "system" };
    return [...rows, numberRow(section, key, best, judged, limits)];
  }

  function metrics(runs, noise) {
    const keys = keysOf(runs.map((run) => run.metrics));
    const roles = new Map(keys.map((key) => [key, roleOf(runs, key)]));
    return METRICS.map(([id, title, wanted]) => ({
      id,
      title,
      isFolded: id === "system",
      rows: keys
        .filter((key) => wanted.split(" ").includes(roles.get(key)))
        .flatMap((key) => {
          const heads = runs.map((run) => own(run.metrics, key));
          const limits = runs.map((run) => limitOf(noise, runs[0], run, key));
          return metricRows(id, key, heads, standingOf(runs, key), limits);
        }),
    }));
  }

  /** Up to which difference two runs of one experiment differ by chance alone; null: not known. */
  function limitOf(noise, a, b, key) {
    const known = a.experiment.slug === b.experiment.slug ? noise.get(a.experiment.slug) : null;
    return known?.limits.get(key) ?? null;
  }

  function roleOf(runs, key) {
    const head = runs.map((run) => own(run.metrics, key)).find(Boolean);
    const role = (head && head.role) || "unknown";
    return METRICS.some(([, , wanted]) => wanted.split(" ").includes(role)) ? role : "unknown";
  }

  /** Test results, apart from all else: keys as rows; a run's value is a number, or "sealed". */
  function heldout(runs) {
    return keysOf(runs.map((run) => run.heldout)).map((key) => {
      const heads = runs.map((run) => own(run.heldout, key));
      const values = heads.map((head) => (head ? numberOf(head.last) : null));
      const isSealed = heads.map((head, i) => Boolean(head) && values[i] === null);
      return { key, values, isSealed, ...standingOf(runs, key) };
    });
  }

  function tags(runs) {
    const keys = keysOf(runs.map((run) => run.tags)).filter((key) => !key.startsWith("mlflow."));
    const rows = keys.map((key) => textRow("tags", key, runs.map((run) => own(run.tags, key))));
    return { id: "tags", title: "Tags", rows };
  }

  function datasets(runs) {
    const nameOf = (one) => (one.context ? `${one.name} (${one.context})` : one.name);
    const byName = runs.map((run) => {
      const found = new Map();
      for (const one of run.datasets || []) {
        const name = nameOf(one);
        found.set(name, [found.get(name), one.digest || "no digest"].filter(Boolean).join(", "));
      }
      return found;
    });
    const names = [...new Set(byName.flatMap((found) => [...found.keys()]))].sort(reportgen.natural);
    const rows = names.map((n) => textRow("datasets", n, byName.map((found) => found.get(n) ?? null)));
    return { id: "datasets", title: "Datasets, by digest", rows };
  }

  function source(runs) {
    const rows = [textRow("source", "user", runs.map((run) => run.user || null))];
    const names = new Map();
    for (const [key, name] of SOURCE) {
      const texts = runs.map((run, i) => own(run.tags, key) ?? names.get(name)?.[i] ?? null);
      if (texts.some((text) => text !== null)) names.set(name, texts);
    }
    for (const [name, texts] of names) {
      const links = name === "git commit" ? runs.map((run) => reportgen.compare.commits(runs[0], run)) : null;
      rows.push({ ...textRow("source", name, texts), links, isName: true });
    }
    return {
      id: "source",
      title: "Source and environment",
      rows: rows.filter((row) => row.texts.some((text) => text !== null)),
    };
  }

  /**
   * All sections of a comparison that have something to tell; the first run is the baseline. `noise`:
   * what is known of chance, Map(slug -> {primary, limits: Map}). `packages`: the section of those.
   * Test results are not in it: they stand apart from parameters, see `heldout`.
   */
  function sections(runs, noise, packages) {
    const all = [params(runs), ...metrics(runs, noise), tags(runs), datasets(runs), source(runs), ...packages];
    return all.filter((section) => section.rows.length > 0 || section.note);
  }

  /** The runs that a hash names, each once, at most `MOST`; `left` counts those left out. */
  function chosen(text) {
    const pages = [...new Set(text.split(",").map((page) => page.trim()).filter(Boolean))];
    return { pages: pages.slice(0, MOST), left: Math.max(0, pages.length - MOST) };
  }

  reportgen.compare = { MOST, letter, sections, heldout, chosen, keysOf, standingOf };
})();
