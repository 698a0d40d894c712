// Filters of the run table: MLflow's search syntax with OR, IN, brackets (docs/filters.md).
// The same language as reportgen/analysis/filter_grammar.py and filters.py.
(() => {
  "use strict";
  const reportgen = (window.reportgen ??= {});
  const { SIGNS, tokenize, fieldOf, failure, shown, display, isNumber } = reportgen.filterWords;

  const MAX_DEPTH = 50;
  const FOR_TEXTS = ["=", "!=", "LIKE", "ILIKE"];
  const TRIMMED = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g;

  /** Reads tokens from left to right, one method for each rule of the grammar. */
  class Parser {
    constructor(tokens, source) {
      this.tokens = tokens;
      this.index = 0;
      this.source = source;
    }

    get token() {
      return this.tokens[this.index];
    }

    take() {
      const token = this.token;
      if (token.kind !== "end") this.index += 1;
      return token;
    }

    took(kind, value) {
      const here = this.token.kind === kind && this.token.value === value;
      if (here) this.index += 1;
      return here;
    }

    expect(kind, value, hint) {
      if (this.took(kind, value)) return;
      throw failure(this.token, `expected ${value}, found ${display(this.token)}`, hint);
    }

    whole() {
      const holds = this.either(0);
      const token = this.token;
      if (token.kind === "end") return holds;
      if (token.typed === ")") {
        throw failure(token, "this ) closes nothing", "take it out, or add a ( before");
      }
      const found = `expected AND, OR or the end, found ${display(token)}`;
      throw failure(token, found, "join comparisons with AND or OR");
    }

    either(depth) {
      const parts = [this.both(depth)];
      while (this.took("word", "OR")) parts.push(this.both(depth));
      return parts.length === 1 ? parts[0] : (row) => parts.some((part) => part(row));
    }

    both(depth) {
      const parts = [this.part(depth)];
      while (this.took("word", "AND")) parts.push(this.part(depth));
      return parts.length === 1 ? parts[0] : (row) => parts.every((part) => part(row));
    }

    part(depth) {
      const opening = this.token;
      if (!this.took("mark", "(")) return this.clause();
      if (depth === MAX_DEPTH) {
        const hint = "take out the brackets that change nothing";
        throw failure(opening, `more than ${MAX_DEPTH} brackets within each other`, hint);
      }
      const holds = this.either(depth + 1);
      if (this.token.kind === "end") {
        throw failure(opening, "this ( is never closed", "add a ) behind its end");
      }
      if (!this.took("mark", ")")) {
        const hint = `the ( at position ${this.position(opening)} is still open`;
        throw failure(this.token, `expected AND, OR or ), found ${display(this.token)}`, hint);
      }
      return holds;
    }

    /** A place as messages count it: from 1, in characters. */
    position(token) {
      return [...this.source.text.slice(0, token.start)].length + 1;
    }

    clause() {
      const name = this.take();
      const field = fieldOf(name);
      const at = this.token;
      const operator = this.operator(name, field);
      const operand = this.operand(name, field, operator, at);
      return comparison(this.source.reader(name, field), operator, operand);
    }

    operand(name, field, operator, at) {
      if (operator.startsWith("IS")) return null;
      if (operator.endsWith("IN")) return this.list(name, field, operator);
      const allowed = field.isNumber ? SIGNS : FOR_TEXTS;
      if (!allowed.includes(operator)) {
        const [kind, other] = field.isNumber ? ["number", "texts"] : ["text", "numbers"];
        throw failure(
          at,
          `${shown(name.typed)} is a ${kind}, and ${operator} compares ${other}`,
          `a ${kind} is compared with ${allowed.join(" ")}, IN (...) or IS NULL`,
        );
      }
      return valueOf(this.take(), name, field, operator);
    }

    operator(name, field) {
      const first = this.take();
      if (first.kind === "sign") return first.value;
      const word = first.kind === "word" ? first.value : "";
      if (["LIKE", "ILIKE", "IN"].includes(word)) return word;
      if (word === "NOT") {
        this.expect("word", "IN", `write ${shown(name.typed)} NOT IN (...)`);
        return "NOT IN";
      }
      if (word === "IS") {
        const middle = this.took("word", "NOT") ? "NOT " : "";
        this.expect("word", "NULL", `write ${shown(name.typed)} IS NULL or IS NOT NULL`);
        return `IS ${middle}NULL`;
      }
      const found = `expected a comparison after ${shown(name.typed)}, found ${display(first)}`;
      throw failure(first, found, `such as ${example(name, field, "=")}`);
    }

    list(name, field, operator) {
      const hint = `write ${example(name, field, operator)}`;
      this.expect("mark", "(", hint);
      const values = [valueOf(this.take(), name, field, operator)];
      while (this.took("mark", ",") && this.token.typed !== ")") {
        values.push(valueOf(this.take(), name, field, operator));
      }
      this.expect("mark", ")", hint);
      return new Set(values);
    }
  }

  /** The operand that a token gives; an error where it is not of the field's type. */
  function valueOf(token, name, field, operator) {
    if (field.isNumber && token.kind === "number") return Number(token.value);
    if (!field.isNumber && token.kind === "text") return token.value;
    const expected = field.isNumber ? "a number" : "a text in quotes";
    const message = `expected ${expected} for ${shown(name.typed)}, found ${display(token)}`;
    throw failure(token, message, valueHint(token, name, field, operator));
  }

  function valueHint(token, name, field, operator) {
    const trimmed = token.value.replace(TRIMMED, "");
    if (token.kind === "mark" && token.value === "(" && !operator.includes("IN")) {
      return `${operator} takes one value; write ${example(name, field, "IN")} for several`;
    }
    if (token.kind === "word" && token.value === "NULL") return `write ${shown(name.typed)} IS NULL`;
    if (field.isNumber && token.kind === "text" && isNumber(trimmed)) {
      return `write ${example(name, field, operator, shown(trimmed))}`;
    }
    if (field.isTime) {
      return `times are milliseconds since 1970, UTC: ${example(name, field, operator)}`;
    }
    if (!field.isNumber && ["number", "name"].includes(token.kind)) {
      const bare = shown(token.typed.replace(/^`+|`+$/g, ""));
      const quoted = `'${bare.replaceAll("'", "''")}'`;
      return `write ${example(name, field, operator, quoted)}; a shell takes quotes away`;
    }
    return `write ${example(name, field, operator)}`;
  }

  /** A clause that would do, with the field as it was typed. */
  function example(name, field, operator, value = "") {
    const number = field.isTime ? "1700000000000" : "0.5";
    const usual = value || (field.isNumber ? number : "'some text'");
    return `${shown(name.typed)} ${operator} ${operator.endsWith("IN") ? `(${usual})` : usual}`;
  }

  // --- what a clause asks of a row

  const COMPARE = {
    "=": (value, operand) => value === operand,
    "!=": (value, operand) => value !== operand,
    "<": (value, operand) => value < operand,
    "<=": (value, operand) => value <= operand,
    ">": (value, operand) => value > operand,
    ">=": (value, operand) => value >= operand,
    "IN": (value, operand) => operand.has(value),
    "NOT IN": (value, operand) => !operand.has(value),
  };

  /** Whether a row passes; what it lacks (an empty list of values) passes only IS NULL. */
  function comparison(read, operator, operand) {
    if (operator === "IS NULL") return (row) => read(row).length === 0;
    if (operator === "IS NOT NULL") return (row) => read(row).length > 0;
    const compare = operator.endsWith("LIKE") ? like(operand, operator) : COMPARE[operator];
    return (row) => read(row).some((value) => compare(value, operand));
  }

  /** LIKE: % stands for any text, _ for one character; each piece is taken where it comes first. */
  function like(pattern, operator) {
    const spell = operator === "ILIKE" ? (text) => [...text].map(fold) : (text) => [...text];
    const pieces = pattern.split("%").map(spell);
    return (value) => {
      const text = spell(value);
      if (pieces.length === 1) return text.length === pieces[0].length && fits(text, pieces[0], 0);
      const last = pieces.at(-1);
      const end = text.length - last.length;
      let at = pieces[0].length;
      if (end < at || !fits(text, pieces[0], 0)) return false;
      for (const piece of pieces.slice(1, -1)) {
        while (at + piece.length <= end && !fits(text, piece, at)) at += 1;
        at += piece.length;
        if (at > end) return false;
      }
      return fits(text, last, end);
    };
  }

  const fits = (text, piece, at) => piece.every((char, i) => char === "_" || char === text[at + i]);

  const folded = new Map([["\u0130", "i"]]);

  /** A character without its case, as Python's re.IGNORECASE compares. */
  function fold(char) {
    if (char < "\x80") return char.toLowerCase();
    if (!folded.has(char)) {
      folded.set(char, char.toLowerCase().toUpperCase().toLowerCase());
    }
    return folded.get(char);
  }

  const one = (value) => (value === null || value === undefined ? [] : [value]);
  const filled = (value) => (value === "" ? [] : one(value));

  /** Gives for a field the function that reads the values of a row of a table. */
  class Source {
    constructor(text, table) {
      this.text = text;
      this.table = table;
      this.absent = []; // fields that no run of the table has
    }

    reader(name, field) {
      const { prefix, key } = field;
      if (prefix === "attributes") return this.attribute(name, key);
      if (prefix === "dataset") return this.dataset(key);
      const column = this.table[prefix].get(key);
      if (prefix === "metrics" && !column && this.table.apart.includes(key)) {
        const hint = "test metrics are in no table beside parameters; see the page of test results";
        throw failure(name, `${shown(name.typed)} is a test metric, and stands apart`, hint);
      }
      if (!column) this.absent.push(name);
      const values = prefix === "metrics" ? column?.last : column?.values;
      return values ? (row) => one(values[row]) : () => [];
    }

    attribute(name, key) {
      const table = this.table;
      const lists = {
        run_id: table.ids,
        run_name: table.titles.map((title, row) => (title === table.ids[row].slice(0, 8) ? "" : title)),
        status: table.statuses,
        start_time: table.starts,
        end_time: table.ends,
        user_id: table.users,
      };
      const values = lists[key]; // an artifact_uri is a place on another machine: it is not here
      if (values) return (row) => filled(values[row]);
      const hint = "the command line can: reportgen build --filter";
      throw failure(name, `${shown(name.typed)} is not in this table`, hint);
    }

    dataset(key) {
      const sets = this.table.datasets;
      const place = ["name", "digest", "context"].indexOf(key);
      return (row) => sets[row].map((set) => set[place]).filter(Boolean);
    }
  }

  /**
   * The filter that a text stands for. Throws a FilterError {message, hint, at, length}: what is
   * wrong, what to do, and where in the text (in UTF-16 units). `absent` of the result lists the
   * names [{typed, start}] of fields that no row of the table has.
   */
  function parse(text, table) {
    const source = new Source(text, table);
    const parser = new Parser(tokenize(text), source);
    const matches = parser.token.kind === "end" ? () => true : parser.whole();
    return { matches, absent: source.absent };
  }

  reportgen.filter = { parse };
})();
