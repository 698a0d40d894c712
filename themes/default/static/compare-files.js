// What differs between the files of two compared runs, as values: by the same rules as on prepared
// pages (analysis/diff_files.py, diff_env.py, repository.py). Nothing here touches the page.
(() => {
  "use strict";

  const { compare, difftext } = reportgen;
  const MOST_TEXTS = 12; // compared at once; further ones when they are opened
  const TABLE = /\.(csv|tsv|jsonl)$/i;
  const FEW_LINES = 8; // of a table: its rows are data, and mostly differ all
  // Names that MLflow gives to images of a step: time and id differ in each run.
  const STEP_IMAGE = /^(images\/[^/]+[+%#]step[+%#]-?\d+)[+%#]timestamp[+%#]\d+[+%#][0-9a-fA-F-]{8,40}((?:[+%#]compressed)?\.(?:png|webp))$/;

  /** The path by which a file is found in another run: without time and id of a logged image. */
  function matchedPath(path) {
    const found = STEP_IMAGE.exec(path);
    return found ? found[1] + found[2] : path;
  }

  /** The image that a page can show of a file: its address, or its drawing; "" where there is none. */
  function imageOf({ run, files }, file) {
    if (!file) return "";
    if (file.kind === "image") return compare.address(run, file);
    return files?.drawings.get(file.path) || "";
  }

  /** What became of a file: "added", "removed", "changed", "untold" or "same". */
  function changeOf(sides, [old, now]) {
    if (!old) return "added";
    if (!now) return "removed";
    if (old.bytes !== now.bytes) return "changed";
    const [a, b] = [old, now].map((file, i) => sides[i].files?.hashes.get(file.path));
    if (!a || !b) return "untold";
    return a === b ? "same" : "changed";
  }

  /** The text of a file that is compared, or why there is none; null for what is no text. */
  function textOf({ files }, { path }) {
    if (!files) return null;
    if (files.texts.has(path)) return { text: files.texts.get(path), isLaid: files.laid.has(path) };
    if (files.large.has(path)) return { reason: difftext.TOO_LARGE };
    if (files.left.has(path)) return { reason: "not compared here: more texts of one run than a page is given; reportgen diff compares them" };
    return null;
  }

  /** How a text is compared, and when: null for what is no text in both. */
  function textDiffOf(sides, pair) {
    const [a, b] = pair.map((file, i) => textOf(sides[i], file));
    if (!a || !b) return null;
    const reason = a.reason || b.reason;
    if (reason) return () => ({ hunks: [], added: 0, removed: 0, note: reason });
    const isLaid = a.isLaid || b.isLaid;
    return (room) => difftext.diff(a.text, b.text, { isLaid, most: TABLE.test(pair[1].path) ? Math.min(room, FEW_LINES) : room });
  }

  /**
   * The files of two runs `{run, files}`, in order of path: `{changes, same}`. A change is
   * `{path, pair, change, images, diff}`: `diff(room)` makes the lines, null where there are none;
   * `images` are two addresses, "" for a run that lacks it, or null.
   */
  compare.filesOf = (sides) => {
    const [old, now] = sides.map(({ run }) => new Map(run.artifacts.map((file) => [matchedPath(file.path), file])));
    const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
    const all = paths.map((path) => describe(sides, [old.get(path) || null, now.get(path) || null]));
    return { changes: all.filter(({ change }) => change !== "same"), same: all.filter(({ change }) => change === "same") };
  };

  function describe(sides, pair) {
    const change = changeOf(sides, pair);
    const { path } = pair[1] || pair[0];
    const addresses = pair.map((file, i) => imageOf(sides[i], file));
    const isShown = pair.every((file, i) => !file || addresses[i]) && !path.includes("compressed.");
    const images = isShown ? addresses : null;
    const diff = change === "changed" && !images ? textDiffOf(sides, pair) : null;
    return { path, pair, change, images, diff };
  }

  /** The texts that differ with their lines; those after the first twelve are made when `make()` is called. */
  compare.textsOf = (changes) => {
    let room = difftext.MOST_SHOWN;
    return changes.filter(({ diff }) => diff).map(({ path, diff }, place) => {
      if (place >= MOST_TEXTS || room <= 0) return { path, made: null, make: () => diff(difftext.MOST_SHOWN) };
      const made = diff(room);
      room -= made.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
      return { path, made };
    });
  };

  /**
   * The section of packages, from the files of each run (null where it has none): rows of the
   * comparison. Runs that logged no packages are left out of what differs; of a single one that did,
   * nothing is said of single packages.
   */
  compare.packages = (runs, files) => {
    const known = files.map((one) => one?.packages || null);
    const some = known.filter(Boolean);
    if (some.length === 0) return [];
    const section = { id: "packages", title: "Packages", isFolded: runs.length > 2, rows: [] };
    if (some.length < 2) {
      const only = compare.letter(known.findIndex(Boolean));
      return [{ ...section, note: runs.length > 1 ? `only ${only} logged which packages it ran with` : "", isEmpty: runs.length > 1, rows: runs.length > 1 ? [] : rowsOf(known) }];
    }
    return [{ ...section, rows: rowsOf(known) }];
  };

  function rowsOf(known) {
    return compare.keysOf(known.filter(Boolean)).map((key) => {
      const texts = known.map((one) => (one?.has(key) ? one.get(key) || "any version" : null));
      const told = texts.filter((_, i) => known[i]);
      const differs = told.some((text) => text !== told[0]);
      return { section: "packages", key, label: key, kind: "text", isName: true, absent: "not in it", texts, differs, unknown: known.map((one) => !one) };
    });
  }

  // ---- commits ------------------------------------------------------------------------------------

  const REPOSITORY = /^(?:https:\/\/(?:[\w.-]+@)?|git@|ssh:\/\/git@)(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)[/:]([\w.-]+(?:\/[\w.-]+)+)\/?$/;
  const COMMIT = /^[0-9a-fA-F]{7,64}$/;
  const PATHS = { "gitlab.com": "-/compare", "bitbucket.org": "branches/compare" };

  /** The page of a repository at one of the large hosts, without credentials; "" elsewhere. */
  function homeOf(run) {
    const told = ["mlflow.source.git.repoURL", "mlflow.gitRepoURL"].map((tag) => (run.tags.get(tag) || "").trim());
    const found = REPOSITORY.exec(told.find(Boolean) || "");
    return found ? `https://${found[1]}/${found[2].replace(/\.git$/, "")}` : "";
  }

  /** The page that compares the commits of two runs of one repository; "" where there is none. */
  compare.commits = (a, b) => {
    const home = homeOf(a);
    const [old, now] = [a, b].map((run) => (run.tags.get("mlflow.source.git.commit") || "").trim());
    if (!home || home !== homeOf(b) || old === now || !COMMIT.test(old) || !COMMIT.test(now)) return "";
    const host = home.split("/")[2];
    return host === "bitbucket.org" ? `${home}/${PATHS[host]}/${now}..${old}` : `${home}/${PATHS[host] || "compare"}/${old}...${now}`;
  };
})();
