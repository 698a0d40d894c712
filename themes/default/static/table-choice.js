// The chosen runs of the run table: boxes, the bar that leads to a comparison, and their place in the
// address: `runs`, the pages of the chosen runs.
(() => {
  "use strict";
  const { el, state } = reportgen;
  const { chosenBar } = reportgen.tableTools;
  const MOST_CHOSEN = 500; // runs that an address can carry
  const MOST_COMPARED = 50;

  /** What is chosen of a RunTable, and of other experiments. */
  class Choice {
    constructor(owner) {
      this.owner = owner;
      this.pages = new Set(state.runs());
      this.bar = el("div", { class: "rt-bar", role: "region", "aria-label": "Chosen runs", hidden: true });
      document.body.append(this.bar);
    }

    has(row) { return this.pages.has(this.owner.table.pages[row]); }

    /** The runs of the table stand elsewhere: `moved` gives the new row of an old one. */
    move(moved) {
      if (this.anchor !== undefined) this.anchor = moved(this.anchor);
    }

    // --- boxes

    /** A box for all runs that pass. */
    head() {
      this.box = el("input", { type: "checkbox", tabindex: "-1", "aria-label": "Choose the runs in sight", title: "Choose the runs in sight", onclick: () => this.toggleAll() });
      this.drawBox();
      return this.box;
    }

    drawBox() {
      const { order } = this.owner;
      if (!this.box || !order) return;
      const count = order.filter((row) => this.has(row)).length;
      this.box.checked = count > 0 && count === order.length;
      this.box.indeterminate = count > 0 && count < order.length;
    }

    /** Choose a run or let it go; with a range, all from the last one to this. */
    toggle(item, isRange) {
      const { items } = this.owner;
      const wanted = !this.has(item.row);
      const here = items.indexOf(item);
      const anchor = items.findIndex((one) => !one.group && one.row === this.anchor);
      const [from, to] = isRange && anchor >= 0 ? [Math.min(anchor, here), Math.max(anchor, here)] : [here, here];
      const rows = items.slice(from, to + 1).filter((one) => !one.group).map((one) => one.row);
      this.anchor = item.row;
      this.set(rows, wanted);
    }

    /** All runs that pass, also those folded away; a second time, none of them. */
    toggleAll() {
      const { order } = this.owner;
      this.set(order, !order.every((row) => this.has(row)));
      this.drawBox();
    }

    set(rows, wanted) {
      const pages = new Set(this.pages);
      for (const row of rows) {
        const page = this.owner.table.pages[row];
        if (!wanted) pages.delete(page);
        else if (pages.size < MOST_CHOSEN) pages.add(page);
        else { reportgen.say(`${MOST_CHOSEN} runs are chosen: an address carries no more`); break; }
      }
      state.set({ runs: [...pages].join(",") });
    }

    /** These are chosen by now. */
    take(pages) {
      this.pages = new Set(pages);
      this.owner.grid.choose();
      this.drawBox();
      this.drawBar();
    }

    // --- the bar

    drawBar() {
      const count = this.pages.size;
      this.bar.hidden = count === 0;
      document.documentElement.classList.toggle("has-chosen", count > 0);
      if (!count) { this.bar.replaceChildren(); return; }
      const runs = [...this.pages].join(",");
      const elsewhere = [...this.pages].filter((page) => !this.owner.rowOf.has(page)).length;
      const compare = { text: "Compare", primary: true, href: state.link("compare/index.html", { runs }) };
      if (count === 1) Object.assign(compare, { href: "", title: "Choose one more to compare" });
      if (count > MOST_COMPARED) Object.assign(compare, { href: "", title: `Compare takes ${MOST_COMPARED} at most` });
      const links = [compare];
      if (count === 2) links.push(this.diffLink([...this.pages]));
      this.bar.replaceChildren(...chosenBar({ count, elsewhere, links, clear: () => state.set({ runs: "" }) }));
    }

    /** Two runs as a diff: the older one is what the newer one is held against. */
    diffLink(pages) {
      const { table, rowOf } = this.owner;
      const starts = pages.map((page) => table.starts[rowOf.get(page)] ?? Infinity);
      const [base, other] = starts[0] <= starts[1] ? pages : [pages[1], pages[0]];
      return { text: "Diff", href: state.link("compare/index.html", { runs: `${base},${other}`, base }) };
    }
  }

  reportgen.TableChoice = Choice;
})();
