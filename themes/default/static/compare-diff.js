// The files of two compared runs on the page, as a prepared diff has them: images in pairs, texts line
// by line, and what became of each file. Of two runs at once, of more when a reader asks for it.
(() => {
  "use strict";

  const { el, load, state, format, compare } = reportgen;
  const MOST_PAIRS = 12; // of images, before it is asked for more
  const MOST_ROWS = 400;
  const MINUS = "\u2212";
  const UNSHOWN = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cs}\ufffe\uffff]/gu;
  const ORDER = ["added", "removed", "changed", "untold"];

  /** The files of a run for scripts; null where it has none, an Error where they cannot be loaded. */
  compare.loadFiles = (run) => (run.files ? load.files(run.page).catch((error) => error) : Promise.resolve(null));

  /** A text with control characters made visible, as on other pages. */
  const clean = (text) => text.replace(UNSHOWN, (sign) => {
    const code = sign.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });

  /** What became of a file, in words. */
  function wordOf(sides, change) {
    if (change === "added") return `only in ${sides[1].letter}`;
    if (change === "removed") return `only in ${sides[0].letter}`;
    return { changed: "changed", untold: "same size, not compared", same: "same" }[change];
  }

  // ---- texts --------------------------------------------------------------------------------------

  function lineOf({ kind, pieces }) {
    if (kind === " ") return `  ${clean(pieces.map(([text]) => text).join(""))}\n`;
    const parts = pieces.map(([text, isChanged]) => (isChanged && pieces.length > 1 ? el("b", {}, clean(text)) : clean(text)));
    return el(kind === "-" ? "del" : "ins", {}, `${kind === "-" ? MINUS : "+"} `, ...parts);
  }

  function linesOf(path, { hunks }) {
    if (hunks.length === 0) return "";
    const lines = hunks.flatMap(({ skipped, lines: all }) => [
      skipped ? el("i", {}, `${format.plural(skipped, "line")} the same`) : "", ...all.map(lineOf),
    ]);
    return el("pre", { class: "td", tabindex: "0", role: "region", "aria-label": path }, ...lines);
  }

  function hintOf({ added, removed, note }) {
    const parts = added || removed ? [`${format.grouped(removed)} out, ${format.plural(added, "line")} in`] : [];
    return [...parts, note].filter(Boolean).join("; ");
  }

  /** A text that differs; one that is not made yet is made when it is opened. */
  function textBox({ path, made, make }) {
    const name = clean(path);
    const hint = el("small", {}, made ? hintOf(made) : "compared when it is opened");
    const box = el("details", { class: "card text-diff" }, el("summary", {}, el("span", { class: "path" }, name), " ", hint));
    const fill = (diff) => { hint.textContent = hintOf(diff); box.append(linesOf(name, diff)); };
    if (made) fill(made);
    else box.addEventListener("toggle", () => fill(make()), { once: true });
    box.open = Boolean(made) && made.hunks.length > 0;
    return box;
  }

  function texts(changes) {
    const all = compare.textsOf(changes);
    if (all.length === 0) return null;
    return section("texts", "Texts", "line by line; changed words are marked", ...all.map(textBox));
  }

  // ---- images -------------------------------------------------------------------------------------

  function half(side, which, file, src) {
    const image = el("img", { src, alt: `${clean(file.path)} in ${side.letter}`, loading: "lazy", decoding: "async" });
    const href = compare.address(side.run, file);
    const isDrawing = src.startsWith("data:");
    return el("div", { class: "half" }, el("span", { class: which }, side.letter), href && !isDrawing ? el("a", { href }, image) : image);
  }

  function pairOf(sides, { path, pair, images, change }) {
    const halves = ["ka", "kb"].map((which, i) => (images[i]
      ? half(sides[i], which, pair[i], images[i])
      : el("div", { class: "half" }, el("span", { class: which }, sides[i].letter), el("p", { class: "none" }, `not in ${sides[i].letter}`))));
    const figure = el("figure", { class: "card fig pair" },
      el("figcaption", {}, el("b", {}, clean(path)), el("span", {}, wordOf(sides, change))), el("div", { class: "two" }, ...halves));
    reportgen.diffimages(figure);
    return figure;
  }

  function images(sides, changes) {
    const all = changes.filter((one) => one.images);
    const found = [...all.filter(({ pair }) => pair[0] && pair[1]), ...all.filter(({ pair }) => !pair[0] || !pair[1])];
    if (found.length === 0) return null;
    const grid = el("div", { class: "pairs-of-images" });
    const show = (from, to) => grid.append(...found.slice(from, to).map((one) => pairOf(sides, one)));
    show(0, MOST_PAIRS);
    const parts = [grid];
    if (found.length > MOST_PAIRS) {
      parts.push(el("button", { type: "button", class: "more-images", onclick: ({ currentTarget }) => {
        currentTarget.remove();
        show(MOST_PAIRS, found.length);
      } }, `Show ${found.length - MOST_PAIRS} more images`));
    }
    return section("images", "Images", "", ...parts);
  }

  // ---- all files ----------------------------------------------------------------------------------

  function sizeCell(side, file) {
    if (!file) return el("td", {}, "–");
    const href = compare.address(side.run, file);
    return el("td", { title: href ? null : "not copied into the site" }, href ? el("a", { href }, compare.size(file.bytes)) : compare.size(file.bytes));
  }

  function fileTable(sides, changes) {
    const rows = changes.slice(0, MOST_ROWS).map(({ path, change, pair }) => el("tr", {},
      el("th", { scope: "row", class: "path" }, clean(path)), el("td", {}, wordOf(sides, change)),
      sizeCell(sides[0], pair[0]), sizeCell(sides[1], pair[1])));
    const heads = ["File", "What became of it"].map((text) => el("th", { scope: "col" }, text));
    const letters = [["ka", 0], ["kb", 1]].map(([which, i]) => el("th", { scope: "col" }, el("span", { class: which }, sides[i].letter)));
    const table = el("table", { class: "dt df" }, el("thead", {}, el("tr", {}, ...heads, ...letters)), el("tbody", {}, ...rows));
    const left = changes.length - rows.length;
    return [el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Files that differ" }, table),
      left > 0 ? el("p", { class: "faint" }, `and ${format.plural(left, "more file")} that differ`) : ""];
  }

  function sameFiles(sides, same) {
    if (same.length === 0) return "";
    const items = same.slice(0, MOST_ROWS).map(({ path, pair }) => {
      const href = compare.address(sides[1].run, pair[1]);
      return el("li", { class: "path" }, href ? el("a", { href }, clean(path)) : clean(path));
    });
    const left = same.length - items.length;
    return el("details", { class: "same" }, el("summary", {}, `${format.plural(same.length, "file is", "files are")} the same`),
      el("ul", {}, ...items, left > 0 ? el("li", {}, `and ${left} more`) : ""));
  }

  /** What is not told, and why: one line for each reason. */
  function remarks(sides, changes) {
    const uncopied = ({ run }) => run.artifacts.filter((file) => !file.href).length;
    const lines = sides.flatMap(({ run, files, letter }) => {
      if (files instanceof Error) return [`${files.message}. The files of ${letter} are compared by their sizes only.`];
      return run.artifacts.length === 0 ? [`${letter} logged no file.`] : [];
    });
    if (changes.some(({ change }) => change === "untold")) {
      const some = sides.filter((side) => uncopied(side) > 0).map((side) => `${format.plural(uncopied(side), "file")} of ${side.letter}`);
      if (some.length > 0) lines.push(`Not copied into the site, being over its limits: ${some.join(", ")}. Such files are compared by their sizes only.`);
    }
    return lines.map((line) => el("p", { class: "faint remark" }, line));
  }

  function files(sides, { changes, same }) {
    const counts = ORDER.map((change) => [changes.filter((one) => one.change === change).length, change]);
    const told = counts.filter(([count]) => count > 0).map(([count, change]) => `${count} ${wordOf(sides, change)}`);
    if (same.length > 0) told.push(`${same.length} the same`);
    if (told.length === 0) return section("files", "Files", "", el("p", { class: "empty" }, `Neither ${sides[0].letter} nor ${sides[1].letter} logged a file.`));
    return section("files", "Files", told.join(", "), ...remarks(sides, changes), ...(changes.length > 0 ? fileTable(sides, changes) : []), sameFiles(sides, same));
  }

  function section(id, title, hint, ...parts) {
    return el("section", {}, el("div", { class: "sh" }, el("h2", { id: `compare-${id}` }, title), hint ? el("span", { class: "hint" }, hint) : null), ...parts);
  }

  // ---- two runs -----------------------------------------------------------------------------------

  /** The colours of two runs: their own; where they share one, A has another here. */
  function coloursOf([a, b]) {
    return a.colour === b.colour ? [(b.colour % 7) + 1, b.colour] : [a.colour, b.colour];
  }

  /** Fill a box with what differs between the files of two of the runs, given by their places. */
  async function fill(box, runs, places) {
    const pair = places.map((place) => runs[place]);
    const [a, b] = coloursOf(pair);
    box.className = `diff a${a} b${b}`;
    box.setAttribute("aria-busy", "true");
    const loaded = await Promise.all(pair.map(compare.loadFiles));
    if (box.dataset.of !== places.join()) return; // another one was chosen since
    box.removeAttribute("aria-busy");
    const sides = pair.map((run, i) => ({ run, files: loaded[i], letter: compare.letter(places[i]) }));
    const known = sides.map((side) => ({ ...side, files: side.files instanceof Error ? null : side.files }));
    const found = compare.filesOf(known);
    box.replaceChildren(...[images(sides, found.changes), texts(found.changes), files(sides, found)].filter(Boolean));
  }

  /** The files of two runs, side by side. */
  compare.pairOfFiles = (runs) => {
    const box = el("div", { id: "compare-pair", "data-of": "0,1" });
    fill(box, runs, [0, 1]);
    return box;
  };

  // ---- more runs: one of them against the baseline ------------------------------------------------

  /** A fold in which the files of a run that the reader chooses are set against the baseline's. */
  compare.againstBaseline = (runs) => {
    const options = runs.slice(1).map((run, i) => el("option", { value: run.page }, `${compare.letter(i + 1)} ${run.title}`));
    const select = el("select", {}, ...options);
    const box = el("div", {});
    const fold = el("details", { class: "against" },
      el("summary", {}, el("h2", {}, "Files of one run against the baseline"), " ", el("span", { class: "hint" }, "images over each other, texts line by line")),
      el("p", {}, el("label", {}, "Set against A ", select)), box);
    const show = () => {
      const place = runs.findIndex((run) => run.page === select.value);
      state.set({ files: select.value });
      if (box.dataset.of === `0,${place}`) return;
      box.dataset.of = `0,${place}`;
      fill(box, runs, [0, place]);
    };
    const wanted = state.get("files");
    if (runs.slice(1).some((run) => run.page === wanted)) select.value = wanted;
    select.addEventListener("change", show);
    fold.addEventListener("toggle", () => (fold.open ? show() : state.set({ files: "" })));
    fold.open = wanted !== "";
    return fold;
  };
})();
