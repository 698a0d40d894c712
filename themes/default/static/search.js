// Search, the finding: what there is to find, and what a query finds of it. Nothing here touches
// the page. There is no index: a scan of all texts for each term takes a few milliseconds at 10,000
// runs, and finds parts of names, ids and `key=value` alike.
(() => {
  "use strict";

  const { load } = reportgen;
  const MOST_VALUES = 200; // of a key: one of more values, such as a random rate, is no group of runs
  const LONGEST = 200; // characters of a value that is offered as a filter
  const SLICE = 400; // runs taken in at a time, so that typing is never held up
  const AT_ONCE = 4; // files loaded beside each other
  const LIMITS = { page: 4, experiment: 5, run: 12, param: 6, tag: 4 };
  const MOST_RUNS = 30; // where only runs are asked for

  const shelves = []; // one for each experiment, in the order of the site
  const places = []; // pages and experiments
  let begun = null;

  /** The terms of a query: all must be found. Blanks around "=" do not matter. */
  function termsOf(query) {
    const text = query.toLowerCase().replace(/\s*=\s*/g, "=").trim();
    return [...new Set(text.split(/\s+/).filter(Boolean))];
  }

  // --- taking in

  /** An experiment whose runs are not there yet. */
  function emptyShelf(one) {
    return { slug: one.slug, name: one.name, table: null, texts: [], ends: [], pairs: [], isDone: false, reason: "" };
  }

  /** The searched text of a run: title, parameters, tags, note; and where each of these ends. */
  function textOf(table, row, params, tags) {
    const parts = [table.titles[row], pairsOf(params, row), pairsOf(tags, row), table.notes[row]];
    const ends = [];
    let length = 0;
    for (const part of parts) ends.push((length += part.length + 1));
    return { text: parts.join("\n").toLowerCase(), ends };
  }

  function pairsOf(columns, row) {
    const found = [];
    for (const [key, { values }] of columns) if (values[row] !== null) found.push(`${key}=${values[row]}`);
    return found.join("\n");
  }

  /** Tags that people set; those of MLflow say little that a title does not. */
  const ownTags = (table) => [...table.tags].filter(([key]) => !key.startsWith("mlflow."));

  /** Values that several runs share, each with how many. */
  function groupsOf(columns, kind) {
    const found = [];
    for (const [key, { values }] of columns) {
      const counts = new Map();
      for (const value of values) {
        if (value === null) continue;
        counts.set(value, (counts.get(value) || 0) + 1);
        if (counts.size > MOST_VALUES) break;
      }
      if (counts.size > MOST_VALUES) continue;
      for (const [value, count] of counts) {
        if (value.length > LONGEST || /[\r\n]/.test(value)) continue;
        found.push({ kind, key, value, count, text: `${key}=${value}`.toLowerCase() });
      }
    }
    return found;
  }

  const pause = () => new Promise((resolve) => { setTimeout(resolve, 0); });

  /** Whether all of a table was taken in; not where a newer one began to be meanwhile. */
  async function takeIn(shelf, table, tell) {
    const texts = [];
    Object.assign(shelf, { table, texts, ends: [], pairs: [], reason: "" });
    const params = [...table.params];
    const tags = ownTags(table);
    for (let row = 0; row < table.count; row++) {
      const { text, ends } = textOf(table, row, params, tags);
      texts.push(text);
      shelf.ends.push(ends);
      if (row % SLICE === SLICE - 1) {
        tell();
        await pause();
        if (shelf.texts !== texts) return false;
      }
    }
    shelf.pairs = [...groupsOf(params, "param"), ...groupsOf(tags, "tag")];
    return true;
  }

  async function fillShelf(shelf, tell) {
    try {
      if (!(await takeIn(shelf, await load.table(shelf.slug), tell))) return;
    } catch (error) {
      shelf.reason = error.message;
    }
    shelf.isDone = true;
    tell();
  }

  function placesOf(site) {
    const named = [["All experiments", "index.html"], ...site.pages];
    places.push(...named.map(([title, path]) => ({ kind: "page", title, path, text: title.toLowerCase() })));
    places.push(...site.experiments.filter((one) => one.runs > 0).map((one) => (
      { kind: "experiment", title: one.name, path: one.url, runs: one.runs, text: one.name.toLowerCase() })));
  }

  async function fill(tell) {
    const site = await load.site();
    places.length = 0;
    placesOf(site);
    const known = new Map(shelves.map((shelf) => [shelf.slug, shelf]));
    shelves.length = 0;
    shelves.push(...site.experiments.filter((one) => one.runs > 0).map((one) => known.get(one.slug) || emptyShelf(one)));
    tell();
    await load.each(shelves.filter((shelf) => !shelf.isDone), AT_ONCE, (shelf) => fillShelf(shelf, tell));
  }

  // What changes while a watch goes on is taken in when somebody searches again.
  reportgen.on("live", (paths) => {
    const stale = shelves.filter((shelf) => paths.includes(`experiments/${shelf.slug}/runs.js`));
    for (const shelf of stale) shelf.isDone = false;
    if (stale.length || paths.includes("data/site.js")) begun = null;
  });

  /** Take in all there is to find, once; `tell()` is called whenever more is there. */
  function begin(tell) {
    begun ??= fill(tell).catch((error) => {
      begun = null; // to be tried again
      throw error;
    });
    return begun;
  }

  /** How far that is: experiments, those that are done, and why others could not be loaded. */
  function progress() {
    return {
      total: shelves.length,
      done: shelves.filter((shelf) => shelf.isDone).length,
      failed: shelves.filter((shelf) => shelf.reason).map((shelf) => shelf.reason),
    };
  }

  // --- finding

  const TITLE_START = 0, TITLE = 1, ID = 2; // then parameters, tags and the note: 3, 4, 5
  const RANKS = 6;

  /** The rank of a term in a run, the smaller the better; -1 where the run does not have it. */
  function rankOf(text, ends, id, term) {
    const at = text.indexOf(term);
    if (at === 0) return TITLE_START;
    if (at > 0 && at < ends[0]) return TITLE;
    if (id.startsWith(term)) return ID;
    if (at < 0) return -1;
    return at < ends[1] ? 3 : at < ends[2] ? 4 : 5;
  }

  function rankOfRun(shelf, row, terms) {
    let worst = TITLE_START;
    for (const term of terms) {
      const rank = rankOf(shelf.texts[row], shelf.ends[row], shelf.table.ids[row], term);
      if (rank < 0) return -1;
      if (rank > worst) worst = rank;
    }
    return worst;
  }

  /** The runs that have all terms: the best ranked `limit`, and how many there are. */
  function findRuns(terms, limit) {
    const ranked = Array.from({ length: RANKS }, () => []);
    let count = 0;
    for (const shelf of shelves) {
      for (let row = 0; row < shelf.texts.length; row++) {
        const rank = rankOfRun(shelf, row, terms);
        if (rank < 0) continue;
        count += 1;
        if (ranked[rank].length < limit) ranked[rank].push({ shelf, row });
      }
    }
    return { count, items: ranked.flat().slice(0, limit).map(({ shelf, row }) => runItem(shelf, row, terms)) };
  }

  function runItem({ table, name }, row, terms) {
    return {
      kind: "run",
      title: table.titles[row],
      id: table.ids[row],
      page: table.pages[row],
      path: `runs/${encodeURIComponent(table.pages[row])}/index.html`,
      colour: table.colours[row],
      status: table.statuses[row],
      experiment: name,
      hits: hitsOf(table, row, terms),
    };
  }

  /** Where the terms are that the title has not: the id, pairs, the note. */
  function hitsOf(table, row, terms) {
    const title = table.titles[row].toLowerCase();
    const found = new Set();
    for (const term of terms) {
      if (title.includes(term)) continue;
      if (table.ids[row].startsWith(term)) found.add(table.ids[row]);
      else found.add(pairWith(table.params, row, term) ?? pairWith(ownTags(table), row, term) ?? table.notes[row]);
    }
    return [...found];
  }

  function pairWith(columns, row, term) {
    let best = null;
    for (const [key, { values }] of columns) {
      if (values[row] === null) continue;
      const pair = `${key}=${values[row]}`;
      const text = pair.toLowerCase();
      if (text === term) return pair;
      if (best === null && text.includes(term)) best = pair;
    }
    return best;
  }

  const hasAll = (text, terms) => terms.every((term) => text.includes(term));

  /** Values that several runs share: what is exactly the query first, then those of most runs. */
  function findPairs(kind, terms, limit) {
    const found = [];
    for (const shelf of shelves) {
      for (const pair of shelf.pairs) {
        if (pair.kind === kind && hasAll(pair.text, terms)) found.push({ shelf, pair });
      }
    }
    const rank = ({ pair }) => (pair.text === terms[0] ? 0 : pair.text.startsWith(terms[0]) ? 1 : 2);
    found.sort((a, b) => rank(a) - rank(b) || b.pair.count - a.pair.count);
    return { count: found.length, items: found.slice(0, limit).map(({ shelf, pair }) => pairItem(shelf, pair)) };
  }

  /** A pair links to the table of its experiment, filtered by it. */
  function pairItem(shelf, { kind, key, value, count }) {
    const name = /^[\w./:-]+$/.test(key) ? key : `\`${key.replaceAll("`", "``")}\``;
    const filter = `${kind}s.${name} = "${value.replaceAll('"', '""')}"`;
    const path = `experiments/${encodeURIComponent(shelf.slug)}/index.html`;
    return { kind, title: `${key}=${value}`, path, hash: { q: filter }, experiment: shelf.name, runs: count };
  }

  function findPlaces(kind, terms, limit) {
    const found = places.filter((one) => one.kind === kind && hasAll(one.text, terms));
    found.sort((a, b) => b.text.startsWith(terms[0]) - a.text.startsWith(terms[0]));
    return { count: found.length, items: found.slice(0, limit) };
  }

  /**
   * What a query finds, by kind: [{kind, count, items}], kinds without a hit left out. Without a
   * term: the pages and experiments, or, where only runs are asked for, the newest of each experiment.
   */
  function find(query, kinds = Object.keys(LIMITS)) {
    const terms = termsOf(query);
    if (terms.length === 0) kinds = kinds.filter((kind) => kind === "page" || kind === "experiment" || kinds.length === 1);
    return kinds.map((kind) => ({ kind, ...findKind(kind, terms, kinds.length === 1) })).filter(({ count }) => count > 0);
  }

  function findKind(kind, terms, isAlone) {
    if (kind === "run") return findRuns(terms, isAlone ? MOST_RUNS : LIMITS.run);
    if (kind === "page" || kind === "experiment") return findPlaces(kind, terms, LIMITS[kind] * (terms.length === 0 ? 2 : 1));
    return findPairs(kind, terms, LIMITS[kind]);
  }

  /** A text in pieces, those that a term covers marked: [{text, isHit}]. */
  function pieces(text, terms) {
    const lower = text.toLowerCase();
    if (lower.length !== text.length) return [{ text, isHit: false }]; // a letter that grows: rare
    const hit = new Uint8Array(text.length);
    for (const term of terms) {
      for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + term.length)) hit.fill(1, at, at + term.length);
    }
    const found = [];
    for (let from = 0, to = 1; from < text.length; from = to, to += 1) {
      while (to < text.length && hit[to] === hit[from]) to += 1;
      found.push({ text: text.slice(from, to), isHit: hit[from] === 1 });
    }
    return found;
  }

  reportgen.search = { begin, progress, find, termsOf, pieces };
})();
