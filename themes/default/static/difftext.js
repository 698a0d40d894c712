// Two texts line by line, and within changed lines word by word, in bounded time: the same as
// `analysis/diff_text.py` and `analysis/edits.py` make of them, which tell why it is done this way.
// Nothing here touches the page.
(() => {
  "use strict";

  const { format } = reportgen;
  const MOST_LINES = 4000; // of each text
  const MOST_EDITS = 600; // lines taken out and put in
  const MOST_WORD_EDITS = 60; // of a line
  const MOST_WORDS = 400; // of a line
  const LONGEST_LINE = 2000; // characters
  const MOST_SHOWN = 2000; // lines, where nothing else is said
  const CONTEXT = 3; // equal lines around a change
  const ALIKE = 0.35; // the part of a line that must be kept for it to count as changed, not replaced
  const TOO_LARGE = "too large to be compared line by line";
  // Letters, numbers and blanks as Python has them; a number is one word.
  const BLANKS = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const SIGN = "\\p{L}\\p{N}_";
  const WORD = new RegExp(`\\p{Nd}(?:[eE][+-]?|[${SIGN}.])*|[${SIGN}]+|[${BLANKS}]+|[^${SIGN}${BLANKS}]`, "gu");

  // ---- the shortest way from one list to another ------------------------------------------------

  /**
   * The stretches [start, end, start, end] of `a` that are replaced by stretches of `b`, in order;
   * null where more than `most` items in all would have to be taken out and put in.
   */
  function edits(a, b, most) {
    const [start, end] = common(a, b);
    const stopA = a.length - end;
    const stopB = b.length - end;
    if (stopA - start === 1 && stopB - start === 1) return most > 1 ? [[start, stopA, start, stopB]] : null;
    if (start === stopA || start === stopB) {
      if (stopA + stopB - 2 * start > most) return null;
      return stopA !== start || stopB !== start ? [[start, stopA, start, stopB]] : [];
    }
    const placesA = shared(a, start, stopA, new Set(b.slice(start, stopB)));
    const placesB = shared(b, start, stopB, new Set(a.slice(start, stopA)));
    const room = most - (stopA + stopB - 2 * start - placesA.length - placesB.length);
    if (room < 0) return null;
    const pairs = kept(placesA.map((place) => a[place]), placesB.map((place) => b[place]), room);
    if (pairs === null) return null;
    return between([...pairs.map(([x, y]) => [placesA[x], placesB[y]]), [stopA, stopB]], start);
  }

  /** How many items at the start, and of the rest at the end, are equal. */
  function common(a, b) {
    const shorter = Math.min(a.length, b.length);
    let start = 0;
    while (start < shorter && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    return [start, end];
  }

  /** The places of items that the other list has, too. */
  function shared(items, start, stop, others) {
    const places = [];
    for (let place = start; place < stop; place++) if (others.has(items[place])) places.push(place);
    return places;
  }

  /** The places of items that are kept, in both; null beyond the bound. */
  function kept(a, b, most) {
    if (a.length === 0 || b.length === 0) return a.length + b.length <= most ? [] : null;
    const last = Math.min(most, a.length + b.length);
    const zero = last + 1; // where the diagonal 0 stands
    const reach = new Int32Array(2 * last + 3); // by diagonal: how far into `a` the best path goes
    const rounds = [];
    for (let count = 0; count <= last; count++) {
      rounds.push({ reach: reach.slice(zero - count - 1, zero + count + 2), zero: count + 1 });
      for (let diagonal = -count; diagonal <= count; diagonal += 2) {
        const at = zero + diagonal;
        let x = goesDown(reach, zero, diagonal, count) ? reach[at + 1] : reach[at - 1] + 1;
        while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
        reach[at] = x;
        if (x >= a.length && x - diagonal >= b.length) return along(rounds, a.length, b.length);
      }
    }
    return null;
  }

  /** Whether the best way onto a diagonal is to put an item in, not to take one out. */
  function goesDown(reach, zero, diagonal, count) {
    if (diagonal === -count) return true;
    return diagonal !== count && reach[zero + diagonal - 1] < reach[zero + diagonal + 1];
  }

  /** Back along the path: the places of the items that it keeps, in order. */
  function along(rounds, endA, endB) {
    const pairs = [];
    let [x, y] = [endA, endB];
    for (let count = rounds.length - 1; count >= 0; count--) {
      const { reach, zero } = rounds[count];
      const diagonal = x - y;
      let beforeX = 0;
      let beforeY = 0;
      if (count > 0 && goesDown(reach, zero, diagonal, count)) {
        beforeX = reach[zero + diagonal + 1];
        beforeY = beforeX - diagonal - 1;
      } else if (count > 0) {
        beforeX = reach[zero + diagonal - 1];
        beforeY = beforeX - diagonal + 1;
      }
      while (x > beforeX && y > beforeY) pairs.push([--x, --y]);
      [x, y] = [beforeX, beforeY];
    }
    return pairs.reverse();
  }

  /** The stretches between the items that are kept; the last pair is the end of both. */
  function between(pairs, start) {
    const found = [];
    let [atA, atB] = [start, start];
    for (const [x, y] of pairs) {
      if (x !== atA || y !== atB) found.push([atA, x, atB, y]);
      [atA, atB] = [x + 1, y + 1];
    }
    return found;
  }

  // ---- lines --------------------------------------------------------------------------------------

  /**
   * How one text became the other: `{hunks, added, removed, note}`. A hunk is
   * `{skipped, lines: [{kind, a, b, pieces: [[text, isChanged]]}]}`: lines of A ("-"), of B ("+") or
   * of both (" "), numbered from 1. `isLaid`: JSON was laid out in lines before.
   */
  function diff(a, b, { isLaid = false, most = MOST_SHOWN } = {}) {
    const notes = isLaid ? ["laid out in lines to be compared"] : [];
    const isEnded = a.endsWith("\n") && b.endsWith("\n");
    const [linesA, linesB] = [a, b].map((text) => (isEnded ? text.slice(0, -1) : text).split("\n"));
    const nothing = (note) => ({ hunks: [], added: 0, removed: 0, note });
    if (Math.max(linesA.length, linesB.length) > MOST_LINES) return nothing(TOO_LARGE);
    const found = edits(linesA, linesB, MOST_EDITS);
    if (found === null) return nothing("too different to be compared line by line");
    const added = found.reduce((sum, edit) => sum + edit[3] - edit[2], 0);
    const removed = found.reduce((sum, edit) => sum + edit[1] - edit[0], 0);
    const hunks = most > 0 ? hunksOf(linesA, linesB, found, most) : [];
    const shown = hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind !== " ").length, 0);
    if (added + removed > shown) notes.push(`${format.plural(added + removed - shown, "changed line")} left out`);
    return { hunks, added, removed, note: notes.join("; ") };
  }

  /** The changes with what is around them, up to a number of lines; others are not even made. */
  function hunksOf(a, b, found, most) {
    const hunks = [];
    let shown = 0; // lines of A that earlier hunks have, or skipped
    let room = most;
    for (const group of groups(found)) {
      const start = Math.max(shown, group[0][0] - CONTEXT);
      const end = Math.min(a.length, group[group.length - 1][1] + CONTEXT);
      const lines = [];
      for (const line of linesOf(a, b, group, start, end)) {
        lines.push(line);
        if (lines.length === room) break;
      }
      hunks.push({ skipped: start - shown, lines });
      shown = end;
      room -= lines.length;
      if (room <= 0) break;
    }
    return hunks;
  }

  /** Edits that are near each other together. */
  function groups(found) {
    const all = [];
    for (const edit of found) {
      const group = all[all.length - 1];
      if (group && edit[0] - group[group.length - 1][1] <= 2 * CONTEXT) group.push(edit);
      else all.push([edit]);
    }
    return all;
  }

  /** The lines of a hunk: of A from `start` to `end`, and those of B in their places. */
  function* linesOf(a, b, group, start, end) {
    let atA = start;
    let atB = group[0][2] - (group[0][0] - start);
    for (const edit of group) {
      yield* equal(a, atA, atB, edit[0]);
      yield* changed(a, b, edit);
      [atA, atB] = [edit[1], edit[3]];
    }
    yield* equal(a, atA, atB, end);
  }

  function* equal(a, atA, atB, end) {
    for (let place = atA; place < end; place++) {
      yield { kind: " ", a: place + 1, b: place + atB - atA + 1, pieces: whole(a[place], false) };
    }
  }

  /** Lines of A and of B: those at one place that are alike below each other, with their words. */
  function* changed(a, b, edit) {
    let [atA, atB] = [edit[0], edit[2]];
    for (let shift = 0; shift < Math.min(edit[1] - edit[0], edit[3] - edit[2]); shift++) {
      const [placeA, placeB] = [edit[0] + shift, edit[2] + shift];
      const marked = words(a[placeA], b[placeB]);
      if (marked === null) continue;
      yield* replaced(a, b, [atA, placeA, atB, placeB]);
      yield { kind: "-", a: placeA + 1, b: 0, pieces: marked[0] };
      yield { kind: "+", a: 0, b: placeB + 1, pieces: marked[1] };
      [atA, atB] = [placeA + 1, placeB + 1];
    }
    yield* replaced(a, b, [atA, edit[1], atB, edit[3]]);
  }

  /** Lines that have nothing in common: those of A, then those of B. */
  function* replaced(a, b, edit) {
    for (let place = edit[0]; place < edit[1]; place++) yield { kind: "-", a: place + 1, b: 0, pieces: whole(a[place], true) };
    for (let place = edit[2]; place < edit[3]; place++) yield { kind: "+", a: 0, b: place + 1, pieces: whole(b[place], true) };
  }

  const whole = (line, isChanged) => (line ? [[line, isChanged]] : []);

  // ---- words --------------------------------------------------------------------------------------

  /** How many characters a text has, as Python counts them. */
  function lengthOf(text) {
    let count = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0xdc00 || code > 0xdfff) count += 1;
    }
    return count;
  }

  /** Two lines with their different words marked; null where little is alike. */
  function words(old, now) {
    const longest = Math.max(lengthOf(old), lengthOf(now));
    if (longest > LONGEST_LINE) return null;
    const [a, b] = [old, now].map((line) => line.match(WORD) || []);
    if (Math.max(a.length, b.length) > MOST_WORDS) return null;
    const found = edits(a, b, MOST_WORD_EDITS);
    if (found === null) return null;
    const marked = mark(a, found.map((edit) => [edit[0], edit[1]]));
    const same = marked.reduce((sum, [text, isChanged]) => sum + (isChanged ? 0 : lengthOf(text)), 0);
    return same < ALIKE * longest ? null : [marked, mark(b, found.map((edit) => [edit[2], edit[3]]))];
  }

  function mark(all, stretches) {
    const pieces = [];
    let at = 0;
    for (const [start, end] of stretches) {
      if (at < start) pieces.push([all.slice(at, start).join(""), false]);
      if (start < end) pieces.push([all.slice(start, end).join(""), true]);
      at = end;
    }
    if (at < all.length) pieces.push([all.slice(at).join(""), false]);
    return pieces;
  }

  reportgen.difftext = { diff, edits, TOO_LARGE, MOST_SHOWN };
})();
