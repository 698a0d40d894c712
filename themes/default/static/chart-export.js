// Charts, taken along: a picture as SVG or PNG, and the data as CSV. The SVG is drawn anew from the
// lines, with the colours of the page; the PNG is that SVG, twice as large.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const HEAD = 26; // px for the title
  const PAD = 14;

  const fileName = (self, end) => `${(self.spec.title || "chart").replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || "chart"}.${end}`;

  /** A chart with its title and legend as the text of an SVG file. */
  chart.svgOf = (self) => {
    const inks = chart.inks();
    const ink = chart.svgInk();
    const clip = "frame";
    grid(self, ink, inks);
    bands(self, ink, clip);
    for (const layer of self.drawn) if (!layer.line.hidden) stroke(self, layer, ink, clip);
    chart.decorate(self, ink);
    const legend = legendOf(self, inks);
    const top = PAD + HEAD + legend.height;
    const [width, height] = [self.width + 2 * PAD, self.height + top + PAD];
    const { frame, spec } = self;
    const title = `<text x="${PAD}" y="${PAD + 12}" font-size="13" font-weight="600" fill="${inks.text}">${chart.escaped(spec.title)}${spec.hint ? `<tspan dx="8" font-size="11" font-weight="400" fill="${inks["text-3"]}">${chart.escaped(spec.hint)}</tspan>` : ""}</text>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${chart.escaped(inks.sans)}">`
      + `<title>${chart.escaped(spec.title)}</title><desc>${chart.escaped(self.told.textContent)}</desc>`
      + `<rect width="100%" height="100%" fill="${inks.surface}"/>${title}${legend.markup}`
      + `<g transform="translate(${PAD} ${top})"><clipPath id="${clip}"><rect x="${frame.left}" y="${frame.top}" width="${frame.width}" height="${frame.height}"/></clipPath>${ink.parts.join("")}</g></svg>\n`;
  };

  function grid(self, ink, inks) {
    const { left, top, width, height } = self.frame;
    const label = { fill: inks["text-3"] };
    self.yTicks.splits.forEach((split, i) => {
      const y = Math.round(self.py(split)) + 0.5;
      ink.path([left, y, left + width, y], { stroke: inks.line });
      ink.text(left - 6, y + 4, self.yTicks.labels[i], { ...label, align: "right" });
    });
    ink.path([left, top + height + 0.5, left + width, top + height + 0.5], { stroke: inks["line-2"] });
    self.xTicks.splits.forEach((split, i) => ink.text(self.px(split), top + height + 17, self.xTicks.labels[i], { ...label, align: "center" }));
  }

  /** The stretches of a drawn line between its gaps, each as [x, y, x, y, ...]. */
  function stretches(self, ys) {
    const found = [[]];
    for (let i = 0; i < ys.length; i++) {
      if (ys[i] === null) found.push([]);
      else if (ys[i] !== undefined) found[found.length - 1].push(self.px(self.xs[i]), self.py(ys[i]));
    }
    return found.filter((points) => points.length);
  }

  function stroke(self, layer, ink, clip) {
    const style = chart.strokeOf(layer);
    if (!style.width || !self.range) return;
    for (const points of stretches(self, layer.ys)) {
      ink.path(points, { stroke: style.stroke, width: style.width, dash: style.dash, alpha: style.alpha, clip });
    }
  }

  function bands(self, ink, clip) {
    self.drawn.forEach((layer, i) => {
      if (layer.role !== "upper" || layer.line.hidden) return;
      const [above] = stretches(self, layer.ys);
      const [below] = stretches(self, self.drawn[i + 1].ys);
      if (!above || !below) return;
      const back = [];
      for (let k = below.length - 2; k >= 0; k -= 2) back.push(below[k], below[k + 1]);
      ink.path([...above, ...back], { fill: chart.inkOf(layer.line.spec.colour), alpha: 0.16, close: true, clip });
    });
  }

  /** The names of coloured lines in rows. */
  function legendOf(self, inks) {
    const ink = chart.svgInk();
    const seen = new Set();
    let [x, y] = [PAD, PAD + HEAD + 4];
    for (const { spec, id, isQuiet } of self.shown()) {
      if (isQuiet || seen.has(id)) continue;
      seen.add(id);
      const width = 19 + chart.textWidth(spec.of || spec.name) + 14;
      if (x > PAD && x + width > self.width + PAD) [x, y] = [PAD, y + 16];
      ink.path([x, y - 4, x + 14, y - 4], { stroke: chart.inkOf(spec.colour), width: 2, dash: chart.dashOf(spec) });
      ink.text(x + 19, y, spec.of || spec.name, { fill: inks["text-2"] });
      x += width;
    }
    return seen.size > 1 ? { markup: ink.parts.join(""), height: y - PAD - HEAD + 8 } : { markup: "", height: 0 };
  }

  /** The same as a PNG, twice as large. @returns {Promise<Blob>} */
  chart.pngOf = async (self) => {
    const image = new Image();
    const text = chart.svgOf(self);
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error("the browser could not draw the picture"));
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    });
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 2 * image.width, height: 2 * image.height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png");
    });
  };

  const failed = (error) => reportgen.say(`Not done: ${error.message}`);

  chart.copyPng = async (self) => {
    try {
      const picture = chart.pngOf(self);
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      reportgen.say("Picture copied");
    } catch {
      chart.savePng(self, "The browser lets no picture be copied here: saved as a file");
    }
  };
  /** The text of the file: drawing programs and editors take it from the clipboard. */
  chart.copySvg = (self) => reportgen.copy(chart.svgOf(self)).then(() => reportgen.say("Picture copied as SVG"), failed);
  chart.savePng = (self, words = "") => chart.pngOf(self).then((blob) => {
    reportgen.save(fileName(self, "png"), "image/png", blob);
    if (words) reportgen.say(words);
  }, failed);
  chart.saveSvg = (self) => reportgen.save(fileName(self, "svg"), "image/svg+xml", chart.svgOf(self));

  /** The points of all lines that are shown, all of them, also outside the window. */
  chart.csvOf = (self) => chart.data.csv(self.shown().map(({ spec }) => spec), chart.view().smooth);
  chart.saveCsv = (self) => {
    reportgen.save(fileName(self, "csv"), "text/csv", chart.csvOf(self));
    const words = chart.leftOut(self);
    if (words) reportgen.say(words);
  };
})();
