// Plots, the limits that axes are brushed to: a Map(variable id -> {from, to} or {labels: [...]}),
// its form in the address, and the dialog that sets them without a pointer.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el } = reportgen;

  const escaped = (text) => text.replace(/[%;:|=]/g, (char) => encodeURIComponent(char));
  function unescaped(text) {
    try { return decodeURIComponent(text); } catch { return text; }
  }

  /** As in the address: `params.lr:0.001..0.1;params.criterion=gini|entropy`. */
  function write(brush) {
    return [...brush].map(([id, limits]) => (limits.labels
      ? `${escaped(id)}=${limits.labels.map(escaped).join("|")}`
      : `${escaped(id)}:${limits.from}..${limits.to}`)).join(";");
  }

  /** From the address; what does not fit the variables is left out. */
  function read(text, model) {
    const brush = new Map();
    for (const part of text.split(";")) {
      const [, id, mark, rest] = /^([^:=]+)([:=])(.*)$/.exec(part) || [];
      const variable = id && model.byId.get(unescaped(id));
      if (!variable) continue;
      const limits = (variable.kind === "category") === (mark === "=") ? limitsOf(variable, rest) : null;
      if (limits) brush.set(variable.id, limits);
    }
    return brush;
  }

  function limitsOf(variable, text) {
    if (variable.kind === "category") {
      const labels = text.split("|").map(unescaped).filter((label) => variable.labels.includes(label));
      return labels.length ? { labels } : null;
    }
    const [from, to] = text.split("..").map(Number);
    return from <= to ? { from, to } : null;
  }

  /** The rows that lie within all limits. A run without a value lies in none. */
  function passing(brush, model) {
    let rows = Array.from({ length: model.table.count }, (_, row) => row);
    for (const [id, limits] of brush) {
      const { values, labels } = model.byId.get(id);
      const kept = limits.labels && new Set(limits.labels.map((label) => labels.indexOf(label)));
      rows = rows.filter((row) => (kept ? kept.has(values[row]) : values[row] >= limits.from && values[row] <= limits.to));
    }
    return rows;
  }

  /** Limits in words: "lr 0.001 to 0.1". */
  function words(variable, limits) {
    if (limits.labels) return `${variable.name} ${limits.labels.join(" or ")}`;
    const spelled = (value) => plots.model.spelled(variable, value);
    return `${variable.name} ${spelled(limits.from)} to ${spelled(limits.to)}`;
  }

  /** The limits of a drag between two shares of an axis; null where it holds nothing. */
  function dragged(variable, scale, one, other) {
    const [low, high] = one < other ? [one, other] : [other, one];
    if (variable.kind === "category") {
      const labels = variable.labels.filter((_, place) => scale.at(place) >= low && scale.at(place) <= high);
      return labels.length ? { labels } : null;
    }
    const kept = (share, border) => (share <= 0 || share >= 1 ? border : Number(scale.back(share).toPrecision(5)));
    const limits = { from: kept(low, variable.low), to: kept(high, variable.high) };
    return limits.from <= limits.to ? limits : null;
  }

  // ---- the dialog of an axis ---------------------------------------------------------------------

  let open = null;

  /** Close the dialog, if one is open, and give the focus back. */
  function close() {
    if (!open) return;
    const { node, owner } = open;
    open = null;
    const held = node.contains(document.activeElement);
    node.remove();
    owner.setAttribute("aria-expanded", "false");
    if (held) owner.focus();
  }

  /**
   * The dialog of an axis below its title: its limits, its place, whether it is shown.
   * `act` is {limit(limits or null), move(by), hide()}.
   */
  function dialog(owner, host, variable, limits, act) {
    if (open && open.owner === owner) return close();
    close();
    const fields = variable.kind === "category" ? boxes(variable, limits, act.limit) : bounds(variable, limits, act.limit);
    const button = (text, label, run) => el("button", { type: "button", class: "plot-button", text, "aria-label": label, onclick: run });
    const node = el("div", { class: "plot-pop", role: "dialog", "aria-label": `Axis ${variable.name}` },
      el("p", { class: "plot-pop-name", text: variable.name }), fields,
      el("div", { class: "plot-row" },
        button("Move left", `Move ${variable.name} left`, () => act.move(-1)),
        button("Move right", `Move ${variable.name} right`, () => act.move(1))),
      el("div", { class: "plot-row" },
        button("Lift limits", `Lift the limits of ${variable.name}`, () => { act.limit(null); close(); }),
        button("Hide axis", `Hide the axis ${variable.name}`, () => { close(); act.hide(); })));
    node.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    host.append(node);
    const area = host.getBoundingClientRect();
    const at = owner.getBoundingClientRect();
    const left = Math.min(at.left - area.left, host.clientWidth - node.offsetWidth - 8);
    node.style.left = `${Math.max(0, left)}px`;
    node.style.top = `${at.bottom - area.top + 6}px`;
    owner.setAttribute("aria-expanded", "true");
    open = { node, owner };
    node.querySelector("input, button").focus();
  }

  addEventListener("pointerdown", (event) => {
    if (open && !open.node.contains(event.target) && !open.owner.contains(event.target)) close();
  });

  function bounds(variable, limits, set) {
    const field = (name, value) => {
      const input = el("input", { type: "text", inputmode: "decimal", value: String(value), "aria-label": `${variable.name} ${name}` });
      return el("label", {}, el("span", { text: name }), input);
    };
    const shown = (value) => (variable.kind === "time" ? reportgen.format.time(value) : value);
    const [from, to] = [field("from", shown(limits ? limits.from : variable.low)), field("to", shown(limits ? limits.to : variable.high))];
    const parsed = (label) => {
      const text = label.querySelector("input").value.trim().replace("\u2212", "-");
      return variable.kind === "time" ? Date.parse(`${text.replace(" ", "T")}Z`) : Number(text || NaN);
    };
    const change = () => {
      const next = { from: parsed(from), to: parsed(to) };
      if (next.from <= next.to) set(next);
      else reportgen.say("Limits are two numbers, the lower one first");
    };
    for (const label of [from, to]) label.addEventListener("change", change);
    return el("div", { class: "plot-bounds" }, from, to);
  }

  function boxes(variable, limits, set) {
    const node = el("fieldset", { class: "plot-boxes" }, el("legend", { class: "quiet", text: `Values of ${variable.name}` }));
    const change = () => {
      const labels = [...node.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
      set(labels.length && labels.length < variable.labels.length ? { labels } : null);
    };
    for (const label of variable.labels) {
      const box = el("input", { type: "checkbox", value: label, checked: !limits || limits.labels.includes(label), onchange: change });
      node.append(el("label", {}, box, el("span", { text: label || "(empty)" })));
    }
    return node;
  }

  plots.brush = { write, read, passing, words, dragged, dialog, close };
})();
