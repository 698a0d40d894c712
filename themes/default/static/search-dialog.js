// Search, the dialog: opened by the button in the head of a page or by "/". The same dialog lets
// the page of comparisons choose runs.
(() => {
  "use strict";

  const { el, svg, state, search, format } = reportgen;
  const NAMES = { page: "Pages", experiment: "Experiments", run: "Runs", param: "Parameters", tag: "Tags" };
  const ICON = "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm3.4 7.9 3.1 3.1";
  const QUIET = 500; // milliseconds without a key before a screen reader is told the count
  const LONGEST = 72; // characters of a title or hit that are shown
  let dialog = null;

  // --- options

  function marked(text, terms) {
    return search.pieces(text, terms).map(({ text: piece, isHit }) => (isHit ? el("mark", {}, piece) : piece));
  }

  /** A long text around its first hit. */
  function around(text, terms) {
    const line = text.replace(/\s+/g, " ");
    if (line.length <= LONGEST) return line;
    const at = Math.max(0, ...terms.map((term) => line.toLowerCase().indexOf(term)));
    const from = Math.max(0, Math.min(at - 30, line.length - LONGEST));
    return `${from > 0 ? "…" : ""}${line.slice(from, from + LONGEST)}${from + LONGEST < line.length ? "…" : ""}`;
  }

  function aside(item) {
    if (item.kind === "run") return item.status === "FINISHED" ? item.experiment : `${item.status.toLowerCase()} · ${item.experiment}`;
    const runs = item.runs === undefined ? "" : format.plural(item.runs, "run");
    return [item.experiment, runs].filter(Boolean).join(" · ");
  }

  function inside(item, terms) {
    const title = el("span", { class: "what" }, ...marked(around(item.title, terms), terms));
    const hits = (item.hits || []).map((hit) => el("code", {}, ...marked(around(hit, terms), terms)));
    const lead = item.kind === "run" ? el("span", { class: `dot r${item.colour}`, "aria-hidden": "true" }) : null;
    return [lead, el("span", { class: "found" }, title, ...hits), el("small", {}, aside(item))];
  }

  /** An option: a link, so that it can be opened in a tab of its own; when choosing, none. */
  function optionOf(mode, item, terms, id) {
    const isPair = item.kind === "param" || item.kind === "tag";
    const shared = { role: "option", id, "aria-selected": "false", class: isPair ? "option pair" : "option" };
    if (!mode.choose) {
      return el("a", { ...shared, tabindex: "-1", href: state.link(item.path, item.hash), onclick: () => dialog.close() }, ...inside(item, terms));
    }
    const isIn = mode.isChosen(item.page);
    const box = el("div", { ...shared, "aria-disabled": isIn ? "true" : null }, ...inside(item, terms), isIn ? el("span", { class: "tag" }, "added") : null);
    box.addEventListener("click", () => {
      if (mode.isChosen(item.page)) return;
      mode.choose(item.page);
      box.setAttribute("aria-disabled", "true");
      box.append(el("span", { class: "tag" }, "added"));
      dialog.querySelector("[role=status]").textContent = `${item.title} added`;
    });
    return box;
  }

  function groupOf(mode, { kind, count, items }, terms, number) {
    const heading = el("div", { class: "kind", id: `search-kind-${kind}` }, NAMES[kind],
      el("span", {}, count > items.length ? ` ${items.length} of ${format.plural(count, "hit")}` : ""));
    const options = items.map((item, i) => optionOf(mode, item, terms, `search-${number + i}`));
    return el("div", { role: "group", "aria-labelledby": heading.id }, heading, ...options);
  }

  // --- the dialog

  function build(mode) {
    const field = el("input", {
      type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": "search-list", "aria-autocomplete": "list",
      "aria-label": mode.title, placeholder: mode.hint, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go",
    });
    const list = el("div", { role: "listbox", id: "search-list", "aria-label": "What was found", hidden: true });
    const none = el("p", { class: "none", hidden: true });
    const status = el("span", { role: "status" });
    const close = el("button", { type: "button", class: "close", "aria-label": "Close" }, "Esc");
    const keys = el("span", { class: "keys", "aria-hidden": "true" }, el("kbd", {}, "↑"), el("kbd", {}, "↓"), " choose ", el("kbd", {}, "↵"), mode.choose ? " add" : " open");
    const box = el("dialog", { class: "search", "aria-label": mode.title },
      el("div", { class: "field" }, icon(), field, close), list, none, el("p", { class: "foot" }, status, keys));
    close.addEventListener("click", () => box.close());
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.addEventListener("close", () => { box.remove(); dialog = null; });
    return { box, field, list, none, status };
  }

  const icon = () => svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICON }));

  /** The texts below the list: how much was found, and how much is not there yet. */
  function told(groups, query) {
    const { total, done, failed } = search.progress();
    const hits = groups.reduce((sum, group) => sum + group.count, 0);
    const parts = [];
    if (query.trim()) parts.push(format.plural(hits, "hit"));
    if (done < total) parts.push(`loading, ${done} of ${format.plural(total, "experiment")} searched`);
    if (failed.length > 0) parts.push(failed.length === 1 ? failed[0] : `${failed.length} experiments could not be loaded`);
    return parts.join("; ");
  }

  /** Shows what the field's text finds; keeps the chosen option where there still is one. */
  function shower(mode, parts) {
    let chosen = 0;
    let timer = 0;

    function mark(next, isByKey = true) {
      const options = [...parts.list.querySelectorAll("[role=option]")];
      for (const option of options) option.setAttribute("aria-selected", "false");
      chosen = options.length === 0 ? 0 : (next + options.length) % options.length;
      const option = options[chosen];
      if (!option) return parts.field.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      parts.field.setAttribute("aria-activedescendant", option.id);
      if (isByKey) option.scrollIntoView({ block: "nearest" });
    }

    function show(isNew) {
      const query = parts.field.value;
      const terms = search.termsOf(query);
      const groups = search.find(query, mode.kinds);
      let number = 0;
      parts.list.replaceChildren(...groups.map((group) => {
        const made = groupOf(mode, group, terms, number);
        number += group.items.length;
        return made;
      }));
      parts.list.hidden = number === 0;
      parts.field.setAttribute("aria-expanded", String(number > 0));
      const isWaiting = search.progress().done < search.progress().total;
      parts.none.hidden = number > 0 || terms.length === 0 || isWaiting;
      parts.none.textContent = parts.none.hidden ? "" : `Nothing here has “${query.trim()}”. Parts of words, ids and key=value are found; all terms must be.`;
      mark(isNew ? 0 : chosen, isNew);
      clearTimeout(timer);
      timer = setTimeout(() => { parts.status.textContent = told(groups, query); }, isNew ? QUIET : 0);
    }

    return { show, mark: (by) => mark(chosen + by), current: () => parts.list.querySelector("[aria-selected=true]") };
  }

  function onKey(event, view) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) view.mark(steps[event.key]);
    else if (event.key === "Enter") view.current()?.click();
    else return;
    event.preventDefault();
  }

  function open(mode, query = "") {
    if (document.querySelector("dialog[open]")) return;
    const parts = build(mode);
    const view = shower(mode, parts);
    dialog = parts.box;
    parts.field.value = query;
    parts.field.addEventListener("input", () => view.show(true));
    parts.field.addEventListener("keydown", (event) => onKey(event, view));
    document.body.append(dialog);
    dialog.showModal();
    view.show(true);
    search.begin(() => document.dispatchEvent(new Event("reportgen-found")))
      .then(() => view.show(false), (error) => { parts.status.textContent = error.message; });
    const refresh = () => view.show(false);
    document.addEventListener("reportgen-found", refresh);
    dialog.addEventListener("close", () => document.removeEventListener("reportgen-found", refresh));
  }

  /** Search the site. */
  search.open = (query) => open({ title: "Search this site", hint: "Runs, parameters, tags, notes, experiments" }, query);

  /** Have the reader choose runs: `choose(page)` for each; `isChosen(page)` tells which are in. */
  search.pick = ({ title, choose, isChosen }) =>
    open({ title, hint: "Title, id, parameter or tag of a run", kinds: ["run"], choose, isChosen });

  // --- how it is opened

  const FIELDS = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
  const isTyping = (target) => target instanceof Element && target.closest(FIELDS) !== null;

  document.addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    const isCommand = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isSlash && !isCommand) return;
    event.preventDefault();
    search.open();
  });

  // The button is made here: without scripts, nothing promises a search.
  const label = "Search runs, parameters, tags";
  document.querySelector(".top .scheme")?.before(
    el("button", { type: "button", class: "find", id: "find", "aria-label": label, "aria-haspopup": "dialog", "aria-keyshortcuts": "/", onclick: () => search.open() },
      svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICON })), el("span", {}, label), el("kbd", {}, "/")));

  // `#find`, or `#find=words`, leads here from the page that hosts show for one that is not there.
  const words = state.get("find");
  if (words || location.hash === "#find") search.open(words);
  state.set({ find: "" }); // so that the page can be loaded again without it
})();
