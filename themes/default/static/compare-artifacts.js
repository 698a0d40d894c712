// Artifacts of compared runs by path: the same image from every run side by side, the rest as links.
(() => {
  "use strict";

  const { el, compare } = reportgen;
  const MOST_STRIPS = 12; // shown at once
  const MOST_ROWS = 200;
  // MLflow's name of an image logged at a step: key, step, time, an id of its own for each run.
  const LOGGED = /^(.*[+%]step[+%]\d+)[+%]timestamp[+%]\d+[+%][0-9a-f-]+(\.\w+)$/;

  /** The path by which artifacts of several runs are the same thing; null for mere thumbnails. */
  function sharedPath(path) {
    if (/[+%]compressed\.\w+$/.test(path)) return null;
    const logged = LOGGED.exec(path);
    return logged ? `${logged[1].replace(/[+%]step[+%](\d+)$/, ", step $1")}${logged[2]}` : path;
  }

  /** Artifacts by shared path, each with an entry of every run or null. */
  function byPath(runs) {
    const found = new Map();
    runs.forEach((run, i) => {
      for (const one of run.artifacts || []) {
        const path = sharedPath(one.path);
        if (path === null) continue;
        if (!found.has(path)) found.set(path, runs.map(() => null));
        found.get(path)[i] = one;
      }
    });
    return [...found].sort(([a], [b]) => reportgen.natural(a, b))
      .map(([path, files]) => ({ path, files, kind: files.find(Boolean).kind }));
  }

  function size(bytes) {
    if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
    const units = ["KiB", "MiB", "GiB", "TiB"];
    let amount = bytes / 1024;
    let unit = 0;
    while (amount >= 999.5 && unit < units.length - 1) { amount /= 1024; unit += 1; }
    return `${Number(amount.toPrecision(3))} ${units[unit]}`;
  }

  /** The address of an artifact of a run, from this page; "" where it was not copied. */
  function address(run, file) {
    return file && file.href ? `${reportgen.root}runs/${encodeURIComponent(run.page)}/${file.href}` : "";
  }
  Object.assign(compare, { address, size });

  function picture(run, file, index) {
    const caption = el("figcaption", {}, compare.badge(index, run.colour), el("span", { title: run.title }, run.title));
    const href = address(run, file);
    if (!href) return el("figure", { class: "shot" }, caption, el("p", { class: "none" }, "not copied into the site"));
    const image = el("img", { src: href, alt: `${file.path} of ${run.title}`, loading: "lazy" });
    return el("figure", { class: "shot" }, caption, el("a", { href }, image));
  }

  function strip(runs, one) {
    const shots = one.files.map((file, i) => file && picture(runs[i], file, i)).filter(Boolean);
    const lacking = runs.filter((_, i) => !one.files[i]);
    const letters = runs.flatMap((run, i) => (one.files[i] ? [] : [compare.letter(i)])).join(", ");
    const told = lacking.length > 0 ? el("span", { class: "hint" }, `not in ${letters}`) : null;
    return el("div", { class: "card strip" }, el("div", { class: "strip-head" }, el("h3", { class: "path" }, one.path), told),
      el("div", { class: "shots", tabindex: "0", role: "region", "aria-label": `${one.path} of each run` }, ...shots));
  }

  function fileCell(run, file) {
    if (!file) return el("td", { class: "number" }, el("span", { class: "nil", title: "not in this run" }, "–"));
    const href = address(run, file);
    return el("td", { class: "number" }, href ? el("a", { href }, size(file.bytes)) : size(file.bytes));
  }

  function table(runs, rows) {
    const head = el("tr", {}, el("th", { scope: "col", class: "keys" }, "Path"),
      ...runs.map((run, i) => el("th", { scope: "col", class: "number", abbr: run.title },
        compare.badge(i, run.colour), " ", el("span", { class: "cut", title: run.title }, run.title))));
    const body = rows.slice(0, MOST_ROWS).map((one) => el("tr", {},
      el("th", { scope: "row", class: "keys path" }, one.path),
      ...one.files.map((file, i) => fileCell(runs[i], file))));
    return el("div", { class: "scroll cmp", tabindex: "0", role: "region", "aria-label": "Artifacts of each run" },
      el("table", { class: "files" }, el("caption", { class: "quiet" }, "Artifacts by path, with their sizes"),
        el("thead", {}, head), el("tbody", {}, ...body)));
  }

  function more(text, make) {
    const button = el("button", { type: "button", class: "small" }, text);
    button.addEventListener("click", () => button.replaceWith(...make()));
    return button;
  }

  function strips(runs, images) {
    const made = images.slice(0, MOST_STRIPS).map((one) => strip(runs, one));
    const rest = images.slice(MOST_STRIPS);
    if (rest.length > 0) made.push(more(`Show ${rest.length} more images`, () => rest.map((one) => strip(runs, one))));
    return el("div", { class: "strips" }, ...made);
  }

  /** The section of artifacts; null where no run has any. */
  compare.artifacts = (runs) => {
    const all = byPath(runs);
    if (all.length === 0) return null;
    const images = all.filter((one) => one.kind === "image");
    const others = all.filter((one) => one.kind !== "image");
    const section = el("section", { id: "compare-artifacts" }, el("div", { class: "sh" }, el("h2", {}, "Artifacts"),
      el("span", { class: "hint" }, "by path; a click opens the file of that run")));
    if (images.length > 0) section.append(strips(runs, images));
    if (others.length > 0) section.append(table(runs, others));
    if (others.length > MOST_ROWS) section.append(el("p", { class: "faint" }, `and ${others.length - MOST_ROWS} more files`));
    return section;
  };
})();
