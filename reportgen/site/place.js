// Keeps the place of a reader while a page is loaded again: scroll, open folds, typed texts, focus.
//
// The place goes through the state of the history entry, which a reload keeps, also for pages that
// were opened from a folder. What scripts draw comes after the page is there, so it is looked for
// until the page has come to rest, and no longer than the reader leaves it alone.
(() => {
  "use strict";
  const rg = window.reportgen;
  const PATIENCE = 4000; // ms
  const CALM = 400; // ms without a new height
  const FIELDS = "input[type=text], input[type=search], textarea";
  const SCROLLED = ".scroll, .rt-port, .par-scroll";

  /** Elements of the content that a selector finds, each with what tells it from the others. */
  function named(selector) {
    const seen = new Map();
    return [...document.querySelectorAll(selector)].map((node) => {
      const summary = node.tagName === "DETAILS" && node.querySelector("summary");
      const words = summary ? summary.textContent.replace(/[\d,.]+/g, "").trim()
        : node.getAttribute("aria-label") || node.id || node.className;
      const count = seen.get(words) || 0;
      seen.set(words, count + 1);
      return [`${words.slice(0, 80)} ${count}`, node];
    });
  }

  const place = () => ({
    at: [scrollX, scrollY],
    folds: named("#content details").map(([name, node]) => [name, node.open]),
    fields: named(FIELDS).filter(([, node]) => node.value).map(([name, node]) => [name, node.value]),
    scrolled: named(SCROLLED).map(([name, node]) => [name, node.scrollLeft, node.scrollTop]).filter(([, x, y]) => x || y),
    focus: named("#content [aria-label], #content button").find(([, node]) => node === document.activeElement)?.[0],
  });

  /** Load the page again; it comes back as it is. `note` is there for the page that comes: `place.note`. */
  function reload(note = null) {
    history.scrollRestoration = "manual";
    history.replaceState({ ...history.state, place: { ...place(), note } }, "");
    location.reload();
  }

  // ---- coming back --------------------------------------------------------------------------------

  function restore(kept) {
    const left = { ...kept, folds: new Map(kept.folds), fields: new Map(kept.fields), scrolled: new Map(kept.scrolled.map(([name, ...at]) => [name, at])) };
    const began = performance.now();
    let isOver = false;
    let height = 0;
    let since = began;
    const end = () => {
      isOver = true;
      history.scrollRestoration = "auto";
      for (const name of ["wheel", "pointerdown", "keydown", "touchstart"]) removeEventListener(name, end);
    };
    for (const name of ["wheel", "pointerdown", "keydown", "touchstart"]) addEventListener(name, end, { passive: true });
    const step = () => {
      if (isOver) return;
      put(left);
      const now = performance.now();
      if (document.documentElement.scrollHeight !== height) {
        height = document.documentElement.scrollHeight;
        since = now;
      }
      scrollTo(kept.at[0], kept.at[1]);
      if (now - began > PATIENCE || (now - since > CALM && !left.fields.size && !left.scrolled.size)) end();
      else requestAnimationFrame(step);
    };
    step();
  }

  /** Put what is there by now as it was; what is not there yet is left for the next time. */
  function put(left) {
    for (const [name, node] of named("#content details")) {
      if (left.folds.has(name)) node.open = left.folds.get(name);
      left.folds.delete(name);
    }
    for (const [name, node] of named(FIELDS)) {
      const text = left.fields.get(name);
      left.fields.delete(name);
      if (text === undefined || node.value === text) continue;
      node.value = text;
      node.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const [name, node] of named(SCROLLED)) {
      const [x, y] = left.scrolled.get(name) || [0, 0];
      if (!x && !y) continue;
      node.scrollTo(x, y);
      if (node.scrollLeft === x && node.scrollTop === y) left.scrolled.delete(name);
    }
    const focused = left.focus && document.activeElement === document.body && named("#content [aria-label], #content button").find(([name]) => name === left.focus);
    if (focused) focused[1].focus({ preventScroll: true });
  }

  const kept = history.state && history.state.place;
  rg.place = { reload, note: kept ? kept.note : null };
  if (!kept) return;
  const { place: _, ...rest } = history.state;
  history.replaceState(Object.keys(rest).length ? rest : null, "");
  restore(kept);
})();
