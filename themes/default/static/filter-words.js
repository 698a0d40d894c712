// The words of a filter: tokens with their places, and the fields that names stand for.
// The same language as reportgen/analysis/filter_tokens.py; tests/browser/test_filter.py compares.
(() => {
  "use strict";
  const reportgen = (window.reportgen ??= {});

  const SIGNS = ["=", "!=", "<", "<=", ">", ">="];
  const KEYWORDS = new Set(["AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE"]);
  const EXAMPLE = "metrics.rmse < 0.3 AND params.model = 'ridge'";
  const ALIASES = {
    metrics: ["metric"],
    params: ["param", "parameter", "parameters"],
    tags: ["tag"],
    attributes: ["attribute", "attr", "run"],
    dataset: ["datasets"],
  };
  const PREFIXES = new Map();
  for (const [prefix, aliases] of Object.entries(ALIASES)) {
    for (const name of [prefix, ...aliases]) PREFIXES.set(name, prefix);
  }
  const TIMES = ["start_time", "end_time"];
  const KEYS = {
    attributes: ["run_id", "run_name", "status", ...TIMES, "user_id", "artifact_uri"],
    dataset: ["name", "digest", "context"],
  };
  const OTHER_NAMES = new Map([
    ["created", "start_time"],
    ["Created", "start_time"],
    ["run name", "run_name"],
    ["Run name", "run_name"],
    ["Run Name", "run_name"],
  ]);
  const OTHER_SIGNS = new Map([
    ["==", "="], ["<>", "!="], ["=<", "<="], ["=>", ">="], ["!", "!="], ["===", "="],
  ]);
  // What Python's expressions call white space and letters is not quite what those of JS do.
  const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/uy;
  const SIGN = /[=!<>]+/uy;
  const HEAD = /[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_/:-]*/uy;
  const KEY = /[\p{L}\p{N}_./:-]+/uy;
  const NUMBER_LIKE = /[+-]?\.?[0-9](?:[eE][+-]|[\p{L}\p{N}_.])*/uy;
  const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
  const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

  /** A mistake in a filter: what is wrong, what to do next (hint), and where in the text. */
  class FilterError extends Error {
    constructor(at, length, message, hint) {
      super(message);
      Object.assign(this, { name: "FilterError", at, length, hint });
    }
  }

  /** The error for a place that a token or a position gives. */
  function failure(place, message, hint) {
    const [at, typed] = typeof place === "number" ? [place, " "] : [place.start, place.typed];
    return new FilterError(at, Math.max(1, typed.length), message, hint);
  }

  /** A piece of the filter for a message: one line, 40 characters at most. */
  function shown(typed) {
    const points = [...typed];
    const short = points.length <= 40 ? typed : points.slice(0, 37).join("") + "...";
    return UNPRINTABLE.test(short) ? ascii(short) : short;
  }

  const ESCAPES = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

  /** A text as Python's ascii() spells it. */
  function ascii(text) {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const spelt = [...text].map((char) => {
      const code = char.codePointAt(0);
      if (char === quote) return `\\${char}`;
      if (char in ESCAPES) return ESCAPES[char];
      if (code >= 32 && code < 127) return char;
      const hex = code.toString(16);
      if (code < 256) return `\\x${hex.padStart(2, "0")}`;
      return code < 65536 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
    });
    return quote + spelt.join("") + quote;
  }

  const isNumber = (text) => NUMBER.test(text);
  const display = (token) => (token.kind === "end" ? "the end" : shown(token.typed));

  function matchAt(pattern, text, at) {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? "";
  }

  /** The tokens of a filter, the last of kind "end". Throws a FilterError. */
  function tokenize(text) {
    const tokens = [];
    let at = matchAt(SPACE, text, 0).length;
    while (at < text.length) {
      const token = tokenAt(text, at);
      tokens.push(token);
      at += token.typed.length;
      at += matchAt(SPACE, text, at).length;
    }
    tokens.push({ kind: "end", typed: "", start: text.length, value: "", prefix: "" });
    return tokens;
  }

  function tokenAt(text, start) {
    const char = text[start];
    if ("(),".includes(char)) return { kind: "mark", typed: char, start, value: char, prefix: "" };
    if (char === "'" || char === '"') {
      const [typed, value] = quoted(text, start);
      return { kind: "text", typed, start, value, prefix: "" };
    }
    const sign = matchAt(SIGN, text, start);
    if (sign) return signToken(sign, start);
    const number = matchAt(NUMBER_LIKE, text, start);
    if (number) return numberToken(number, start);
    if (char === "`" || matchAt(HEAD, text, start)) return nameToken(text, start);
    const whole = String.fromCodePoint(text.codePointAt(start));
    const place = { start, typed: whole };
    throw failure(place, `${shown(whole)} means nothing here`, `a filter looks like ${EXAMPLE}`);
  }

  function signToken(typed, start) {
    const token = { kind: "sign", typed, start, value: typed, prefix: "" };
    if (SIGNS.includes(typed)) return token;
    const meant = OTHER_SIGNS.get(typed);
    const hint = meant ? `write ${meant}` : `see ${EXAMPLE}`;
    throw failure(token, `expected one of ${SIGNS.join(" ")}, found ${shown(typed)}`, hint);
  }

  function numberToken(typed, start) {
    const token = { kind: "number", typed, start, value: typed, prefix: "" };
    if (isNumber(typed)) return token;
    const hint = "numbers are decimal, such as 12, -0.5 or 1e-4; texts stand in quotes";
    throw failure(token, `expected a number, found ${shown(typed)}`, hint);
  }

  /** A field or a keyword: `status`, `metrics.rmse`, "params." and a quoted key, `and`. */
  function nameToken(text, start) {
    const [headTyped, head] = piece(text, start, HEAD);
    const dot = start + headTyped.length;
    if (text[dot] !== ".") {
      const upper = headTyped.toUpperCase();
      const isWord = KEYWORDS.has(upper);
      const value = isWord ? upper : head;
      return { kind: isWord ? "word" : "name", typed: headTyped, start, value, prefix: "" };
    }
    const [keyTyped, key] = piece(text, dot + 1, KEY);
    if (!key) {
      const hint = "write metrics.rmse, or metrics.`val loss` for a key with other characters";
      throw failure(dot + 1, `expected a key after ${shown(`${headTyped}.`)}`, hint);
    }
    return { kind: "name", typed: `${headTyped}.${keyTyped}`, start, value: key, prefix: head };
  }

  /** A quoted or bare part of a name, as typed and as meant. */
  function piece(text, at, bare) {
    if (at < text.length && "'\"`".includes(text[at])) return quoted(text, at);
    const found = matchAt(bare, text, at);
    return [found, found];
  }

  function quoted(text, at) {
    const quote = text[at];
    let end = text.indexOf(quote, at + 1);
    while (end >= 0 && text[end + 1] === quote) end = text.indexOf(quote, end + 2);
    if (end < 0) {
      const hint = `add ${quote} where the text ends; within it, ${quote}${quote} stands for ${quote}`;
      const place = { start: at, typed: text.slice(at) };
      throw failure(place, `no closing ${quote} for the one that opens here`, hint);
    }
    return [text.slice(at, end + 1), text.slice(at + 1, end).replaceAll(quote + quote, quote)];
  }

  /** The field that a token names: {prefix, key, isTime, isNumber}. Throws a FilterError. */
  function fieldOf(token) {
    const isName = token.kind === "name" || (token.kind === "text" && token.typed[0] === '"');
    if (!isName) {
      const hint = `a filter looks like ${EXAMPLE}`;
      throw failure(token, `expected a field, found ${display(token)}`, hint);
    }
    const prefix = token.prefix ? PREFIXES.get(token.prefix) : "attributes";
    if (prefix === undefined) throw unknownPrefix(token);
    const other = prefix === "attributes" ? OTHER_NAMES.get(token.value) : undefined;
    const key = other ?? token.value;
    if (KEYS[prefix] && !KEYS[prefix].includes(key)) throw unknownKey(token, prefix, KEYS[prefix]);
    const isTime = prefix === "attributes" && TIMES.includes(key);
    return { prefix, key, isTime, isNumber: isTime || prefix === "metrics" };
  }

  function unknownPrefix(token) {
    const near = closest(token.prefix.toLowerCase(), [...PREFIXES.keys()]);
    const key = token.typed.slice(token.typed.indexOf(".") + 1);
    const known = Object.keys(ALIASES).join(", ");
    return failure(
      token,
      `unknown prefix ${shown(token.prefix)}; there are ${known}`,
      near ? `did you mean ${shown(`${near}.${key}`)}?` : withPrefix(token),
    );
  }

  function unknownKey(token, prefix, keys) {
    const near = closest(token.value.toLowerCase(), keys);
    const dot = token.value.indexOf(".");
    const [head, rest] = dot < 0 ? ["", ""] : [token.value.slice(0, dot), token.value.slice(dot + 1)];
    let hint = withPrefix(token);
    if (near) hint = `did you mean ${token.prefix}${token.prefix ? "." : ""}${near}?`;
    else if (rest && PREFIXES.has(head)) hint = `quote the key alone: ${head}.\`${shown(rest)}\``;
    else if (prefix === "dataset") hint = `such as ${token.prefix}.${keys[0]} = 'some text'`;
    const what = prefix === "dataset" ? "dataset field" : "attribute";
    const known = keys.join(", ");
    return failure(token, `unknown ${what} ${shown(token.value)}; there are ${known}`, hint);
  }

  function withPrefix(token) {
    let name = shown(token.typed);
    if (PREFIXES.has(token.prefix)) name = name.includes(".") ? name.slice(name.indexOf(".") + 1) : "";
    return `write metrics.${name} for a metric, params.${name} for a parameter, tags.${name} for a tag`;
  }

  /** The one of some words that a word is most like, "" where none is: Python's get_close_matches. */
  function closest(word, words) {
    const mine = [...word];
    let best = "";
    let most = 0.6;
    for (const other of words) {
      const theirs = [...other];
      if (2 * Math.min(theirs.length, mine.length) < most * (theirs.length + mine.length)) continue;
      const ratio = (2 * matching(theirs, mine)) / (theirs.length + mine.length);
      if (ratio > most || (ratio === most && other > best)) [best, most] = [other, ratio];
    }
    return best;
  }

  /** How many characters are in matching blocks: the longest one first, then left and right of it. */
  function matching(a, b) {
    let [from, to, size] = [0, 0, 0];
    let before = [];
    for (let i = 0; i < a.length; i++) {
      const now = [];
      for (let j = 0; j < b.length; j++) {
        if (a[i] !== b[j]) continue;
        now[j] = (before[j - 1] ?? 0) + 1;
        if (now[j] > size) [from, to, size] = [i - now[j] + 1, j - now[j] + 1, now[j]];
      }
      before = now;
    }
    if (size === 0) return 0;
    const left = matching(a.slice(0, from), b.slice(0, to));
    return size + left + matching(a.slice(from + size), b.slice(to + size));
  }

  reportgen.filterWords = { SIGNS, tokenize, fieldOf, failure, shown, display, isNumber, FilterError };
})();
