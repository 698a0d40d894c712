// Keyboard and mouse in the grid of the run table. One cell is active; the grid has the focus.
(() => {
  "use strict";
  const HEAD = 58; // px: the line of groups and the line of names

  class Keys {
    static HEAD = HEAD;

    constructor(grid) {
      this.grid = grid;
    }

    onClick(event) {
      const { grid } = this;
      const cell = event.target.closest("th, td");
      if (!cell || cell.dataset.place === undefined) return;
      const column = Number(cell.dataset.place);
      const isHead = grid.heads.contains(cell);
      grid.active = { place: isHead ? -1 : Number(cell.parentElement.dataset.place), column };
      if (event.target.closest("a")) return;
      grid.table.focus({ preventScroll: true });
      this.mark();
      const id = column === 0 ? "name" : grid.columns[column - 1].id;
      const more = event.target.closest(".more");
      if (more) grid.owner.onMenu(id, more);
      else if (isHead && !event.target.closest("input") && !this.wasDragged) grid.owner.onHead(id, event);
      else if (!isHead && event.target.closest(".open")) grid.owner.onToggle(grid.items[grid.active.place]);
    }

    /** A header that is dragged along the others moves its column; see also its menu. */
    onGrab(event) {
      this.wasDragged = false;
      const head = event.target.closest("thead [data-place]");
      if (!head || event.button !== 0 || event.pointerType === "touch" || head.dataset.place === "0") return;
      if (event.target.closest("button, input")) return;
      const place = Number(head.dataset.place);
      const from = event.clientX;
      let target = place;
      const move = ({ clientX }) => {
        if (Math.abs(clientX - from) > 6) this.wasDragged = true;
        if (this.wasDragged) target = this.dropPlace(clientX, place);
      };
      const drop = () => {
        removeEventListener("pointermove", move);
        this.clearDrop();
        if (target !== place) this.grid.owner.moveColumn(this.grid.columns[place - 1].id, target - place);
      };
      addEventListener("pointermove", move);
      addEventListener("pointerup", drop, { once: true });
      event.preventDefault(); // no text is selected
    }

    /** The place that a dragged column would take, marked; one that is pinned stays among those. */
    dropPlace(x, place) {
      this.clearDrop();
      const isPinned = place <= this.grid.pinned;
      const heads = [...this.grid.heads.lastElementChild.querySelectorAll("[data-place]")]
        .filter((head) => Number(head.dataset.place) > 0 && (Number(head.dataset.place) <= this.grid.pinned) === isPinned);
      const over = heads.findLast((head) => head.getBoundingClientRect().left <= x) ?? heads[0];
      const target = Number(over.dataset.place);
      if (target !== place) over.classList.add(target > place ? "drop-after" : "drop-before");
      return target;
    }

    clearDrop() {
      for (const head of this.grid.heads.querySelectorAll(".drop-after, .drop-before")) head.classList.remove("drop-after", "drop-before");
    }

    onKey(event) {
      if (event.target !== this.grid.table || event.altKey || (event.ctrlKey && !["Home", "End"].includes(event.key))) return;
      const step = this.steps()[event.key];
      if (step) {
        step(event.ctrlKey);
        this.reveal();
      } else if (!this.act(event)) return;
      event.preventDefault();
    }

    steps() {
      const { active, items, columns, port, rowHeight } = this.grid;
      const page = Math.max(1, Math.floor((port.clientHeight - HEAD) / rowHeight) - 1);
      const move = (by) => { active.place = Math.max(-1, Math.min(items.length - 1, active.place + by)); };
      const across = (by) => { active.column = Math.max(0, Math.min(columns.length, active.column + by)); };
      return {
        ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(page), PageUp: () => move(-page),
        ArrowRight: () => across(1), ArrowLeft: () => across(-1),
        Home: (all) => { if (all) active.place = 0; active.column = 0; },
        End: (all) => { if (all) active.place = items.length - 1; active.column = columns.length; },
      };
    }

    /** Space chooses, Enter opens or sorts, ContextMenu or F10 opens the menu of a column. */
    act(event) {
      const { active, items, columns, owner, heads } = this.grid;
      const { key } = event;
      const item = items[active.place];
      const id = active.column === 0 ? "name" : columns[active.column - 1].id;
      if (active.place < 0 && key === "Enter") owner.onHead(id, event);
      else if (active.place < 0 && key === " ") owner.onSpaceHead();
      else if (item && key === "Enter") owner.onEnter(item);
      else if (item && key === " ") owner.onSpace(item, event);
      else if (item && (key === "+" || key === "-")) owner.onToggle(item, key === "+");
      else if (key === "ContextMenu" || (key === "F10" && event.shiftKey)) {
        const more = heads.querySelector(`[data-place="${active.column}"] .more`);
        if (more) owner.onMenu(id, more);
      } else return false;
      return true;
    }

    /** Bring the active cell into sight. */
    reveal() {
      const { port, active, rowHeight, lefts, starts, pinned } = this.grid;
      if (active.place >= 0) {
        const top = active.place * rowHeight;
        const room = port.clientHeight - HEAD - rowHeight;
        const wanted = Math.min(top, Math.max(port.scrollTop, top - room));
        if (wanted !== port.scrollTop) port.scrollTop = wanted;
      }
      const column = active.column - pinned - 1;
      if (column >= 0) {
        const room = port.clientWidth - lefts.at(-1);
        port.scrollLeft = Math.min(starts[column], Math.max(port.scrollLeft, starts[column + 1] - room));
      }
      this.grid.look();
      this.grid.draw();
    }

    mark() {
      this.unmark();
      const { place, column } = this.grid.active;
      const line = place < 0 ? this.grid.heads.lastElementChild : this.grid.drawn.get(place)?.row;
      const cell = line?.querySelector(`:scope > [data-place="${column}"]`);
      if (!cell) return;
      cell.id = "rt-active";
      this.grid.table.setAttribute("aria-activedescendant", "rt-active");
    }

    unmark() {
      this.grid.table.removeAttribute("aria-activedescendant");
      this.grid.table.querySelector("#rt-active")?.removeAttribute("id");
    }
  }

  reportgen.TableKeys = Keys;
})();
