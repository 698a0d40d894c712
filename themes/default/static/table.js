// The run table of an experiment's page: takes the place of the table that the page comes with.
//
// View state in the address: `q` the filter, `sort` columns ("-" turns one round), `cols` the shown
// ones in their order, `pin` those that stay in sight, `rows` the column that groups, `open` what is
// unfolded. Which runs are chosen is the matter of table-choice.js.
(() => {
  "use strict";
  const { el, format, state } = reportgen;
  const { columnsOf } = reportgen.tableColumns;
  const { viewOf, sortsOf, sortsText, joinList, splitList, groupKey } = reportgen.tableRows;
  const menus = reportgen.tableMenus;
  const { FilterBox, Panel, chip, button, icon, ICONS } = reportgen.tableTools;
  const { runName, groupName, groupCell, copied } = reportgen.tableCells;
  const ALL = "*"; // of `open`
  const KEYS = ["q", "sort", "cols", "pin", "rows", "open"];

  /** What a row of the table is about, whatever its place. */
  const keyOf = (item, pages) => (item.group ? `group ${groupKey(item)}` : pages[item.row]);

  class RunTable {
    constructor(table, section) {
      this.table = table;
      const { columns, usual, name } = columnsOf(table);
      Object.assign(this, { columns, usual, name, section });
      this.rowOf = new Map(table.pages.map((page, row) => [page, row]));
      this.brush = null;
      this.choice = new reportgen.TableChoice(this);
      this.hasFamilies = table.parents.some((parent) => parent >= 0);
      this.build();
      this.read();
      this.choice.take(state.runs());
      for (const key of KEYS) state.on(key, () => this.again());
      state.on("runs", () => this.choice.take(state.runs()));
      reportgen.on("brush", (rows) => { this.brush = rows && new Set(rows); this.apply(); });
    }

    /** Take in the runs as they are by now; what is chosen, folded and in sight stays. */
    renew(table) {
      const { columns, usual, name } = columnsOf(table);
      const pages = this.table.pages;
      const place = this.grid.placeOf((item) => keyOf(item, pages));
      const rowOf = new Map(table.pages.map((page, row) => [page, row]));
      const moved = (row) => rowOf.get(pages[row]) ?? -1;
      Object.assign(this, { table, columns, usual, name, rowOf, emitted: null });
      this.brush = this.brush && new Set([...this.brush].map(moved).filter((row) => row >= 0));
      this.choice.move(moved);
      this.hasFamilies = table.parents.some((parent) => parent >= 0);
      this.filter.suggest.renew(table);
      this.read({ leavesField: document.activeElement === this.filter.input });
      this.grid.goBack(place, (item) => keyOf(item, table.pages));
      this.choice.take(state.runs());
    }

    // --- what the page shows

    build() {
      const { table } = this;
      this.grid = new reportgen.TableGrid(`Runs of ${table.name}`, this);
      this.filter = new FilterBox(this.example(), table, {
        ask: (text) => reportgen.filter.parse(text, this.table),
        use: (text) => state.set({ q: text.trim() }),
      });
      this.count = el("span", { class: "count", role: "status" });
      this.groupButton = this.opens("Group", () => menus.group(this));
      this.columnsButton = this.opens("Columns", () => reportgen.tablePicker(this));
      this.copyButton = this.opens("Copy", () => menus.copy(this));
      this.chips = el("div", { class: "rt-chips" });
      const tools = el("div", { class: "rt-tools" }, this.filter.box, this.count,
        el("div", { class: "buttons" }, this.groupButton, this.columnsButton, this.copyButton));
      this.root = el("div", { class: "card rt" }, tools, this.filter.message, this.chips, this.grid.port);
      this.empty = el("p", { class: "rt-none", text: "No run passes.", hidden: true });
      this.root.append(this.empty);
      this.panel = new Panel(this.root);
      this.folds = el("span", { class: "hint" });
      this.section.querySelector(".sh").append(this.folds);
    }

    opens(text, make) {
      const made = button(text, { "aria-haspopup": "true", "aria-expanded": "false", onclick: () => this.panel.toggle(made, make) },
        el("small"), icon(ICONS.down, 14));
      return made;
    }

    /** A filter that this table could answer. */
    example() {
      const { table } = this;
      const quoted = (key) => (/^[\w./:-]+$/.test(key) ? key : `\`${key}\``);
      const metric = table.primary ?? table.shown.metrics[0];
      const numbers = metric ? [...table.metrics.get(metric).last].filter(Number.isFinite).sort((a, b) => a - b) : [];
      const parts = [];
      if (numbers.length) {
        const sign = table.metrics.get(metric).direction === "higher" ? ">" : "<";
        parts.push(`metrics.${quoted(metric)} ${sign} ${Number(numbers[numbers.length >> 1].toPrecision(2))}`);
      }
      const param = table.shown.params[0];
      const value = param && table.params.get(param).values.find((one) => one && one.length < 16 && !one.includes("'"));
      if (value) parts.push(`params.${quoted(param)} = '${value}'`);
      return parts.join(" and ").slice(0, 80) || "status = 'FINISHED'";
    }

    // --- from the address to the view

    again() {
      if (this.isWaiting) return;
      this.isWaiting = true;
      queueMicrotask(() => { this.isWaiting = false; this.read(); });
    }

    columnOf(id) { return id === "name" ? this.name : this.columns.get(id); }

    /** With `leavesField`, what is being typed is left alone. */
    read({ leavesField = false } = {}) {
      const q = state.get("q");
      if (!leavesField && this.filter.input.value.trim() !== q) this.filter.show(q);
      try {
        this.passes = q ? reportgen.filter.parse(q, this.table).matches : null;
      } catch (error) {
        if (error.name !== "FilterError") throw error; // told by the box; the last one stays
      }
      this.sorts = sortsOf(state.get("sort")).filter(({ id }) => this.columnOf(id));
      const asked = state.get("cols") ? splitList(state.get("cols")).filter((id) => this.columns.has(id)) : this.usual;
      this.pins = splitList(state.get("pin")).filter((id) => this.columns.has(id));
      this.shown = [...this.pins, ...asked.filter((id) => !this.pins.includes(id))];
      this.by = this.columns.get(state.get("rows")) ?? null;
      if (this.by && !this.canGroup(this.by)) this.by = null;
      this.opened = new Set(splitList(state.get("open")));
      this.apply();
    }

    canGroup(column) { return column.isText && column.id !== "note"; }

    get isNarrowed() { return Boolean(this.passes || this.brush); }

    apply() {
      const { table, passes, brush, sorts, by, opened, grid } = this;
      const opens = (key) => opened.has(key) || opened.has(ALL) || (!by && this.isNarrowed);
      const { items, order } = viewOf({
        table, filter: passes, brush, sorts, by, columnOf: (id) => this.columnOf(id), isOpen: opens,
      });
      const columns = this.shown.map((id) => this.columns.get(id));
      grid.setColumns(by ? columns.map((column) => this.roomy(column)) : columns, this.pins.length);
      grid.show(items);
      this.items = items;
      this.order = order;
      this.empty.hidden = items.length > 0;
      this.tell();
      this.choice.drawBox();
      if (!this.emitted || this.emitted.length !== order.length || this.emitted.some((row, place) => row !== order[place])) {
        this.emitted = order;
        this.emitting ??= requestAnimationFrame(() => setTimeout(() => { // once the table is drawn
          this.emitting = null;
          reportgen.emit("visible", this.order);
        }));
      }
    }

    /** A column with room for a mean, its deviation and the best. */
    roomy(column) {
      const isMetric = Boolean(column.metric);
      if (!isMetric && column.id !== "duration") return column;
      const width = Math.max(column.width, isMetric && column.marksBest && column.metric.mayRank ? 250 : 156);
      return (column.roomy ??= { ...column, width });
    }

    /** The count, the chips, and what the buttons say. */
    tell() {
      const { table, order, by, brush, sorts } = this;
      const all = format.plural(table.count, "run");
      const words = this.isNarrowed ? `${format.grouped(order.length)} of ${all}` : all;
      if (this.count.textContent !== words) this.count.textContent = words;
      this.columnsButton.querySelector("small").textContent = `${this.shown.length} of ${this.columns.size}`;
      this.groupButton.querySelector("small").textContent = by ? by.key : "";
      this.groupButton.classList.toggle("on", Boolean(by));
      const chips = [];
      if (brush) chips.push(chip(`${format.plural(brush.size, "run")} between the marks of the chart`, "Take the marks of the chart out", () => this.dropBrush()));
      if (sorts.length) chips.push(chip(`Sorted by ${sorts.map((sort) => this.sortWords(sort)).join(", then ")}`, "Sort no more: newest first", () => state.set({ sort: "" })));
      if (by) chips.push(chip(`Grouped by ${by.label}`, "Group no more", () => this.groupBy("")));
      this.folds.replaceChildren(...(by || (this.hasFamilies && !this.isNarrowed) ? [this.foldLink()] : []));
      this.chips.replaceChildren(...chips);
      this.chips.hidden = chips.length === 0;
    }

    sortWords({ id, down }) {
      return `${this.columnOf(id).label} ${down ? "↓" : "↑"}`;
    }

    dropBrush() {
      this.brush = null;
      reportgen.emit("brush", null);
    }

    foldLink() {
      const what = this.by ? "groups" : "child runs";
      const isOpen = this.opened.size > 0;
      return el("button", { type: "button", class: "as-link", text: isOpen ? `Fold all ${what}` : `Unfold all ${what}`,
        onclick: () => state.set({ open: isOpen ? "" : ALL }) });
    }

    // --- what the grid asks for

    nameCell(cell, item) {
      if (item.group) { cell.append(groupName(item)); return; }
      cell.append(runName(this.table, item, {
        href: this.hrefOf(item.row), hasFamilies: this.hasFamilies && !this.by,
        choose: (event) => this.choice.toggle(item, event.shiftKey),
      }));
    }

    hrefOf(row) { return `${reportgen.root}runs/${encodeURIComponent(this.table.pages[row])}/index.html`; }

    cell(cell, column, item) {
      if (item.group) groupCell(cell, column, item, this.table);
      else column.fill(cell, item.row);
    }

    nameHead(cell) { cell.prepend(this.choice.head()); }

    sortOf(id) {
      const place = this.sorts.findIndex((sort) => sort.id === id);
      return place < 0 ? null : { down: this.sorts[place].down, place: this.sorts.length > 1 ? place + 1 : 0 };
    }

    /** First as the column is best read, then turned round, then no more. With shift, besides others. */
    onHead(id, event) {
      const column = this.columnOf(id);
      const here = this.sorts.find((sort) => sort.id === id);
      const first = Boolean(column.downFirst);
      const next = !here ? { id, down: first } : here.down === first ? { id, down: !first } : null;
      const others = event.shiftKey ? this.sorts.filter((sort) => sort.id !== id) : [];
      const place = event.shiftKey && here ? this.sorts.indexOf(here) : others.length;
      if (next) others.splice(place, 0, next);
      state.set({ sort: sortsText(others) });
    }

    onEnter(item) {
      if (item.group) this.onToggle(item);
      else location.href = this.hrefOf(item.row);
    }

    onToggle(item, wanted) {
      if (!item || (!item.group && !item.kids) || wanted === item.isOpen) return;
      const key = item.group ? groupKey(item) : this.table.pages[item.row];
      const opened = new Set(this.opened);
      if (opened.delete(ALL)) {
        for (const one of this.items) if (one.isOpen) opened.add(one.group ? groupKey(one) : this.table.pages[one.row]);
      }
      if (!opened.delete(key)) opened.add(key);
      state.set({ open: joinList([...opened]) });
    }

    isChosen(item) { return !item.group && this.choice.has(item.row); }

    onSpace(item, event) {
      if (item.group) this.onToggle(item);
      else this.choice.toggle(item, event.shiftKey);
    }

    onSpaceHead() { this.choice.toggleAll(); }

    // --- what menus do

    onMenu(id, opener) {
      this.panel.toggle(opener, () => menus.column(this, id), this.grid.table);
    }

    moveColumn(id, by) {
      const isPinned = this.pins.includes(id);
      const list = isPinned ? [...this.pins] : this.shown.filter((one) => !this.pins.includes(one));
      const place = list.indexOf(id);
      list.splice(place, 1);
      list.splice(place + by, 0, id);
      if (isPinned) state.set({ pin: joinList(list) });
      else this.setShown([...this.pins, ...list]);
    }

    togglePin(id) {
      const pins = this.pins.includes(id) ? this.pins.filter((one) => one !== id) : [...this.pins, id];
      state.set({ pin: joinList(pins) });
    }

    /** Show these columns, in this order. */
    setShown(ids) {
      const isUsual = joinList(ids) === joinList(this.usual);
      state.set({ cols: isUsual ? "" : joinList(ids) || "-", pin: joinList(this.pins.filter((id) => ids.includes(id))) });
    }

    groupBy(id) { state.set({ rows: id, open: "" }); }

    /** The rows and columns in sight, to be copied. */
    inSight() {
      return copied(this.table, this.items, this.shown.map((id) => this.columns.get(id)));
    }
  }


  function begin() {
    const slug = document.getElementById("content")?.dataset.experiment;
    const still = document.querySelector(".still");
    if (!slug || !still) return;
    reportgen.load.table(slug).then((table) => {
      if (!table.count) return;
      const made = new RunTable(table, still.parentElement);
      still.before(made.root);
      document.documentElement.classList.add("has-table");
      made.grid.draw();
      reportgen.runTable = made;
      for (const part of [made.root, made.folds]) part.dataset.liveOwn = "";
      reportgen.on("live", (paths) => {
        if (paths.includes(`experiments/${slug}/runs.js`)) follow(slug, made);
      });
      reportgen.on("renewed", () => made.renew(made.table)); // the page's own table has the new curves
      performance.mark("reportgen table");
    }).catch((error) => {
      still.before(el("p", { class: "empty", text: `Sorting and filtering are not there: ${error.message}` }));
    });
  }

  function follow(slug, made) {
    reportgen.load.table(slug).then((table) => {
      made.renew(table);
      reportgen.emit("table", table);
    }).catch((error) => reportgen.say(error.message));
  }

  begin();
})();
