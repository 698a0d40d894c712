// The panel that chooses the columns of the run table.
(() => {
  "use strict";
  const { el } = reportgen;
  const MOST = 200; // columns listed at a time; the search finds the others
  const GROUPS = ["Run", "Metrics", "Parameters", "Tags"];

  /** The panel for a RunTable. */
  reportgen.tablePicker = (owner) => {
    const list = el("div", { class: "list" });
    const search = el("input", { type: "search", placeholder: "Search columns", "aria-label": "Search columns", oninput: () => draw() });
    const lines = new Map();

    const line = (column) => {
      const box = el("input", { type: "checkbox", onchange: () => toggle([column.id], box.checked) });
      box.checked = owner.shown.includes(column.id);
      lines.set(column.id, box);
      return el("label", { title: column.tip || null }, box, el("span", { text: column.label }));
    };

    function toggle(ids, wanted) {
      const others = owner.shown.filter((id) => !ids.includes(id));
      owner.setShown(wanted ? inOrder([...others, ...ids]) : others);
    }

    /** New columns stand where the usual order has them, behind the nearest one before. */
    function inOrder(ids) {
      const all = [...owner.columns.keys()];
      const kept = ids.filter((id) => owner.shown.includes(id));
      for (const id of ids.filter((one) => !kept.includes(one))) {
        const before = new Set(all.slice(0, all.indexOf(id)));
        let place = kept.length;
        while (place > 0 && !before.has(kept[place - 1])) place -= 1;
        kept.splice(place, 0, id);
      }
      return kept;
    }

    function draw() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = [...owner.columns.values()].filter(({ label, group }) => {
        const text = `${group} ${label}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      lines.clear();
      const parts = [];
      for (const group of GROUPS) {
        const columns = found.slice(0, MOST).filter((column) => column.group === group);
        if (columns.length) parts.push(section(group, columns));
      }
      if (found.length > MOST) parts.push(el("p", { class: "faint", text: `and ${found.length - MOST} more: search for them` }));
      if (!found.length) parts.push(el("p", { class: "faint", text: "No such column." }));
      list.replaceChildren(...parts);
    }

    function section(group, columns) {
      const ids = columns.map((column) => column.id);
      const set = (wanted) => () => {
        toggle(ids, wanted);
        for (const id of ids) lines.get(id).checked = wanted;
      };
      return el("fieldset", {}, el("legend", { text: group }),
        el("span", { class: "both" },
          el("button", { type: "button", class: "as-link", text: "all", "aria-label": `Show all: ${group}`, onclick: set(true) }),
          el("button", { type: "button", class: "as-link", text: "none", "aria-label": `Show none: ${group}`, onclick: set(false) })),
        ...columns.map(line));
    }

    draw();
    const usual = el("button", { type: "button", class: "btn", text: "As at first", onclick: () => { reportgen.state.set({ cols: "", pin: "" }); setTimeout(draw); } });
    return el("div", { role: "dialog", "aria-label": "Columns", class: "picker" }, search, list, el("div", { class: "foot" }, usual));
  };
})();
