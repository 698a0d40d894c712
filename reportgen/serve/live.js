// Keeps a page of the preview up to date: takes over what changed, and leaves the rest as it is.
//
// The server tells which files of the site have new bytes. Where the page itself is among them, it
// is fetched again, and each part of it that reads otherwise is put in the place of the old one:
// scroll, open folds, fields and the address stay. What a script has drawn is marked with
// `data-live` and left to that script, which hears `reportgen.on("live", paths)`.
(() => {
  "use strict";
  const rg = window.reportgen;
  const { el } = rg;
  const SETTLE = 60; // ms: files of one change come one after the other

  const home = new URL(rg.root || "./", location.href).pathname;
  const own = () => decodeURIComponent(location.pathname.slice(home.length)) || "index.html";
  const here = own().endsWith("/") ? `${own()}index.html` : own();

  const mark = el("p", { class: "live-mark", role: "status" });
  const said = el("span", { text: "live" });
  mark.append(el("i", { "aria-hidden": "true" }), said);
  let lastChange = 0;
  let connected = false;

  function ago(ms) {
    const seconds = Math.round(ms / 1000);
    if (seconds < 5) return "just now";
    if (seconds < 90) return `${seconds} s ago`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
  }

  function show() {
    mark.classList.toggle("off", !connected);
    mark.classList.toggle("quiet-now", connected && Date.now() - lastChange > 60_000);
    const text = !connected ? "not connected: is reportgen still watching?"
      : lastChange ? `live: last change ${ago(Date.now() - lastChange)}` : "live: no change yet";
    if (said.textContent !== text) said.textContent = text;
  }

  const pending = new Set();
  let timer = 0;
  function take(paths) {
    for (const path of paths) pending.add(path);
    if (!timer) timer = setTimeout(flush, pending.has(here) ? 0 : SETTLE);
  }

  async function flush() {
    timer = 0;
    const paths = [...pending];
    pending.clear();
    lastChange = Date.now();
    show();
    rg.emit("live", paths);
    if (paths.includes(here)) await renew();
  }

  let renewing = false;
  let again = false;
  async function renew() {
    if (renewing) { again = true; return; }
    renewing = true;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.title = fresh.title;
        merge(document.getElementById("content"), fresh.getElementById("content"));
      }
    } catch {
      // the stream says by itself when the server is gone
    } finally {
      renewing = false;
    }
    if (again) { again = false; await renew(); }
  }

  const drawn = (node) => node.nodeType === 1 && (node.hasAttribute("data-live") || node.contains(document.activeElement) && node.matches("input, select, textarea"));

  /** Make the children of one element those of another, keeping every part that is alike. */
  function merge(old, fresh) {
    if (old.isEqualNode(fresh) || drawn(old)) return;
    const isOpen = old.tagName === "DETAILS" && old.open;
    attributes(old, fresh);
    if (isOpen) old.open = true;
    const wanted = [...fresh.childNodes];
    const kept = [...old.childNodes].filter((node) => !(node.nodeType === 1 && node.hasAttribute("data-live-own")));
    let place = 0;
    for (const node of wanted) {
      const match = kept.findIndex((one, index) => index >= place && alike(one, node));
      if (match < 0) {
        old.insertBefore(document.importNode(node, true), kept[place] || null);
        continue;
      }
      for (; place < match; place++) if (!drawn(kept[place])) kept[place].remove();
      if (kept[place].nodeType === 1) merge(kept[place], node);
      else if (kept[place].data !== node.data) kept[place].data = node.data;
      place++;
    }
    for (; place < kept.length; place++) if (!drawn(kept[place])) kept[place].remove();
  }

  function alike(old, fresh) {
    if (old.nodeType !== fresh.nodeType) return false;
    if (old.nodeType !== 1) return true;
    return old.tagName === fresh.tagName && old.id === fresh.id
      && (old.getAttribute("data-key") || "") === (fresh.getAttribute("data-key") || "");
  }

  function attributes(old, fresh) {
    for (const { name } of [...old.attributes]) {
      const isOurs = name === "open" || name.startsWith("data-live") || name === "style";
      if (!fresh.hasAttribute(name) && !isOurs) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  }

  const stream = new EventSource("/_live/changes");
  let missed = false;
  stream.addEventListener("open", () => {
    connected = true;
    show();
    if (missed) renew(); // what changed while nobody listened
    missed = false;
  });
  stream.addEventListener("error", () => { connected = false; missed = true; show(); });
  stream.addEventListener("message", (event) => take(JSON.parse(event.data).paths));
  addEventListener("pagehide", () => stream.close());
  document.querySelector("header.top")?.append(mark);
  setInterval(show, 5000);
  show();
})();
