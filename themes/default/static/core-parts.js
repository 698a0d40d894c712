// What all scripts of a page share: elements, a word in passing, the clipboard, files to save, texts in
// one line, in Markdown and CSV, and values spelt as on the static pages.
(() => {
  "use strict";

  // ---- elements ---------------------------------------------------------------------------------

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "class") node.setAttribute("class", value);
      else if (name === "text") node.textContent = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  }
  /** An element: el("button", {class: "x", text: "Go", onclick: f, "aria-pressed": "true"}, child...). */
  reportgen.el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  /** An SVG element. */
  reportgen.svg = (tag, attributes, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  let toast = null;
  let hiding = 0;
  /** Say something in passing, also to a screen reader. */
  reportgen.say = (text) => {
    if (!toast) {
      toast = reportgen.el("div", { class: "toast", role: "status" });
      document.body.append(toast);
    }
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(hiding);
    hiding = setTimeout(() => toast.classList.remove("shown"), 2500);
  };

  /** Put a text into the clipboard; also where the page was opened from a folder. */
  reportgen.copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const box = reportgen.el("textarea", { class: "quiet", "aria-hidden": "true" });
      box.value = text;
      const focused = document.activeElement;
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      if (focused) focused.focus();
      if (!done) throw new Error("the browser does not let pages copy here");
    }
  };

  /** Have the reader save a file. @param {string|Blob} body */
  reportgen.save = (name, mime, body) => {
    const url = URL.createObjectURL(body instanceof Blob ? body : new Blob([body], { type: mime }));
    const link = reportgen.el("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };

  // ---- texts in files, as reportgen/spelling.py and analysis/table.py spell them -----------------

  const SPECIAL = /[\\`*<>~$|[\]]|&(?=[#\p{L}\p{N}_])|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
  const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;
  const FORMULA = /^[=+\-@\t\r\n]/;

  /** A text without line breaks and repeated blanks. */
  reportgen.oneLine = (text) => text.replace(/\s+/g, " ").trim();
  /** A text of so many characters at the most: an ellipsis stands for the end of a longer one. */
  reportgen.cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
  /** Compares names as people order them: loss_2 before loss_10. */
  reportgen.natural = new Intl.Collator("en", { numeric: true }).compare;
  /** Whether a text spells a number, or an infinite one. */
  reportgen.isNumber = (text) => NUMBER.test(text);

  /** A text in one line of Markdown, in which nothing of it is read as Markdown or HTML. */
  reportgen.markdownText = (text) => text.replace(SPECIAL, (found) => ({ "<": "&lt;", "&": "&amp;" })[found] ?? `\\${found}`);

  /** A text as a cell of CSV: none that a spreadsheet would run. */
  reportgen.csvText = (text) => {
    const safe = FORMULA.test(text) && !reportgen.isNumber(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  // ---- spelling, as on the static pages ---------------------------------------------------------

  const MINUS = "\u2212";
  const NOTHING = "–";
  const minus = (text) => text.replace(/-/g, MINUS);
  const trimmed = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
  const format = reportgen.format;

  /** Up to five significant digits; whole numbers whole, tiny and huge ones as e. */
  format.number = (value) => {
    if (value === null || value === undefined) return NOTHING;
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e7) return minus(String(value === 0 ? 0 : value));
    if (size >= 1e-4 && size < 1e7) {
      return minus(size < 99_999.5 ? trimmed(value.toPrecision(5)) : value.toFixed(0));
    }
    const [mantissa, exponent] = value.toExponential(4).split("e");
    return minus(`${trimmed(mantissa)}e${Number(exponent)}`);
  };
  /** Every digit. */
  format.exact = (value) => (value === null || value === undefined ? NOTHING : String(value));
  /** With its sign: +0.02. */
  format.signed = (value) => (value > 0 ? `+${format.number(value)}` : format.number(value));
  /** A relative change in percent: +3.1 %; "" where the old value is 0 or either is not finite. */
  format.percent = (now, before) => {
    const change = ((now - before) / Math.abs(before)) * 100;
    if (!Number.isFinite(change)) return "";
    const size = Math.abs(change);
    const text = size >= 1000 ? change.toFixed(0) : size >= 10 || size < 0.01 ? String(Number(change.toPrecision(3)))
      : String(Number(change.toFixed(2)));
    return minus(`${change > 0 ? "+" : ""}${text} %`);
  };
  /** A time in UTC to the minute: 2026-03-02 09:14. */
  format.time = (ms) => {
    if (ms === null || ms === undefined) return NOTHING;
    const date = new Date(ms);
    return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 16).replace("T", " ");
  };
  const UNITS = [["d", 86400, "h", 3600], ["h", 3600, "min", 60], ["min", 60, "s", 1]];
  /** The time between two moments, in the two largest units: 3 min 12 s. */
  format.duration = (start, end) => {
    if (start === null || end === null || start === undefined || end === undefined || end < start) return NOTHING;
    const seconds = (end - start) / 1000;
    if (seconds < 1) return `${end - start} ms`;
    if (seconds < 60) return `${(Math.floor((end - start) / 100) / 10).toFixed(1)} s`;
    const whole = Math.floor(seconds);
    const [unit, length, smaller, part] = UNITS.find((row) => whole >= row[1]);
    const rest = Math.floor((whole % length) / part);
    return `${Math.floor(whole / length)} ${unit}${rest ? ` ${rest} ${smaller}` : ""}`;
  };
  /** A number of so many decimals with thin spaces between thousands. */
  format.grouped = (value, decimals = 0) => {
    const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
    const text = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (part ? `.${part}` : "");
    return (value < 0 && Number(value.toFixed(decimals)) !== 0 ? "\u2212" : "") + text;
  };
  /** A count with its noun: 1 run, 2 runs. */
  format.plural = (count, one, many) =>
    `${format.grouped(count)} ${count === 1 ? one : many || `${one}s`}`;
})();
