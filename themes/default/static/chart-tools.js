// Charts, what stands around a drawing: legend, words for those who cannot see it, and the buttons
// for its axis, its data as a table, full screen and export.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { el, svg } = reportgen;
  const { axes } = chart;
  const MOST_TOLD = 8; // lines in the description
  const MOST_ROWS = 200; // of a data table

  const ICONS = {
    log: "M2.5 13.5h11M3 10.5c4 0 3-8 10-8",
    reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3",
    full: "M6 2.5H2.5V6M10 2.5h3.5V6M6 13.5H2.5V10M10 13.5h3.5V10",
    close: "m4 4 8 8M12 4l-8 8",
    table: "M2.5 3h11v10h-11zM2.5 6.5h11M6.5 6.5V13",
    save: "M8 2.5v7M5 7l3 3 3-3M3 12.5v1h10v-1",
  };
  const icon = (name) => svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

  // ---- buttons ----------------------------------------------------------------------------------

  function button(name, label, act, attributes) {
    return el("button", { type: "button", title: label, "aria-label": label, onclick: act, ...attributes }, icon(name));
  }

  /** The buttons of a chart. */
  chart.toolbar = (self) => {
    const log = button("log", "Logarithmic axis", () => {
      chart.setLog(self.spec.title, self.bending.bend === Math.log10 || self.bending.unit ? "linear" : "log");
    }, { "aria-pressed": "false" });
    const reset = button("reset", "Reset zoom (double click, or 0)", () => chart.change({ zoom: null }), { hidden: true });
    const full = button("full", "Full screen", () => chart.fill(self));
    const save = button("save", "Copy or save", () => openMenu(save, menu), { "aria-haspopup": "menu", "aria-expanded": "false" });
    const menu = menuOf(save, [
      ["Copy as PNG", () => chart.copyPng(self)],
      ["Copy as SVG", () => chart.copySvg(self)],
      ["Save as PNG", () => chart.savePng(self)],
      ["Save as SVG", () => chart.saveSvg(self)],
      ["Data as CSV", () => chart.saveCsv(self)],
    ]);
    const table = button("table", "Data as a table", () => chart.showTable(self));
    self.buttons = { log, reset, full };
    const bar = el("div", { class: "ct-tools", role: "toolbar", "aria-label": `Tools of ${self.spec.title || "the chart"}` }, log, table, save, full, reset, menu);
    roving(bar, [log, table, save, full, reset]);
    return bar;
  };

  /** One stop for the Tab key; arrow keys go from button to button. */
  function roving(bar, buttons) {
    const stop = (here) => { for (const one of buttons) one.tabIndex = one === here ? 0 : -1; };
    stop(buttons[0]);
    bar.addEventListener("focusin", ({ target }) => { if (buttons.includes(target)) stop(target); });
    bar.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const shown = buttons.filter((one) => !one.hidden);
      if (!by || !shown.includes(event.target)) return;
      event.preventDefault();
      shown[(shown.indexOf(event.target) + by + shown.length) % shown.length].focus();
    });
  }

  chart.showTools = (self) => {
    const { log, reset, full } = self.buttons;
    log.setAttribute("aria-pressed", String(self.bending.bend === Math.log10 || Boolean(self.bending.unit)));
    reset.hidden = !self.isZoomed;
    if (reset.hidden && reset.tabIndex === 0) [reset.tabIndex, log.tabIndex] = [-1, 0];
    full.hidden = self.isFull(); // the dialog has a button that closes it
    if (full.hidden && full.tabIndex === 0) [full.tabIndex, log.tabIndex] = [-1, 0];
  };

  function menuOf(opener, entries) {
    const menu = el("div", { class: "ct-menu", role: "menu", hidden: true }, entries.map(([text, act]) => el("button", {
      type: "button", role: "menuitem", tabindex: "-1", text,
      onclick: () => { closeMenu(opener, menu); act(); },
    })));
    menu.addEventListener("keydown", (event) => {
      const items = [...menu.children];
      const now = items.indexOf(document.activeElement);
      const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 }[event.key];
      if (to !== undefined) items[(to + items.length) % items.length].focus();
      else if (event.key === "Escape") closeMenu(opener, menu);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget !== opener && !menu.contains(event.relatedTarget)) closeMenu(opener, menu, false);
    });
    return menu;
  }

  function openMenu(opener, menu) {
    if (!menu.hidden) return closeMenu(opener, menu);
    menu.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    menu.firstChild.focus();
    return undefined;
  }

  function closeMenu(opener, menu, refocus = true) {
    if (menu.hidden) return;
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (refocus) opener.focus();
  }

  // ---- legend -----------------------------------------------------------------------------------

  /** One button for each line that has a colour; the grey ones are counted. */
  chart.legend = (self) => {
    const entries = new Map(); // id -> spec
    const coloured = self.lines.filter(({ spec }) => spec.colour && !spec.faint);
    for (const { spec, id } of coloured) if (!entries.has(id) || entries.get(id).fine) entries.set(id, spec);
    for (const band of self.spec.bands) if (band.name && !entries.has(band.id || band.name)) entries.set(band.id || band.name, band);
    const grey = new Set(self.lines.filter((line) => !line.spec.colour).map((line) => line.id)).size;
    const isNeeded = (self.spec.legend || self.isFull()) && (self.lines.length > 1 || self.spec.bands.length);
    self.names.hidden = !isNeeded;
    if (!isNeeded) return;
    const sign = JSON.stringify([[...entries].map(([id, spec]) => [id, spec.name, spec.colour, spec.dashed]), grey]);
    if (self.names.dataset.sign !== sign) {
      self.names.dataset.sign = sign;
      self.names.replaceChildren(
        ...[...entries].map(([id, spec]) => chip(self, id, spec)),
        ...(grey ? [el("span", { class: "faint", text: entries.size ? `and ${grey} in grey` : reportgen.format.plural(grey, "run") })] : []),
      );
    }
    for (const one of self.names.querySelectorAll("button")) {
      chart.markName(one, one.dataset.id);
      one.firstChild.replaceWith(chart.swatch(entries.get(one.dataset.id)));
    }
  };

  /** A name that shows and hides its lines; a double click leaves it alone on the charts. */
  function chip(self, id, spec) {
    return el("button", {
      type: "button", class: "ct-name", "data-id": id, title: `${spec.of || spec.name}: show or hide; double click: only this one`,
      onclick: () => chart.toggleLine(id),
      ondblclick: () => chart.onlyLine(self, id),
      onpointerenter: () => self.highlight(id),
      onpointerleave: () => self.highlight(null),
      onfocus: () => self.highlight(id),
      onblur: () => self.highlight(null),
    }, chart.swatch(spec), el("span", { text: spec.of || spec.name }));
  }

  /** Tell by the button of some lines whether they are shown, and whether they are kept in front. */
  chart.markName = (button, id) => {
    const { hide, front } = chart.view();
    button.setAttribute("aria-pressed", String(!hide.has(id)));
    button.classList.toggle("front", id === front);
    if (id === front) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  };

  chart.toggleLine = (id) => {
    const hide = new Set(chart.view().hide);
    if (!hide.delete(id)) hide.add(id);
    chart.change({ hide });
  };

  chart.onlyLine = (self, id) => {
    const others = self.lines.map((line) => line.id).filter((other) => other !== id);
    const isAlone = others.every((other) => chart.view().hide.has(other));
    chart.change({ hide: new Set(isAlone ? [] : others) });
  };

  // ---- words ------------------------------------------------------------------------------------

  /** The chart in words. */
  chart.describe = (self) => {
    const { title } = self.spec;
    const shown = self.shown();
    const by = { step: "step", time: "time", wall: "time of day", order: "order" }[self.kind];
    const label = `${title || "Chart"}: ${reportgen.format.plural(shown.length, "line")} by ${by}. Arrow keys move along a line and between lines, ${shown.length > 1 ? "Enter keeps one in front, " : ""}plus and minus zoom, 0 resets`;
    self.over.setAttribute("aria-label", label);
    const told = [...shown].sort((a, b) => a.isQuiet - b.isQuiet).slice(0, MOST_TOLD).map((line) => `${line.spec.name}: ${inWords(line)}`);
    const rest = shown.length - told.length;
    self.told.textContent = [self.note(), ...told, rest > 0 ? `and ${rest} more` : ""].filter(Boolean).join("; ");
  };

  function inWords({ values, gaps }) {
    let [low, high, last] = [Infinity, -Infinity, NaN];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      last = value;
    }
    if (low > high) return "no finite value";
    const { number } = reportgen.format;
    return `last ${number(last)}, lowest ${number(low)}, highest ${number(high)}${gaps.length ? ", with values that are not finite" : ""}`;
  }

  /** What is not in the page of the points that were logged; "" where all are. */
  chart.leftOut = (self) => {
    const lines = self.shown().filter(({ spec }) => spec.count > spec.values.length);
    if (!lines.length) return "";
    const total = (count) => lines.reduce((sum, { spec }) => sum + count(spec), 0);
    return `Pages hold ${axes.grouped(total((spec) => spec.values.length))} of ${axes.grouped(total((spec) => spec.count))} points; reportgen export --history has all`;
  };

  // ---- the data as a table ----------------------------------------------------------------------

  /** A dialog with a title and a hint, closed by Escape, by its button, or by a click beside it. */
  function dialog(name, [title, hint], onclose, ...children) {
    const close = el("button", { type: "button", class: "ct-close", "aria-label": "Close", title: "Close", onclick: () => box.close() }, icon("close"));
    const box = el("dialog", { class: name, "aria-label": title }, el("div", { class: "ct-head" }, el("b", { text: title }), hint ? el("span", { text: hint }) : null, close), ...children);
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.addEventListener("close", () => { onclose(); box.remove(); });
    document.body.append(box);
    box.showModal();
    return box;
  }

  chart.showTable = (self) => {
    const opener = document.activeElement;
    const lines = self.shown();
    const [low, high] = self.window();
    const places = [...new Set(lines.flatMap((line) => Array.from(line.xs)))].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
    const stride = Math.max(1, Math.ceil(places.length / MOST_ROWS));
    const kept = places.filter((_, i) => i % stride === 0 || i === places.length - 1);
    const said = [stride > 1 ? `${kept.length} of ${axes.grouped(places.length)} places; the CSV has them all` : "", chart.leftOut(self)].filter(Boolean).join(". ");
    const head = el("tr", {}, el("th", { scope: "col", text: self.unit() }), lines.map((line) => el("th", { scope: "col", class: "number", text: line.spec.name })));
    const rows = kept.map((x) => el("tr", {}, el("th", { scope: "row", text: axes.place(x, self.kind).replace(/^(step|point) /, "") }),
      lines.map((line) => el("td", { class: "number", text: cellAt(line, x) }))));
    const title = self.spec.title || "Data";
    dialog("ct-data", [title, ""], () => opener && opener.focus(),
      said ? el("p", { class: "faint", text: said }) : "",
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Data of ${title}` }, el("table", {}, el("thead", {}, head), el("tbody", {}, rows))));
  };

  function cellAt(line, x) {
    const i = chart.data.from(line.xs, x);
    return line.xs[i] === x ? reportgen.format.number(line.values[i]) : "";
  }

  // ---- full screen ------------------------------------------------------------------------------

  /** Show a chart in the whole window, until its dialog is closed. */
  chart.fill = (self) => {
    const home = el("span", { hidden: true });
    const { root, tools } = self;
    const host = tools.parentNode;
    root.before(home);
    const { title, hint, height } = self.spec;
    self.container.style.minHeight = `${self.container.offsetHeight}px`; // the page keeps its place
    dialog("ct-full", [title || "Chart", hint], () => {
      host.append(tools);
      home.replaceWith(root);
      self.stage.style.height = `${height}px`;
      self.container.style.minHeight = "";
      self.rebuild();
      self.buttons.full.focus();
    }, tools, root);
    self.stage.style.height = "";
    self.rebuild();
    self.over.focus();
  };
})();
