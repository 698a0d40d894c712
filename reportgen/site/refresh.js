// A page that its author wants to follow the site it is of: it looks from time to time for newer
// versions of itself and of the data that it shows. Works where a page was opened from a folder.
//
// `data/stamp.js` tells in a line whether anything of the site changed; `data/stamps/` what it is by
// now. Data are read again by the parts of the page that show them (`reportgen.on("live")`); for what
// stands in the page itself, it is loaded again and keeps its place, but not under the hands of
// somebody. Every file tells its own stamp, so what a host or a synced folder sends late is waited for.
(() => {
  "use strict";
  const rg = window.reportgen;
  const page = document.documentElement.dataset;
  const every = Number(page.refresh);
  if (!rg || !every || document.querySelector('script[src^="/_live/"]')) return; // a preview tells by itself
  const SHARDS = 64;
  const CALM = 1500; // ms since a key, a wheel or a press
  const SOON = 1000; // ms until the next look at whether the page is in use
  const MOST_DOUBLINGS = 8;
  const IN_USE = "dialog[open], [aria-haspopup][aria-expanded=true], .plot-chooser[open], .ct-tip:not([hidden]), .plot-tip:not([hidden])";
  const FIELD = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, iframe, [contenteditable]";

  const depth = rg.root.split("../").length - 1;
  const tail = decodeURIComponent(location.pathname).split("/").slice(-depth - 1).join("/");
  const here = tail === "" || tail.endsWith("/") ? `${tail}index.html` : tail;

  // ---- what there is by now -----------------------------------------------------------------------

  function read(path) {
    return new Promise((resolve) => {
      const script = document.createElement("script");
      script.onload = script.onerror = () => { script.remove(); resolve(); };
      script.src = `${rg.root}${path}?${Date.now()}`;
      document.head.append(script);
    });
  }

  /** What a file of stamps tells; undefined where it is not there. */
  async function stamps(path, key) {
    await read(path);
    const told = rg.stamps && rg.stamps.get(key);
    if (rg.stamps) rg.stamps.delete(key);
    return told;
  }

  const shardOf = (path) => new TextEncoder().encode(path).reduce((sum, byte) => sum + byte, 0) % SHARDS;

  /** The stamps of some files, by path. */
  async function stampsOf(paths) {
    const found = new Map();
    await rg.load.each(new Set(paths.map(shardOf)), 4, async (shard) => {
      const told = await stamps(`data/stamps/${shard}.js`, String(shard));
      for (const [path, [stamp]] of Object.entries(told || {})) found.set(path, stamp);
    });
    return found;
  }

  // ---- looking ------------------------------------------------------------------------------------

  let seen = ""; // the stamp of the site with which all of this page agrees
  let wanted = ""; // the stamp of a newer page; "" where there is none
  let edition = 0;
  let isGone = false;

  async function look() {
    const site = await stamps("data/stamp.js", "");
    if (!site || site === seen) return;
    const asked = rg.load.asked();
    const found = await stampsOf([here, ...asked]);
    const had = rg.had || new Map();
    const stale = asked.filter((path) => found.has(path) && had.has(path) && found.get(path) !== had.get(path));
    if (stale.length) {
      rg.load.forget(stale, `${site}.${++edition}`);
      rg.emit("live", stale);
    }
    const mine = found.get(here);
    if (!mine && !isGone) rg.say("This page is no longer part of the report.");
    isGone = !mine;
    wanted = mine && mine !== page.stamp ? mine : "";
    if (!stale.length && !wanted) seen = site;
  }

  // ---- loading again ------------------------------------------------------------------------------

  let touched = 0;
  let isPressed = false;
  const touch = () => { touched = Date.now(); };
  for (const name of ["keydown", "wheel", "touchmove", "pointerdown"]) addEventListener(name, touch, { passive: true, capture: true });
  addEventListener("pointerdown", () => { isPressed = true; }, true);
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { isPressed = false; touch(); }, true);

  /** Whether somebody types, drags, marks text, has something open or listens. */
  function isInUse() {
    return isPressed || Date.now() - touched < CALM || document.activeElement.matches(FIELD)
      || Boolean(document.querySelector(IN_USE)) || !getSelection().isCollapsed
      || [...document.querySelectorAll("video, audio")].some((one) => !one.paused);
  }

  /** Load the newer page; where a host still gave the old one, the less often the longer that goes on. */
  function turn() {
    const { stamp, times, at } = rg.place.note || {};
    const before = stamp === wanted ? times : 0;
    if (before && Date.now() < at + every * 2 ** before) return false;
    if (isInUse()) return true;
    rg.place.reload({ stamp: wanted, times: Math.min(before + 1, MOST_DOUBLINGS), at: Date.now() });
    return false;
  }

  let timer = 0;
  let last = Date.now();
  async function tick() {
    if (document.hidden) return; // goes on when it is looked at
    if (Date.now() - last >= every) {
      last = Date.now();
      await look();
    }
    const isWaiting = wanted !== "" && turn();
    clearTimeout(timer);
    timer = setTimeout(tick, isWaiting ? SOON : Math.max(SOON, last + every - Date.now()));
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  tick();
})();
