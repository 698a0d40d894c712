// Which rows the run table shows, in which order: filtered, sorted, in families or in groups.
(() => {
  "use strict";
  const { spread } = reportgen.tableColumns;

  /** "-best.loss,params.lr" as [{id, down}]; commas in keys are written %2C. */
  function sortsOf(text) {
    return splitList(text).map((part) => (part.startsWith("-") ? { id: part.slice(1), down: true } : { id: part, down: false }));
  }
  const sortsText = (sorts) => joinList(sorts.map(({ id, down }) => (down ? `-${id}` : id)));

  /** A list in the address: parts may hold commas. */
  const joinList = (parts) => parts.map((part) => part.replace(/%/g, "%25").replace(/,/g, "%2C")).join(",");
  const splitList = (text) =>
    text.split(",").filter(Boolean).map((part) => part.replace(/%2C/gi, ",").replace(/%25/g, "%"));

  /** Compares two rows by some columns; what is absent comes last either way, then the newest. */
  function comparison(sorts, columnOf) {
    const keys = sorts.map(({ id, down }) => ({ column: columnOf(id), down })).filter(({ column }) => column)
      .map(({ column, down }) => ({ ranks: column.ranks(), values: column.values, sign: down ? -1 : 1 }));
    return (a, b) => {
      for (const { ranks, values, sign } of keys) {
        const [left, right] = [ranks[a], ranks[b]];
        if (left === right) continue;
        const [leftLate, rightLate] = [Number.isNaN(left), Number.isNaN(right)];
        if (!leftLate && !rightLate) return left < right ? -sign : sign;
        if (leftLate !== rightLate) return leftLate ? 1 : -1;
        const order = (values[a] === null) - (values[b] === null); // nan, then nothing at all
        if (order) return order;
      }
      return a - b;
    };
  }

  /** The children of each row among some rows, and the rows without a parent there. */
  function familiesOf(rows, parents) {
    const among = new Set(rows);
    const children = new Map();
    const tops = [];
    for (const row of rows) {
      const parent = parents[row];
      if (parent < 0 || parent === row || !among.has(parent)) tops.push(row);
      else if (children.has(parent)) children.get(parent).push(row);
      else children.set(parent, [row]);
    }
    return { tops: withCircles(rows, tops, children), children };
  }

  /** Rows whose parents run in a circle are reached from no top: the first of each becomes one. */
  function withCircles(rows, tops, children) {
    const seen = new Set();
    for (const top of tops) reach(top, children, seen);
    const found = [...tops];
    for (const row of rows) {
      if (!seen.has(row)) { found.push(row); reach(row, children, seen); }
    }
    return found;
  }

  /** Add a row and all below it to those that were seen, each once; gives them. */
  function reach(top, children, seen) {
    const stack = [top];
    while (stack.length) {
      const row = stack.pop();
      if (seen.has(row)) continue;
      seen.add(row);
      stack.push(...(children.get(row) ?? []));
    }
    return seen;
  }

  function descendants(top, children) {
    const [, ...below] = reach(top, children, new Set());
    return below;
  }

  /** A family stands where its first member stands that has a value: a sweep has none of its own. */
  function sortTops(tops, children, compare, first) {
    const speaker = new Map();
    for (const top of tops) {
      const below = first && Number.isNaN(first[top]) ? descendants(top, children) : [];
      speaker.set(top, below.reduce((best, row) => (compare(row, best) < 0 ? row : best), top));
    }
    return [...tops].sort((a, b) => compare(speaker.get(a), speaker.get(b)) || a - b);
  }

  /**
   * What stands in the table, from top to bottom: items {row, depth, kids, isOpen}, in `order` all
   * rows that pass, also those folded away.
   */
  function familyItems(rows, { table, compare, sorts, columnOf, isOpen }) {
    const { tops, children } = familiesOf(rows, table.parents);
    const first = sorts.length ? columnOf(sorts[0].id)?.ranks() : null;
    const items = [];
    const order = [];
    const seen = new Set();
    const stack = sortTops(tops, children, compare, first).reverse().map((row) => [row, 0, true]);
    while (stack.length) {
      const [row, depth, shown] = stack.pop();
      if (seen.has(row)) continue;
      seen.add(row);
      order.push(row);
      const kids = children.get(row) ?? [];
      const open = kids.length > 0 && isOpen(table.pages[row]);
      if (shown) items.push({ row, depth, kids: kids.length, isOpen: open });
      const below = [...kids].sort(compare).reverse();
      for (const kid of below) stack.push([kid, depth + 1, shown && open]);
    }
    return { items, order };
  }

  /** Groups of rows with the same value: items {group, value, rows, isOpen}, then their rows. */
  function groupItems(rows, by, { compare, sorts, columnOf, isOpen }) {
    const found = new Map();
    for (const row of rows) {
      const value = by.values[row] ?? null;
      if (found.has(value)) found.get(value).push(row);
      else found.set(value, [row]);
    }
    const groups = [...found].map(([value, members]) => ({ value, rows: members.sort(compare) }));
    sortGroups(groups, by, sorts, columnOf);
    const items = [];
    for (const group of groups) {
      const open = isOpen(groupKey({ group: by, value: group.value }));
      items.push({ group: by, value: group.value, rows: group.rows, isOpen: open, depth: 0 });
      if (open) for (const row of group.rows) items.push({ row, depth: 1, kids: 0, isOpen: false });
    }
    return { items, order: groups.flatMap((group) => group.rows) };
  }

  /** How a group is named in the address, in short; one of rows without a value is "-". */
  const groupKey = ({ group, value }) => (value === null ? "-" : `=${group.named ? group.named(value) : value}`);

  /** By the column that is sorted by: a number by its mean, else by the value of the group. */
  function sortGroups(groups, by, sorts, columnOf) {
    const column = sorts.length ? columnOf(sorts[0].id) : null;
    const sign = sorts[0]?.down ? -1 : 1;
    if (column && column.id !== by.id && column.isNumber && !column.isText) {
      const means = new Map(groups.map((group) => [group, spread(column.values, group.rows)?.mean ?? NaN]));
      groups.sort((a, b) => late(means.get(a), means.get(b)) ?? sign * (means.get(a) - means.get(b)));
      return;
    }
    const ranks = by.ranks();
    const turned = column?.id === by.id ? sign : 1;
    groups.sort((a, b) => late(ranks[a.rows[0]], ranks[b.rows[0]]) ?? turned * (ranks[a.rows[0]] - ranks[b.rows[0]]));
  }

  function late(a, b) {
    const [left, right] = [Number.isNaN(a), Number.isNaN(b)];
    return left || right ? left - right : undefined;
  }

  /**
   * The view of a table: {items, order}. `asked`: {table, columnOf, filter (row -> bool or null),
   * brush (Set of rows or null), sorts, by (column or null), isOpen (key -> bool)}.
   */
  function viewOf(asked) {
    const { table, filter, brush, sorts, columnOf, by } = asked;
    const rows = [];
    for (let row = 0; row < table.count; row++) {
      if ((!brush || brush.has(row)) && (!filter || filter(row))) rows.push(row);
    }
    const compare = comparison(sorts, columnOf);
    return by ? groupItems(rows, by, { ...asked, compare }) : familyItems(rows, { ...asked, compare });
  }

  reportgen.tableRows = { viewOf, sortsOf, sortsText, joinList, splitList, groupKey };
})();
