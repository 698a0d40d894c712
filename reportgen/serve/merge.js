// Takes over what changed in a page that was fetched again: each part that reads otherwise is put in
// the place of the old one; scroll, open folds, fields, focus and the address stay.
//
// What a script has drawn is marked with `data-live` and left to that script, which hears
// `reportgen.on("live", paths)`; what it has added beside other parts is marked with `data-live-own`.
(() => {
  "use strict";
  const rg = window.reportgen;

  const isField = (node) => node.matches("input, select, textarea") && node === document.activeElement;
  const isDrawn = (node) => node.nodeType === 1 && (node.hasAttribute("data-live") || isField(node));
  const isOwn = (node) => node.nodeType === 1 && node.hasAttribute("data-live-own");

  const addressOf = (node) => node?.dataset.liveSrc || node?.getAttribute("src") || "";

  /** What an element is about, so that it is found again among its like; "" where any will do. */
  function keyOf(node) {
    if (node.id) return `#${node.id}`;
    switch (node.tagName) {
      case "SECTION": return node.querySelector("h2")?.id || "";
      case "FIGURE": return node.querySelector("figcaption b")?.textContent || addressOf(node.querySelector("img"));
      case "DETAILS": return node.querySelector(".path, h2, h3")?.textContent || "";
      case "TR": return node.querySelector("th")?.textContent.replace(/[\d\s.,]+/g, " ") || "";
      case "LI": return node.querySelector("a")?.getAttribute("href") || "";
      default: return node.tagName === "A" ? node.getAttribute("href") || "" : "";
    }
  }

  /** Keys of some nodes: a row with a link is about what it links to. */
  function keysOf(nodes) {
    return nodes.map((node) => {
      if (node.nodeType !== 1) return `text ${node.nodeType}`;
      const link = node.tagName === "TR" && node.querySelector("th a");
      return `${node.tagName} ${link ? link.getAttribute("href") : keyOf(node)}`;
    });
  }

  /** Make the children of one element those of another, keeping every part that is alike. */
  function merge(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (isDrawn(old)) { data(old, fresh); return; }
    attributes(old, fresh);
    const kept = [...old.childNodes].filter((node) => !isOwn(node));
    const wanted = [...fresh.childNodes];
    const [keptKeys, wantedKeys] = [keysOf(kept), keysOf(wanted)];
    const still = new Map(); // how often each key is wanted from here on
    for (const key of wantedKeys) still.set(key, (still.get(key) || 0) + 1);
    let place = 0;
    wanted.forEach((node, at) => {
      still.set(wantedKeys[at], still.get(wantedKeys[at]) - 1);
      const match = keptKeys.indexOf(wantedKeys[at], place);
      const isBeyond = match >= 0 && keptKeys.slice(place, match).some((key) => still.get(key) > 0);
      if (match < 0 || isBeyond) {
        old.insertBefore(document.importNode(node, true), kept[place] || null);
        return;
      }
      for (; place < match; place++) take(kept[place]);
      if (kept[place].nodeType === 1) merge(kept[place], node);
      else if (kept[place].data !== node.data) kept[place].data = node.data;
      place++;
    });
    for (; place < kept.length; place++) take(kept[place]);
  }

  /** Take a part out that is there no more, unless a script has drawn it. */
  function take(node) {
    if (!isDrawn(node)) node.remove();
  }

  /** Of what a script has drawn, only what it is told by its data attributes is changed. */
  function data(old, fresh) {
    for (const { name, value } of fresh.attributes) {
      if (name.startsWith("data-") && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  }

  function attributes(old, fresh) {
    for (const { name } of [...old.attributes]) {
      const isOurs = name === "open" || name.startsWith("data-live") || name === "style";
      if (!fresh.hasAttribute(name) && !isOurs) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      const isFile = name === "src" && old.dataset.liveSrc === value;
      if (name !== "open" && !isFile && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  }

  // ---- files in the page -----------------------------------------------------------------------

  let edition = 0;

  /** Show images and frames anew whose files have changed. */
  function files(paths, home) {
    const changed = new Set(paths);
    for (const node of document.querySelectorAll("#content :is(img, iframe, video, audio, source)[src]")) {
      const address = addressOf(node);
      const { pathname } = new URL(address, location.href);
      if (!pathname.startsWith(home) || !changed.has(decodeURIComponent(pathname.slice(home.length)))) continue;
      node.dataset.liveSrc = address;
      node.src = `${address.split(/[?#]/)[0]}?${++edition}`;
    }
  }

  /** Whether a page needs scripts or styles that this one has not loaded. */
  function needsMore(fresh) {
    const SELECTOR = "head script[src], head link[rel=stylesheet]";
    const address = (node) => node.getAttribute("src") || node.getAttribute("href");
    const here = new Set([...document.querySelectorAll(SELECTOR)].map(address));
    return [...fresh.querySelectorAll(SELECTOR)].some((node) => !here.has(address(node)) && !address(node).startsWith("/_live/"));
  }

  /** Take over a page from its HTML; false where it can only be loaded as a whole. */
  function takeOver(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (needsMore(fresh)) return false;
    document.title = fresh.title;
    for (const selector of ["nav.crumbs", "#content", "footer"]) {
      const [old, other] = [document.querySelector(selector), fresh.querySelector(selector)];
      if (old && other) merge(old, other);
    }
    return true;
  }

  rg.merge = { takeOver, files };
})();
