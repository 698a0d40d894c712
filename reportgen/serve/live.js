// Keeps a page of the preview up to date, and says how it stands: the mark at the top.
//
// The server tells which files of the site have new bytes. Data are read again by the parts of the
// page that show them, which hear `reportgen.on("live", paths)`; where the page itself is among the
// files, it is fetched and merged (merge.js), and `reportgen.on("renewed")` is heard. A tab that
// nobody looks at lets the stream go, and one opened in the background takes none, as browsers allow
// few of them to one server; when it is looked at it asks what it has missed.
(() => {
  "use strict";
  const rg = window.reportgen;
  const { el } = rg;
  const SETTLE = 60; // ms: files of one change come one after the other
  const WRITING = 60_000; // ms after a point for which a trainer counts as at work
  const UNSEEN = 5000; // ms in the background after which the stream is let go
  const WAITS = [1000, 2000, 5000, 10_000, 30_000]; // ms between attempts to find the server again

  const home = new URL(rg.root || "./", location.href).pathname;
  const own = decodeURIComponent(location.pathname.slice(home.length)) || "index.html";
  const here = own.endsWith("/") ? `${own}index.html` : own;
  const run = document.querySelector("main")?.dataset.run;
  const pointsOf = run ? `runs/${run}/run.js` : "";
  const isPoints = (path) => (run ? path === pointsOf : /^runs\/[^/]+\/run\.js$/.test(path));

  // ---- the mark ---------------------------------------------------------------------------------

  const said = el("span", { class: "words", text: "live" });
  const spoken = el("span", { class: "quiet", role: "status" });
  const mark = el("button", { type: "button", class: "live-mark", onclick: () => rg.say(said.textContent) }, el("i", { "aria-hidden": "true" }), said);
  let changed = 0; // when, by the clock of this machine
  let wrote = 0;
  let running = null; // runs, as of the last build; null before it is told
  let isConnected = false;

  function span(ms) {
    const seconds = Math.round(ms / 1000);
    if (seconds < 90) return `${seconds} s`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  }
  const ago = (ms) => (ms < 5000 ? "just now" : `${span(ms)} ago`);

  /** Whether somebody still writes, in words; of the run of the page, or of all. */
  function trainer() {
    const quiet = Date.now() - wrote;
    const status = run && document.querySelector(".title .status");
    const isRunning = run ? Boolean(status?.matches(".s-running, .s-stalled")) : running > 0;
    if (isRunning && wrote && quiet < WRITING) return "training";
    if (run) return !status ? "" : isRunning ? wrote ? `no point for ${span(quiet)}` : "running" : "not running";
    if (running === null) return "";
    return running ? `${rg.format.plural(running, "run")} running` : "no run is running";
  }

  function show() {
    const last = Date.now() - changed;
    mark.classList.toggle("off", !isConnected);
    mark.classList.toggle("quiet-now", isConnected && Date.now() - wrote > WRITING);
    const text = !isConnected ? "not connected: is reportgen still watching?"
      : ["live", [changed ? `last change ${ago(last)}` : "no change yet", trainer()].filter(Boolean).join(" · ")].join(": ");
    if (said.textContent === text) return;
    said.textContent = text;
    mark.title = text;
  }

  function connected(isNow) {
    if (isConnected !== isNow && (isNow || isConnected)) spoken.textContent = isNow ? "live" : "not connected";
    isConnected = isNow;
    show();
  }

  // ---- what changed -----------------------------------------------------------------------------

  const pending = new Set();
  let timer = 0;
  function take(paths) {
    for (const path of paths) pending.add(path);
    if (!timer && pending.size && !document.hidden) timer = setTimeout(flush, pending.has(here) ? 0 : SETTLE);
  }

  async function flush() {
    timer = 0;
    const paths = [...pending];
    pending.clear();
    const gone = await goneOf(paths);
    if (gone.includes(here)) {
      rg.say("This page is no longer part of the report.");
      return;
    }
    rg.load.forget(paths);
    rg.load.lose(gone);
    rg.emit("live", paths);
    rg.merge.files(paths, home);
    if (paths.includes(here)) await renew();
  }

  /** Those of some files that are no longer there: the page, and data that it has asked for. */
  async function goneOf(paths) {
    const asked = new Set(rg.load.asked());
    const known = paths.filter((path) => path === here || (path !== pointsOf && asked.has(path))); // a page has its points
    if (!known.length) return [];
    try { // asked for by themselves, as browsers log each file that is not found
      const found = await (await fetch(`/_live/there?${new URLSearchParams(known.map((path) => ["path", path]))}`)).json();
      return known.filter((_, i) => !found[i]);
    } catch {
      return []; // the stream says by itself when the server is gone
    }
  }

  let isRenewing = false;
  let again = false;
  async function renew() {
    if (isRenewing) { again = true; return; }
    isRenewing = true;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (answer.ok && !rg.merge.takeOver(await answer.text())) rg.place.reload();
      else if (answer.ok) rg.emit("renewed", null);
      show();
    } catch {
      // the stream says by itself when the server is gone
    } finally {
      isRenewing = false;
    }
    if (again) { again = false; await renew(); }
  }

  // ---- the stream -------------------------------------------------------------------------------

  let at = new URL(document.currentScript.src).searchParams.get("at") || ""; // what this page has seen
  let stream = null;
  let tries = 0;
  let retry = 0;

  function open() {
    clearTimeout(retry);
    if (stream) return;
    stream = new EventSource(`/_live/changes?${new URLSearchParams({ since: at, points: pointsOf })}`);
    stream.addEventListener("hello", ({ data }) => hello(JSON.parse(data)));
    stream.addEventListener("message", ({ data }) => heard(JSON.parse(data)));
    stream.addEventListener("error", () => {
      close();
      connected(false);
      retry = setTimeout(open, WAITS[Math.min(tries, WAITS.length - 1)]);
      tries++;
    });
  }

  function close() {
    clearTimeout(retry);
    stream?.close();
    stream = null;
  }

  /** How things stand, and what was missed; `paths` is null where the server cannot tell. */
  function hello({ at: number, paths, running: count, quiet, silent }) {
    tries = 0;
    at = number;
    running = count;
    if (quiet !== null) changed = Date.now() - quiet * 1000;
    if (silent !== null) wrote = Date.now() - silent * 1000;
    connected(true);
    take(paths || [here, ...rg.load.asked()]);
  }

  function heard({ at: number, paths, running: count }) {
    at = number;
    if (count !== undefined) running = count;
    if (paths) changed = Date.now();
    if (paths?.some(isPoints)) wrote = Date.now();
    show();
    if (paths) take(paths);
  }

  let leaving = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.hidden) {
      leaving = setTimeout(close, UNSEEN);
      return;
    }
    tries = 0;
    open();
    take([]); // what came meanwhile
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  const find = document.getElementById("find");
  if (find) find.before(mark, spoken);
  else document.querySelector("header")?.append(mark, spoken);
  setInterval(show, 5000);
  show();
  if (!document.hidden) open();
})();
