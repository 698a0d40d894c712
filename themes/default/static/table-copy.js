// The run table as text: Markdown, LaTeX and CSV, as reportgen/analysis/paper.py and table.py write
// them. Cells: {text} for people, {exact} for programs.
(() => {
  "use strict";
  const { oneLine, markdownText, csvText } = reportgen;
  const PAPER_NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^-?inf$|^nan$/i;
  const SPREAD = /^(-?[\d.]+(?:e-?\d+)?) ± ([\d.]+(?:e-?\d+)?)$/;

  // --- Markdown

  function markdown({ heads, rows, isNumber }) {
    const line = (cells) => `| ${cells.join(" | ")} |\n`;
    const marks = isNumber.map((number) => (number ? "---:" : "---"));
    const body = rows.map((cells) => line(cells.map((cell) => markdownText(plain(cell.text)))));
    return line(heads.map((head) => markdownText(oneLine(head)))) + line(marks) + body.join("");
  }

  /** A text in one line, with minus signs as they are typed. */
  const plain = (text) => oneLine(text).replace(/\u2212/g, "-").replace(/∞/g, "inf");

  // --- LaTeX

  const TEX = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}",
    ">": "\\textgreater{}", "|": "\\textbar{}", '"': "\\textquotedbl{}",
  };
  for (const char of "&%$#_{}") TEX[char] = `\\${char}`;
  const texText = (text) => text.replace(/[\\~^<>|"&%$#_{}]|-(?=-)/g, (found) => TEX[found] ?? "-{}");

  function texNumber(text) {
    const [mantissa, exponent] = text.toLowerCase().split("e");
    if (exponent !== undefined) return `$${mantissa} \\times 10^{${Number(exponent)}}$`;
    if (mantissa.endsWith("inf")) return `$${mantissa.slice(0, -3)}\\infty$`;
    return text.startsWith("-") ? `$${text}$` : text;
  }

  function texCell(text, isNumber) {
    const spread = SPREAD.exec(text);
    if (spread) return `$${spread[1]} \\pm ${spread[2]}$`;
    return isNumber && PAPER_NUMBER.test(text) ? texNumber(text) : texText(text);
  }

  function texRow(cells) {
    const row = cells.join(" & ");
    return `${/^[[*]/.test(row) ? `{${row[0]}}${row.slice(1)}` : row} \\\\`;
  }

  function latex({ heads, rows, isNumber }) {
    const places = isNumber.map((number) => (number ? "r" : "l")).join("");
    const body = rows.map((cells) => texRow(cells.map((cell, place) => texCell(plain(cell.text), isNumber[place]))));
    const head = texRow(heads.map((text) => texText(oneLine(text))));
    return ["% needs \\usepackage{booktabs}", `\\begin{tabular}{${places}}`, "\\toprule", head, "\\midrule",
      ...body, "\\bottomrule", "\\end{tabular}", ""].join("\n");
  }

  // --- CSV

  /** A cell as `reportgen/analysis/table.py` writes it. */
  function csvCell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") {
      if (Number.isNaN(value)) return "NaN";
      return Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : String(value).replace("e+", "e");
    }
    return value === "" ? '""' : csvText(value);
  }

  function csv({ names, rows }) {
    const line = (cells) => `${cells.map(csvCell).join(",")}\n`;
    return line(names) + rows.map((cells) => line(cells.map((cell) => cell.exact))).join("");
  }

  reportgen.tableCopy = { markdown, latex, csv };
})();
