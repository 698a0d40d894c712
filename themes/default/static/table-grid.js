// The grid of the run table: only the rows and columns that are in sight are in the page.
//
// Rows have one height, columns fixed widths. Rows are kept by their place and added or removed at
// the edges as one scrolls; so are the cells of a row. Nothing is set as HTML.
(() => {
  "use strict";
  const { el, svg } = reportgen;
  const { HEAD } = reportgen.TableKeys; // px
  const AHEAD = 6; // rows drawn beyond each edge
  const AHEAD_PX = 200; // of columns
  const phone = matchMedia("(max-width: 640px)");

  /** Whether two columns take the same cells: their values may be newer. */
  const isAlike = (one, other) => one === other || ["id", "width", "kind", "group", "label"].every((name) => one[name] === other[name]);

  class Grid {
    /**
     * `owner`: {name (column), cell(td, column, item), nameCell(th, item), sortOf(id),
     * onHead(id, event), onMenu(id, button), onSpace(item, event), onEnter(item), isChosen(item)}.
     */
    constructor(caption, owner) {
      this.owner = owner;
      this.items = [];
      this.columns = [];
      this.pinned = 0;
      this.drawn = new Map(); // place -> {row, cells, from, to}
      this.window = [0, -1];
      this.active = { place: 0, column: 0 }; // place -1: the header; column 0: the name
      this.keys = new reportgen.TableKeys(this);
      this.build(caption);
    }

    build(caption) {
      this.cols = el("colgroup");
      this.heads = el("thead");
      this.above = el("tr", { class: "rt-space", "aria-hidden": "true" }, el("td"));
      this.below = el("tr", { class: "rt-space", "aria-hidden": "true" }, el("td"));
      this.body = el("tbody", {}, this.above, this.below);
      this.table = el("table", {
        role: "grid", tabindex: "0", "aria-multiselectable": "true", class: "rt-grid",
        onkeydown: (event) => this.keys.onKey(event), onclick: (event) => this.keys.onClick(event),
        onpointerdown: (event) => this.keys.onGrab(event),
        onfocus: () => this.keys.mark(), onblur: () => this.keys.unmark(),
      }, el("caption", { class: "quiet", text: caption }), this.cols, this.heads, this.body);
      this.port = el("div", { class: "rt-port" }, this.table);
      this.port.addEventListener("scroll", () => this.later(), { passive: true });
      new ResizeObserver(() => this.later()).observe(this.port);
      this.at = { top: 0, left: 0, wide: 1200, tall: Math.min(innerHeight, 880) }; // it grows with its rows
      phone.addEventListener("change", () => { this.setColumns(this.columns, this.asked); this.show(this.items); });
    }

    get rowHeight() { return phone.matches ? 40 : 32; }
    get nameWidth() { return phone.matches ? 176 : this.owner.name.width; }

    /** Draw with the next frame. */
    later() {
      this.frame ??= requestAnimationFrame(() => { this.frame = null; this.look(); this.draw(); });
    }

    /** Note what is in sight. Not asked for while drawing: the browser would lay out all for it. */
    look() {
      const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.port;
      this.at = { top: Math.max(0, scrollTop), left: Math.max(0, scrollLeft), wide: clientWidth, tall: clientHeight };
    }

    /** Show other columns: the first `pinned` of them stay in sight. */
    setColumns(columns, pinned) {
      const same = columns.length === this.columns.length && this.isPhone === phone.matches
        && columns.every((column, place) => isAlike(column, this.columns[place]));
      if (same && pinned === this.asked) { this.columns = columns; return; }
      this.asked = pinned;
      this.isPhone = phone.matches;
      this.pinned = this.fitting(columns.slice(0, pinned)); // lays the page out: without rows all would scroll
      this.clear();
      this.columns = columns;
      this.starts = [0]; // where each of the columns that scroll begins
      for (const column of columns.slice(this.pinned)) this.starts.push(this.starts.at(-1) + column.width);
      this.lefts = [this.nameWidth];
      for (const column of columns.slice(0, this.pinned)) this.lefts.push(this.lefts.at(-1) + column.width);
      this.stale();
      this.active.column = Math.min(this.active.column, columns.length);
      this.table.setAttribute("aria-colcount", columns.length + 1);
      this.table.style.width = `max(100%, ${this.lefts.at(-1) + this.starts.at(-1)}px)`;
    }

    /** What is to be in sight, and under the keys, when other rows have come between: for `goBack`. */
    placeOf(keyOf) {
      const top = Math.floor(this.port.scrollTop / this.rowHeight);
      const item = top > 0 && this.items[top]; // who is at the top wants to see what is new
      const active = this.items[this.active.place];
      return { top, key: item && keyOf(item), active: active && keyOf(active) };
    }

    /** Put the same rows where they were before. */
    goBack({ top, key, active }, keyOf) {
      const find = (wanted) => this.items.findIndex((item) => keyOf(item) === wanted);
      const at = active === undefined ? -1 : find(active);
      if (at >= 0) this.active.place = at;
      const now = key ? find(key) : -1;
      if (now < 0 || now === top) return;
      this.below.style.height = `${this.items.length * this.rowHeight}px`; // room to scroll in, until drawn
      this.port.scrollTop += (now - top) * this.rowHeight;
      this.look();
      this.draw();
    }

    /** How many columns can be pinned so that the others keep room to scroll in. */
    fitting(columns) {
      if (phone.matches) return 0;
      let room = (this.port.clientWidth || innerWidth) * 0.7 - this.nameWidth;
      return columns.filter((column) => (room -= column.width) > 0).length;
    }

    /** Show other rows. */
    show(items) {
      this.items = items;
      this.table.setAttribute("aria-rowcount", items.length + 2);
      this.active.place = Math.min(this.active.place, items.length - 1);
      this.at.top = Math.min(this.at.top, Math.max(0, HEAD + items.length * this.rowHeight - this.at.tall));
      for (const [place, made] of this.drawn) {
        if (place < items.length) this.refill(made, items[place]);
      }
      if (this.hasHeads) this.drawHeads();
      this.draw();
    }

    /** The header must be drawn again. */
    stale() {
      this.window = [0, -1];
      this.hasHeads = false;
    }

    clear() {
      for (const { row } of this.drawn.values()) row.remove();
      this.drawn.clear();
    }

    /** Tell which rows are chosen, in place. */
    choose() {
      for (const [place, { row }] of this.drawn) this.paint(row, this.items[place]);
    }

    // --- drawing

    draw() {
      this.drawColumns();
      const { rowHeight } = this;
      const { top, tall } = this.at;
      const from = Math.max(0, Math.floor(top / rowHeight) - AHEAD);
      const to = Math.min(this.items.length - 1, Math.ceil((top + tall - HEAD) / rowHeight) + AHEAD);
      for (const [place, { row }] of this.drawn) {
        if (place < from || place > to) { row.remove(); this.drawn.delete(place); }
      }
      this.addRows(from, to);
      this.above.style.height = `${from * rowHeight}px`;
      this.below.style.height = `${Math.max(0, this.items.length - 1 - to) * rowHeight}px`;
      if (document.activeElement === this.table) this.keys.mark();
    }

    addRows(from, to) {
      let next = this.below;
      for (let place = to; place >= from; place--) {
        let made = this.drawn.get(place);
        if (!made) {
          made = this.row(place);
          this.drawn.set(place, made);
          next.before(made.row);
        }
        next = made.row;
      }
    }

    /** Find the columns in sight; where they changed, add and remove cells at the edges of rows. */
    drawColumns() {
      const { starts, lefts } = this;
      const { left } = this.at;
      const wide = this.at.wide - lefts.at(-1);
      const count = starts.length - 1;
      let [from, to] = this.window;
      const reaches = to >= from && (from === 0 || starts[from] <= left) && (to === count - 1 || starts[to + 1] >= left + wide);
      if (reaches || (count === 0 && to === -1 && this.hasHeads)) return;
      from = 0;
      while (from < count - 1 && starts[from + 1] < left - AHEAD_PX) from += 1;
      to = from;
      while (to < count - 1 && starts[to + 1] < left + wide + AHEAD_PX) to += 1;
      this.window = [from, count ? to : -1];
      this.hasHeads = true;
      this.drawHeads();
      for (const [place, made] of this.drawn) this.patch(made, this.items[place]);
    }

    get pad() { return this.starts[this.window[0]]; }

    drawHeads() {
      const { columns, pinned, starts } = this;
      const [from, to] = this.window;
      const shown = columns.slice(pinned + from, pinned + to + 1);
      const fixed = columns.slice(0, pinned);
      const rest = starts.at(-1) - starts[to + 1];
      const widths = [this.nameWidth, ...fixed.map((column) => column.width), this.pad, ...shown.map((column) => column.width)];
      const cols = widths.map((width) => { const col = el("col"); col.style.width = `${width}px`; return col; });
      const last = el("col"); // takes the rest, and what is to spare
      if (rest > 0) last.style.width = `${rest}px`;
      this.cols.replaceChildren(...cols, last);
      const groups = el("tr", { class: "groups", "aria-rowindex": "1" }, el("th", { class: "rn", text: "Run", "aria-colindex": "1" }));
      this.groupHeads(groups, fixed, 2, true);
      groups.append(el("td", { "aria-hidden": "true" }));
      this.groupHeads(groups, shown, pinned + from + 2, false);
      groups.append(el("td", { "aria-hidden": "true" }));
      const names = el("tr", { "aria-rowindex": "2" }, this.head(this.owner.name, 0));
      fixed.forEach((column, place) => names.append(this.head(column, place + 1)));
      names.append(el("td", { "aria-hidden": "true" }));
      shown.forEach((column, place) => names.append(this.head(column, pinned + from + place + 1)));
      names.append(el("td", { "aria-hidden": "true" }));
      this.heads.replaceChildren(groups, names);
    }

    groupHeads(line, columns, first, isFixed) {
      for (let place = 0; place < columns.length;) {
        const { group } = columns[place];
        let span = 1;
        while (!isFixed && place + span < columns.length && columns[place + span].group === group) span += 1;
        const label = group === "Run" ? "" : group;
        const cell = el(label ? "th" : "td", { colspan: span, class: group === "Run" ? "" : "gl", text: label, "aria-colindex": first + place });
        if (isFixed) this.pin(cell, place);
        line.append(cell);
        place += span;
      }
    }

    head(column, place) {
      const { id, label, tip } = column;
      const before = this.columns[place - 2];
      const text = column.isBest && before?.key === column.key && before.group === column.group ? "best" : label;
      const sort = this.owner.sortOf(id);
      const arrow = sort && el("span", { class: "arrow", "aria-hidden": "true", text: `${sort.down ? "▼" : "▲"}${sort.place || ""}` });
      const more = el("button", { class: "more", type: "button", tabindex: "-1", "aria-label": `Menu of ${label}`, "aria-haspopup": "menu" }, dots());
      const cell = el("th", {
        scope: "col", "aria-colindex": place + 1, "data-place": place, title: [label, tip].filter(Boolean).join("\n"),
        "aria-sort": sort ? (sort.down ? "descending" : "ascending") : "none",
        class: this.classOf(column, place),
      }, el("span", { class: "label", text }), text === label ? null : el("span", { class: "quiet", text: label }), arrow, more);
      if (id === "name") this.owner.nameHead(cell);
      if (place > 0 && place <= this.pinned) this.pin(cell, place - 1);
      return cell;
    }

    classOf(column, place) {
      if (place === 0) return "rn";
      const before = this.columns[place - 2];
      const isEdge = column.group !== "Run" && before?.group !== column.group;
      return `${column.kind || ""}${isEdge ? " gl" : ""}`.trim();
    }

    pin(cell, place) {
      cell.classList.add("pinned");
      if (place === this.pinned - 1) cell.classList.add("edge");
      cell.style.left = `${this.lefts[place]}px`;
    }

    row(place) {
      const item = this.items[place];
      const row = el("tr", { "aria-rowindex": place + 3, "data-place": place });
      const made = { row, from: 0, to: -1, cells: [] };
      row.style.height = `${this.rowHeight}px`;
      made.name = el("th", { class: "rn", scope: "row", "data-place": 0, "aria-colindex": 1 });
      this.owner.nameCell(made.name, item);
      made.fixed = Array.from({ length: this.pinned }, (_, fixed) => this.cell(fixed + 1, item));
      row.append(made.name, ...made.fixed);
      made.pad = el("td", { "aria-hidden": "true", class: "pad" });
      made.rest = el("td", { "aria-hidden": "true", class: "pad" });
      row.append(made.pad, made.rest);
      this.patch(made, item);
      this.paint(row, item);
      return made;
    }

    /** Put another run into a row. */
    refill(made, item) {
      made.name.replaceChildren();
      this.owner.nameCell(made.name, item);
      const fill = (cell, place) => {
        cell.textContent = "";
        cell.removeAttribute("title");
        this.fill(cell, place, item);
      };
      made.fixed.forEach((cell, fixed) => fill(cell, fixed + 1));
      made.cells.forEach((cell, place) => fill(cell, this.pinned + made.from + place + 1));
      this.paint(made.row, item);
    }

    /** What a row looks like as a whole. */
    paint(row, item) {
      row.className = item.group ? "rt-group" : item.depth ? "child" : "";
      if (item.group) return;
      const isChosen = this.owner.isChosen(item);
      row.setAttribute("aria-selected", isChosen ? "true" : "false");
      const box = row.querySelector("input");
      if (box) box.checked = isChosen;
    }

    patch(made, item) {
      const [from, to] = this.window;
      if (made.from > to || made.to < from) {
        for (const cell of made.cells.splice(0)) cell.remove();
        [made.from, made.to] = [from, from - 1];
      }
      while (made.from < from) { made.cells.shift().remove(); made.from += 1; }
      while (made.to > to) { made.cells.pop().remove(); made.to -= 1; }
      while (made.from > from) {
        made.from -= 1;
        const cell = this.cell(this.pinned + made.from + 1, item);
        made.cells.unshift(cell);
        made.pad.after(cell);
      }
      while (made.to < to) {
        made.to += 1;
        const cell = this.cell(this.pinned + made.to + 1, item);
        made.cells.push(cell);
        made.rest.before(cell);
      }
    }

    cell(place, item) {
      const cell = document.createElement("td");
      cell.dataset.place = place;
      cell.setAttribute("aria-colindex", place + 1);
      this.fill(cell, place, item);
      return cell;
    }

    fill(cell, place, item) {
      const column = this.columns[place - 1];
      const name = this.classOf(column, place);
      if (cell.className !== name) cell.className = name;
      this.owner.cell(cell, column, item);
      if (place <= this.pinned) this.pin(cell, place - 1);
    }
  }

  const dots = () => svg("svg", { viewBox: "0 0 4 14", "aria-hidden": "true" },
    ...[2, 7, 12].map((y) => svg("circle", { cx: 2, cy: y, r: 1.4 })));

  reportgen.TableGrid = Grid;
})();
