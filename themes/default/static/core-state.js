// What all scripts of a page share: the view state in the address, and events between the parts of a
// page.
(() => {
  "use strict";
  const { root } = reportgen;

  // ---- view state in the address ----------------------------------------------------------------

  const watchers = new Map(); // key -> functions
  let state = readHash();

  function readHash() {
    const found = new Map();
    for (const part of location.hash.slice(1).split("&")) {
      const [key, ...rest] = part.split("=");
      if (key && rest.length) found.set(key, decoded(rest.join("=")));
    }
    return found;
  }

  function decoded(text) {
    try { return decodeURIComponent(text.replace(/\+/g, "%20")); } catch { return text; }
  }

  function hashOf(pairs) {
    const spelt = (text) => encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":");
    return pairs.filter(([, value]) => value !== "").map(([key, value]) => `${key}=${spelt(value)}`).join("&");
  }

  function tell(changed) {
    for (const key of changed) {
      for (const watcher of watchers.get(key) || []) watcher(reportgen.state.get(key));
    }
  }

  /** The value of a key of the address; "" where it is absent. */
  reportgen.state.get = (key) => state.get(key) || "";
  /** Change keys, "" takes one out; no entry in the history. Watchers of what changed are told. */
  reportgen.state.set = (changes) => {
    const changed = Object.keys(changes).filter((key) => reportgen.state.get(key) !== changes[key]);
    if (!changed.length) return;
    for (const key of changed) {
      if (changes[key] === "") state.delete(key);
      else state.set(key, changes[key]);
    }
    const hash = hashOf([...state]);
    history.replaceState(history.state, "", hash ? `#${hash}` : location.pathname + location.search);
    tell(changed);
  };
  /** Call `watcher(value)` when a key changes, here or by an edited address. */
  reportgen.state.on = (key, watcher) => {
    watchers.set(key, [...(watchers.get(key) || []), watcher]);
  };
  /** A link to a page of the site with some state: {runs: "a,b"}. */
  reportgen.state.link = (path, keys) => {
    const hash = hashOf(Object.entries(keys || {}));
    return root + path + (hash ? `#${hash}` : "");
  };
  /** The pages of the chosen runs. */
  reportgen.state.runs = () => reportgen.state.get("runs").split(",").filter(Boolean);

  addEventListener("hashchange", () => {
    const before = state;
    state = readHash();
    const keys = new Set([...before.keys(), ...state.keys()]);
    tell([...keys].filter((key) => before.get(key) !== state.get(key)));
  });

  // ---- events between the parts of a page -------------------------------------------------------

  const listeners = new Map();
  reportgen.on = (name, listener) => {
    listeners.set(name, [...(listeners.get(name) || []), listener]);
  };
  reportgen.emit = (name, value) => {
    for (const listener of listeners.get(name) || []) listener(value);
  };
  new MutationObserver(() => reportgen.emit("theme"))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => reportgen.emit("theme"));
})();
