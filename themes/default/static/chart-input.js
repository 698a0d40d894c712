// Charts, what pointer and keys do: they move the cursor, zoom, pan, and bring a line forward.
(() => {
  "use strict";
  const chart = (reportgen.chart = reportgen.chart || {});
  const { data, axes } = chart;
  const { pointsAt, closest, point, hideAll } = chart.cursor;
  const LEAST_DRAG = 6; // px
  const REACH = 24; // px from a line at which a click means it
  const CALM = 120; // ms

  /** All listeners of a chart. */
  chart.listen = (self) => {
    listenToPointer(self);
    self.over.addEventListener("keydown", (event) => onKey(self, event));
    self.over.addEventListener("blur", () => leave());
  };

  let following = 0; // the frame in which the cursor goes where the pointer is

  /** Hide the cursor, also from a pointer that moved and has left since: its frame is still to come. */
  function leave() {
    cancelAnimationFrame(following);
    following = 0;
    hideAll();
  }

  // ---- pointer ----------------------------------------------------------------------------------

  let scrolled = -CALM; // when the page last moved under the pointer: it is not pointing then
  addEventListener("scroll", (event) => {
    if (event.timeStamp - scrolled > CALM) leave();
    scrolled = event.timeStamp;
  }, { passive: true });

  addEventListener("pointerdown", (event) => { // a finger that is lifted leaves the cursor where it was
    if (event.pointerType === "touch" && !event.target.closest(".ct-stage")) leave();
  });

  function listenToPointer(self) {
    const { stage } = self;
    const fingers = new Map(); // id of a pointer -> px
    let pinch = null; // the values that two fingers took hold of
    let drag = null; // { from, limits, pan }
    const place = (event) => {
      const box = stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const follow = ([x, y]) => {
      if (self.isInside(clamped(self, x), y)) point(self, valueAt(self, clamped(self, x)), y);
      else leave();
    };
    stage.addEventListener("pointermove", (event) => {
      if (fingers.has(event.pointerId)) fingers.set(event.pointerId, place(event)[0]);
      if (!self.plot || following || event.timeStamp - scrolled < CALM) return;
      following = requestAnimationFrame(() => {
        following = 0;
        if (!self.plot) return;
        if (pinch) pinched(self, pinch, [...fingers.values()]);
        else if (drag) dragged(self, drag, place(event)[0]);
        else follow(place(event));
      });
    });
    stage.addEventListener("pointerdown", (event) => {
      if (!self.plot || event.button !== 0) return;
      if (event.pointerType === "touch") {
        fingers.set(event.pointerId, place(event)[0]);
        pinch = fingers.size === 2 ? [...fingers.values()].map((x) => valueAt(self, x)) : null;
        if (pinch) leave();
        else follow(place(event));
        return;
      }
      drag = { from: place(event)[0], limits: self.window(), pan: event.shiftKey };
      stage.setPointerCapture(event.pointerId);
    });
    const end = (event) => {
      if (fingers.delete(event.pointerId)) pinch = null;
      if (!drag) return;
      const [x, y] = place(event);
      const isClick = Math.abs(x - drag.from) < LEAST_DRAG;
      if (event.type === "pointerup" && isClick) clicked(self, x, y);
      else if (event.type === "pointerup" && !drag.pan) {
        zoomTo(self, valueAt(self, clamped(self, Math.min(x, drag.from))), valueAt(self, clamped(self, Math.max(x, drag.from))));
      }
      self.chosen.hidden = true;
      drag = null;
    };
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
    stage.addEventListener("pointerleave", (event) => { if (!drag && event.pointerType !== "touch") leave(); });
    stage.addEventListener("dblclick", () => chart.change({ zoom: null }));
    stage.addEventListener("wheel", (event) => wheeled(self, event, place(event)[0]), { passive: false });
  }

  /** A click brings the line under it forward on all charts; one on it again, or beside, lets it go. */
  function clicked(self, x, y) {
    const front = self.plot && closest(pointsAt(self, valueAt(self, clamped(self, x))), y);
    const id = front && front.away < REACH && self.shown().length > 1 ? front.line.id : "";
    chart.pin(id);
  }

  const clamped = (self, x) => Math.min(self.frame.left + self.frame.width, Math.max(self.frame.left, x));
  const valueAt = (self, px) => self.limits[0] + ((px - self.frame.left) / self.frame.width) * (self.limits[1] - self.limits[0]);

  function dragged(self, drag, x) {
    const [low, high] = drag.limits;
    if (drag.pan) {
      const by = ((drag.from - x) / self.frame.width) * (high - low);
      panTo(self, low + by, high + by);
      return;
    }
    const [a, b] = [clamped(self, Math.min(x, drag.from)), clamped(self, Math.max(x, drag.from))];
    self.chosen.hidden = b - a < LEAST_DRAG;
    const { top, height } = self.frame;
    Object.assign(self.chosen.style, { left: `${a}px`, width: `${b - a}px`, top: `${top}px`, height: `${height}px` });
  }

  /** Two fingers: the values that they took hold of stay below them. */
  function pinched(self, [a, b], [x, y]) {
    const share = (b - a) / (y - x); // of the axis, for each px
    if (!(share > 0) || Math.abs(y - x) < LEAST_DRAG) return;
    const low = a - (x - self.frame.left) * share;
    zoomTo(self, low, low + self.frame.width * share);
  }

  /** Sideways wheels pan what is zoomed, a wheel with Ctrl zooms; all others scroll the page. */
  function wheeled(self, event, x) {
    if (!self.plot) return;
    const [low, high] = self.window();
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoomBy(self, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), valueAt(self, clamped(self, x)));
    } else if (self.isZoomed && Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      const by = (sideways / self.frame.width) * (high - low);
      panTo(self, low + by, high + by);
    }
  }

  // ---- zoom -------------------------------------------------------------------------------------

  function zoomTo(self, low, high) {
    const [first, last] = self.full;
    const a = Math.max(first, low);
    const b = Math.min(last, high);
    if (a <= first && b >= last) chart.change({ zoom: null });
    else if (b - a > (last - first) * 1e-9) chart.change({ zoom: [a, b] });
    leave();
  }

  function zoomBy(self, factor, around) {
    const [low, high] = self.window();
    zoomTo(self, around - (around - low) * factor, around + (high - around) * factor);
  }

  /** A window of the same width, kept within the data. */
  function panTo(self, low, high) {
    const [first, last] = self.full;
    const by = low < first ? first - low : high > last ? last - high : 0;
    if (self.isZoomed) chart.change({ zoom: [low + by, high + by] });
    leave();
  }

  // ---- keys -------------------------------------------------------------------------------------

  const KEYS = {
    ArrowLeft: (self, event) => walk(self, event.shiftKey ? -10 : -1),
    ArrowRight: (self, event) => walk(self, event.shiftKey ? 10 : 1),
    Home: (self) => walk(self, -Infinity),
    End: (self) => walk(self, Infinity),
    ArrowUp: (self) => change(self, -1),
    ArrowDown: (self) => change(self, 1),
    "+": (self) => zoomBy(self, 0.5, middle(self)),
    "=": (self) => zoomBy(self, 0.5, middle(self)),
    "-": (self) => zoomBy(self, 2, middle(self)),
    0: () => chart.change({ zoom: null }),
    Enter: (self) => keep(self),
    Escape: (self) => (self.tip.hidden ? false : leave()),
  };

  function onKey(self, event) {
    const act = KEYS[event.key];
    if (!act || !self.plot || event.altKey || event.ctrlKey || event.metaKey) return;
    if (act(self, event) !== false) event.preventDefault();
  }

  const middle = (self) => {
    const [low, high] = self.window();
    return self.at && !self.tip.hidden ? self.at.x : (low + high) / 2;
  };

  function lineInHand(self) {
    const shown = self.shown();
    const had = self.at && self.at.line && shown.find((line) => line.spec.name === self.at.line.spec.name);
    return had || shown.find((line) => !line.isQuiet) || shown[0];
  }

  /** Keep the line of the cursor in front, or let it go. */
  function keep(self) {
    const line = lineInHand(self);
    if (!line || self.shown().length < 2) return;
    chart.pin(line.id);
    self.spoken.textContent = `${line.spec.name} ${chart.view().front ? "stays in front" : "is no longer in front"}`;
  }

  /** Move the cursor by points of its line. */
  function walk(self, by) {
    const line = lineInHand(self);
    if (!line || !line.xs.length) return;
    const [low, high] = self.window();
    const first = data.from(line.xs, low);
    const last = Math.max(first, data.nearest(line.xs, high));
    const now = self.at && !self.tip.hidden ? data.nearest(line.xs, self.at.x) : by > 0 ? first - 1 : last + 1;
    const i = Math.max(first, Math.min(last, now + by));
    tellPoint(self, line, Number.isFinite(i) ? i : first);
  }

  /** Take the cursor to the next line, from top to bottom. */
  function change(self, by) {
    const x = self.at ? self.at.x : self.window()[1];
    const points = pointsAt(self, x).sort((a, b) => a.y - b.y);
    if (!points.length) return;
    const line = lineInHand(self);
    const now = points.findIndex((one) => one.line === line);
    const next = points[Math.max(0, Math.min(points.length - 1, now + by))];
    tellPoint(self, next.line, next.i);
  }

  function tellPoint(self, line, i) {
    const x = line.xs[i];
    const found = pointsAt(self, x).find((one) => one.line === line);
    point(self, x, found ? found.y : 0, found && { ...found, i, x });
    self.spoken.textContent = `${line.spec.name} ${reportgen.format.number(line.drawn[i])} at ${axes.place(x, self.kind)}`;
  }
})();
