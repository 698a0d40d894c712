// The menus of the run table: of a column, of groups, of copying.
(() => {
  "use strict";
  const { format, state } = reportgen;
  const { sortsText } = reportgen.tableRows;
  const { menu } = reportgen.tableTools;
  const MOST = 30; // columns that one section of a menu offers

  /** The menu of a column. */
  function column(owner, id) {
    const { pins, shown, panel } = owner;
    const shownColumn = owner.columnOf(id);
    const entries = sortEntries(owner, id);
    if (id !== "name") {
      const place = shown.indexOf(id);
      const isPinned = pins.includes(id);
      const [lowest, highest] = isPinned ? [0, pins.length - 1] : [pins.length, shown.length - 1];
      entries.push(null, [isPinned ? "Unpin" : "Pin", () => owner.togglePin(id)]);
      if (place > lowest) entries.push(["Move left", () => owner.moveColumn(id, -1)]);
      if (place < highest) entries.push(["Move right", () => owner.moveColumn(id, 1)]);
      if (owner.canGroup(shownColumn)) entries.push(["Group by it", () => owner.groupBy(id)]);
      entries.push(null, ["Hide", () => owner.setShown(shown.filter((one) => one !== id))]);
    }
    return menu(shownColumn.label, entries, panel);
  }

  function sortEntries(owner, id) {
    const sort = owner.sortOf(id);
    const by = (down) => () => state.set({ sort: sortsText([{ id, down }]) });
    const entries = [
      ["Sort ascending", by(false), { checked: Boolean(sort && !sort.down) }],
      ["Sort descending", by(true), { checked: Boolean(sort && sort.down) }],
    ];
    if (owner.sorts.length && !sort) {
      entries.push(["Sort by it next", () => owner.onHead(id, { shiftKey: true }), { hint: "shift and click" }]);
    }
    return entries;
  }

  /** The menu of columns to group by. */
  function group(owner) {
    const by = (one) => [one.label, () => owner.groupBy(one.id), {
      checked: owner.by === one, hint: format.plural(new Set(one.values).size, "value"),
    }];
    const fit = [...owner.columns.values()].filter((one) => owner.canGroup(one) && isGrouping(one, owner.table.count));
    const of = (name) => fit.filter((one) => one.group === name).slice(0, MOST).map(by);
    const none = ["No groups", () => owner.groupBy(""), { checked: !owner.by }];
    return menu("Group by", [none, null, ...of("Parameters"), null, ...of("Run"), null, ...of("Tags")], owner.panel);
  }

  /** Whether grouping by a column makes groups: not one for each run. */
  function isGrouping({ values }, count) {
    const size = new Set(values).size;
    return size > 1 && size <= Math.max(2, count / 2);
  }

  /** The menu of forms to copy what is in sight. */
  function copy(owner) {
    const { markdown, latex, csv } = reportgen.tableCopy;
    const rows = format.plural(owner.items.length, "row");
    const paper = (make) => (found) => make({ ...found, rows: found.paper });
    const data = (found) => csv({ ...found, rows: found.data });
    const as = (name, make) => [`Copy as ${name}`, () => reportgen.copy(make(owner.inSight())).then(
      () => reportgen.say(`${rows} copied as ${name}`),
      (error) => reportgen.say(`Not copied: ${error.message}`),
    )];
    return menu(`Copy ${rows}`, [
      as("Markdown", paper(markdown)), as("LaTeX", paper(latex)), as("CSV", data), null,
      ["Save as CSV", () => reportgen.save(`${owner.table.slug}.csv`, "text/csv", data(owner.inSight()))],
    ], owner.panel);
  }

  reportgen.tableMenus = { column, group, copy };
})();
