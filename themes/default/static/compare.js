// The page that compares runs: reads the hash, loads the runs, draws, and keeps the hash.
(() => {
  "use strict";

  const { state, load, el, compare, copy, say } = reportgen;
  const page = document.getElementById("compare");
  if (!page) return;
  const start = document.getElementById("compare-start");
  const head = document.getElementById("compare-head");
  const folds = new Map(); // section id -> whether it is open, where the reader has chosen
  let noise = new Map(); // slug -> {primary, limits}: up to where differences are chance
  let generation = 0;
  let hasOtherFiles = false; // while a watch goes on: files have changed since they were drawn
  let shown = null; // what was drawn last
  let files = { runs: null, loaded: [] }; // of which runs the files were loaded

  // --- what the hash says

  function wanted() {
    const { pages, left } = compare.chosen(state.get("runs"));
    return { pages, left, base: state.get("base"), showAll: state.get("all") === "1", isAcross: state.get("t") === "1" };
  }

  /** The runs of these pages in their order, and the pages for which there is none. */
  async function loadRuns(pages) {
    const found = await Promise.all(pages.map((one) => loadOne(one).catch((error) => ({ missing: one, reason: error.message }))));
    return { runs: found.filter((one) => !one.missing), missing: found.filter((one) => one.missing) };
  }

  /** What is known of chance; a page without it is whole, only less cautious. */
  async function learnNoise() {
    const site = await load.site().catch(() => ({ experiments: [] }));
    noise = new Map(site.experiments.map((one) => [one.slug, { primary: one.primary, limits: new Map(Object.entries(one.limits || {})) }]));
  }

  async function loadOne(name) {
    if (/[/\\]/.test(name) || /^\.+$/.test(name)) throw new Error("this is no id of a run");
    return load.run(name);
  }

  /** The baseline first, the others as they are named. */
  function inOrder(runs, base) {
    const first = runs.find((run) => run.page === base);
    return toldApart(first ? [first, ...runs.filter((run) => run !== first)] : runs);
  }

  const recoloured = new WeakMap(); // run -> the same in another colour

  /** Two runs of one colour, of which the first has another one here: as on a page that is prepared. */
  function toldApart(runs) {
    const [a, b] = runs;
    if (runs.length !== 2 || a.colour !== b.colour) return runs;
    if (!recoloured.has(a)) recoloured.set(a, { ...a, colour: (b.colour % 7) + 1 });
    return [recoloured.get(a), b];
  }

  // --- what the reader does

  function act(what, subject, by = 0) {
    const { pages, base } = wanted();
    if (what === "fold") return fold(subject);
    if (what === "pin") return change({ base: subject });
    if (what === "remove") {
      say("Run removed from the comparison");
      return change({ runs: pages.filter((one) => one !== subject).join(","), base: base === subject ? "" : base });
    }
    return change({ runs: moved(subject, by).join(","), base: shown.runs[0].page });
  }

  function fold(section) {
    const isOpened = !isOpen(section);
    folds.set(section.id, isOpened);
    if (section.isFolded && section.id === "packages") state.set({ packages: isOpened ? "1" : "" });
    redraw();
    if (isOpened && section.isPending) learnPackages(shown.runs);
  }

  /** The pages as they are shown, with one of them moved by a place. */
  function moved(subject, by) {
    const pages = shown.runs.map((run) => run.page);
    const from = pages.indexOf(subject);
    const to = Math.max(1, Math.min(pages.length - 1, from + by));
    pages.splice(to, 0, ...pages.splice(from, 1));
    return pages;
  }

  function change(keys) {
    state.set(keys);
    update();
  }

  function isOpen(section) {
    return folds.get(section.id) ?? (!section.isFolded || state.get(section.id) === "1");
  }

  function add(name) {
    const { pages } = wanted();
    if (pages.includes(name)) return;
    if (pages.length >= compare.MOST) return say(`${compare.MOST} runs are compared at most`);
    change({ runs: [...pages, name].join(",") });
  }

  function openPicker() {
    reportgen.search.pick({ title: "Add a run", isChosen: (name) => wanted().pages.includes(name), choose: add });
  }

  // --- drawing

  function button(text, action, options = {}) {
    return el("button", { type: "button", class: options.class ?? "act", "aria-pressed": options.pressed, "data-key": text, onclick: action }, text);
  }

  function copyAs(kind, make) {
    copy(make()).then(() => say(`${kind} copied`), () => say("The browser refused to copy"));
  }

  /** The link to the page that was prepared for two runs, whichever of them came first there. */
  function prepared([a, b]) {
    const pair = b.diffs.includes(a.page) ? [a, b] : a.diffs.includes(b.page) ? [b, a] : null;
    if (!pair) return null;
    const folder = pair.map((run) => encodeURIComponent(run.page)).join("..");
    const title = "A page prepared for these two, which is whole without scripts";
    return el("a", { class: "act", href: state.link(`diffs/${folder}/index.html`), title }, "Full diff");
  }

  function toolbar(view) {
    const left = el("div", { class: "tools" },
      el("div", { class: "seg", role: "group", "aria-label": "Rows" },
        button("Only differences", () => change({ all: "" }), { class: "", pressed: String(!view.showAll) }),
        button("Show all", () => change({ all: "1" }), { class: "", pressed: String(view.showAll) })),
      button("Runs as rows", () => change({ t: view.isAcross ? "" : "1" }), { pressed: String(view.isAcross), class: "toggle" }));
    const right = el("div", { class: "tools" });
    if (view.isPair) right.append(prepared(view.runs) || "", button("Swap A and B", () => change({ base: view.runs[1].page })));
    right.append(
      button("Copy link", () => copyAs("Link", () => location.href)),
      button("Copy Markdown", () => copyAs("Markdown", () => compare.markdown(view))),
      button("Copy CSV", () => copyAs("CSV", () => compare.csv(view))),
      button("Add run", openPicker, { class: "act primary" }));
    return el("div", { class: "cmp-bar" }, left, right);
  }

  function titleOf(runs) {
    return runs.length === 0 ? "Compare runs" : runs.length === 1 ? "Compare 1 run" : `Compare ${runs.length} runs`;
  }

  /** Of which experiments the runs are, with links. */
  function about(runs) {
    const byName = new Map(runs.map((run) => [run.experiment.slug, run.experiment.name]));
    const links = [...byName].map(([slug, name]) => el("a", { href: reportgen.state.link(`experiments/${encodeURIComponent(slug)}/index.html`) }, name));
    const listed = links.slice(0, 4).flatMap((link, i) => (i > 0 ? [", ", link] : [link]));
    if (links.length > 4) listed.push(` and ${links.length - 4} more experiments`);
    return [el("span", {}, "of ", ...listed), el("span", {}, "against the baseline ", el("b", {}, runs[0].title))];
  }

  function drawHead(runs) {
    head.querySelector("h1").textContent = titleOf(runs);
    head.querySelector(".facts")?.remove();
    if (runs.length > 0) head.append(el("p", { class: "facts" }, ...about(runs)));
    document.title = document.title.replace(/^.*? – /, `${titleOf(runs)} – `);
  }

  /** What could not be shown, in words. */
  function notes(missing, left) {
    const lines = missing.map(({ missing: name, reason }) => el("li", {}, "No run ", el("code", {}, name.slice(0, 80)), `: ${reason}`));
    if (left > 0) lines.push(el("li", {}, `${compare.MOST} runs are compared at most: ${left} are left out.`));
    return lines.length > 0 ? [el("ul", { class: "card callout plain", role: "status" }, ...lines)] : [];
  }

  function viewOf(runs, { showAll, isAcross }) {
    const slugs = new Set(runs.map((run) => run.experiment.slug));
    const primary = slugs.size === 1 ? noise.get([...slugs][0])?.primary : null;
    const sections = compare.sections(runs, noise, packagesOf(runs));
    return { runs, showAll, isAcross, isPair: runs.length === 2, primary, sections, isOpen, act };
  }

  /** The section of packages; of more than two runs, their files are loaded when it is opened. */
  function packagesOf(runs) {
    if (files.runs === runs) return compare.packages(runs, files.loaded);
    if (runs.length < 3 || !runs.some((run) => run.packages)) return [];
    return [{ id: "packages", title: "Packages", rows: [], isFolded: true, isPending: true, note: "of each run, told when this is opened" }];
  }

  async function learnPackages(runs) {
    const mine = shown;
    const loaded = new Array(runs.length);
    await load.each(runs.keys(), 8, async (i) => { loaded[i] = await compare.loadFiles(runs[i]); });
    if (shown !== mine) return;
    files = { runs: mine.runs, loaded }; // the same runs, perhaps with newer values
    redraw();
  }

  function tableRegion(view) {
    return el("div", { class: "scroll cmp", tabindex: "0", role: "region", "aria-label": "Comparison of runs" }, compare.table(view));
  }

  function empty() {
    return el("section", { class: "card start" },
      el("p", {}, "Choose the runs to put side by side: of one experiment, or of several."),
      button("Add run", openPicker, { class: "act primary" }));
  }

  function draw(runs, missing, want) {
    const view = viewOf(runs, want);
    shown = { runs, missing, want, view };
    drawHead(runs);
    start.hidden = runs.length > 0;
    start.toggleAttribute("data-live", start.hidden);
    const parts = notes(missing, want.left);
    if (runs.length === 0) parts.push(empty());
    else parts.push(...compare.summary(view), toolbar(view), tableRegion(view), ...heldout(runs));
    if (runs.length === 1) parts.push(el("p", { class: "empty" }, "Add another run to see what differs."));
    page.replaceChildren(...parts);
    const mine = shown;
    afterPaint(() => {
      if (shown !== mine || mine.runs.length === 0) return;
      const below = [compare.curves(mine.runs), ...filesOf(mine.runs)];
      page.append(...below.filter(Boolean));
      mine.isWhole = true;
      if (mine.runs.length === 2 || state.get("packages") === "1") learnPackages(mine.runs);
    });
  }

  /** What there is of the runs' files: of two runs, all that differs. */
  function filesOf(runs) {
    if (runs.length === 2) return [compare.pairOfFiles(runs)];
    const hasAny = runs.some((run) => run.artifacts.length > 0);
    return [compare.artifacts(runs), runs.length > 2 && hasAny ? compare.againstBaseline(runs) : null];
  }

  /** The same runs with newer values, while a watch goes on: scroll, zoom and open folds stay. */
  function renew(runs) {
    const before = shown.runs;
    shown.runs = runs;
    if (files.runs === before) files = { ...files, runs };
    drawHead(runs);
    redraw();
    const fold = page.querySelector("details.heldout");
    const results = heldout(runs);
    if (fold && results[0]) results[0].open = fold.open;
    swap("details.heldout", results, page.querySelector(".scroll.cmp"));
    if (shown.isWhole && !compare.renewCurves(runs)) {
      swap("#compare-curves", [compare.curves(runs)].filter(Boolean), page.querySelector("details.heldout") || page.querySelector(".scroll.cmp"));
    }
    const names = (ones) => JSON.stringify(ones.map((run) => run.artifacts));
    hasOtherFiles ||= names(before) !== names(runs);
  }

  /** The runs' files anew: some were added, or have other bytes. */
  function renewFiles(runs) {
    for (const old of page.querySelectorAll("#compare-artifacts, #compare-pair, details.against")) old.remove();
    page.append(...filesOf(runs).filter(Boolean));
    if (files.runs === runs) learnPackages(runs);
  }

  /** Put newer parts in the place of those that stand there; where there are none yet, behind another one. */
  function swap(selector, parts, before) {
    const old = page.querySelector(selector);
    if (old) old.replaceWith(...parts);
    else before.after(...parts);
  }

  /** The table is for reading at once; curves and images, further down, come after it. */
  function afterPaint(work) {
    requestAnimationFrame(() => setTimeout(work, 0));
  }

  /** Only the table anew: curves and images stay. */
  function redraw() {
    const view = viewOf(shown.runs, shown.want);
    shown.view = view;
    const region = page.querySelector(".scroll.cmp");
    const { scrollLeft, scrollTop } = region;
    region.replaceChildren(compare.table(view));
    region.scrollTo(scrollLeft, scrollTop);
    const bar = page.querySelector(".cmp-bar");
    page.querySelector(".card.sum")?.remove();
    bar.before(...compare.summary(view));
    bar.replaceWith(toolbar(view));
  }

  /** Test results, folded, without parameters beside them. */
  function heldout(runs) {
    const rows = compare.heldout(runs);
    if (rows.length === 0) return [];
    const heads = runs.map((run, i) => el("th", { scope: "col", class: "number", abbr: run.title },
      compare.badge(i, run.colour), " ", el("span", { class: "cut", title: run.title }, run.title)));
    const body = rows.map((row) => el("tr", {},
      el("th", { scope: "row", class: "keys" }, el("span", { class: "key" }, row.key), row.hint ? el("small", {}, row.hint) : ""),
      ...row.values.map((value, i) => (row.isSealed[i]
        ? el("td", { class: "number faint" }, "sealed") : compare.numberCell(value)))));
    const table = el("table", {}, el("caption", { class: "quiet" }, "Test results of the compared runs"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "keys" }, "Metric"), ...heads)), el("tbody", {}, ...body));
    const told = "Choosing a run by its test results spoils them: they stand apart from parameters, and nothing here is called better or worse.";
    return [el("details", { class: "heldout" }, el("summary", {}, el("h2", {}, "Test results"), " ", el("span", { class: "hint" }, "apart, and folded")),
      el("p", { class: "faint" }, told),
      el("div", { class: "scroll cmp", tabindex: "0", role: "region", "aria-label": "Test results" }, table))];
  }

  /** Where the focus is, in words that hold after drawing anew. */
  function focusKey() {
    const one = document.activeElement;
    return one && page.contains(one) ? one.dataset.key || one.getAttribute("aria-label") || one.textContent : null;
  }

  function refocus(key) {
    if (key === null || page.contains(document.activeElement)) return;
    const same = [...page.querySelectorAll("button")].find((one) =>
      (one.dataset.key || one.getAttribute("aria-label") || one.textContent) === key);
    (same || page.querySelector(".scroll.cmp") || page.querySelector("button"))?.focus({ preventScroll: true });
  }

  const isSameList = (a, b) => a.length === b.length && a.every((one, i) => one === b[i]);

  async function update() {
    const mine = (generation += 1);
    const want = wanted();
    const key = focusKey();
    if (want.pages.length > 0) page.setAttribute("aria-busy", "true");
    const [{ runs, missing }] = await Promise.all([loadRuns(want.pages), learnNoise()]);
    if (mine !== generation) return;
    page.removeAttribute("aria-busy");
    const ordered = inOrder(runs, want.base);
    const isKnown = shown && ordered.length > 0 && isSameList(ordered, shown.runs) && missing.length === shown.missing.length;
    const isNewer = shown && ordered.length > 0 && missing.length === shown.missing.length
      && isSameList(ordered.map((run) => run.page), shown.runs.map((run) => run.page));
    if (isKnown || isNewer) shown.want = want;
    if (isKnown) redraw();
    else if (isNewer) renew(ordered);
    else draw(ordered, missing, want);
    if (hasOtherFiles && shown.isWhole) renewFiles(shown.runs); // else they are still to be drawn
    hasOtherFiles = false;
    refocus(key);
    performance.mark("reportgen compare");
  }

  for (const part of [page, head]) part.dataset.live = "";
  reportgen.on("live", (paths) => {
    const asked = wanted().pages.map((one) => `runs/${one}/run.js`);
    const ofFiles = wanted().pages.map((one) => `runs/${one}/files.js`);
    hasOtherFiles ||= paths.some((path) => ofFiles.includes(path));
    if (hasOtherFiles || paths.some((path) => path === "data/site.js" || asked.includes(path))) update();
  });
  for (const key of ["runs", "base", "all", "t"]) state.on(key, update);
  update();
})();
