// Plots, what hands hold of the parallel coordinates: axes that are brushed, titles that are moved.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el, svg } = reportgen;
  const ACROSS = 14; // px beside an axis where a drag brushes it
  const EDGE = 7; // px from the border of a brush where a drag moves the border
  const LETTER = 8; // px of a letter of a title
  const STILL = 4; // px within which a press is a click

  // ---- axes -------------------------------------------------------------------------------------

  /** Draw the axes with their ticks, and what they are brushed to. */
  function axes(plot) {
    const { frame, view } = plot;
    plot.axes.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    plot.axes.setAttribute("width", frame.width);
    plot.axes.setAttribute("height", frame.height);
    plot.axes.replaceChildren(...frame.axes.flatMap((axis, place) => parts(frame, axis, place, view.brush.get(axis.id))));
    for (const [place, button] of [...plot.titles.children].entries()) {
      button.classList.toggle("limited", view.brush.has(frame.axes[place].id));
    }
  }

  function parts(frame, axis, place, limits) {
    const { top, bottom, none } = frame;
    const isLast = place === frame.axes.length - 1;
    const found = [svg("path", { class: "a", d: `M${axis.x} ${top}V${bottom}` })];
    for (const tick of axis.scale.ticks) {
      const y = bottom - (bottom - top) * tick.at;
      found.push(svg("path", { class: "k", d: `M${axis.x - 3} ${y}h6` }));
      found.push(...label(axis.x, y, tick.label, isLast, ""));
    }
    if (axis.variable.values.some(Number.isNaN)) found.push(...label(axis.x, none, "none", isLast, " none"));
    for (const [high, low] of limits ? boxesOf(axis, frame, limits) : []) {
      found.push(svg("rect", { class: "brush", x: axis.x - 8, y: high, width: 16, height: Math.max(2, low - high), rx: 3 }));
      found.push(svg("path", { class: "edge", d: `M${axis.x - 8} ${high}h16M${axis.x - 8} ${low}h16` }));
    }
    return found;
  }

  /** A label beside an axis, on a ground that lines do not show through. */
  function label(x, y, text, isLast, more) {
    const width = 6.3 * text.length + 4;
    return [
      svg("rect", { class: "ground", x: isLast ? x + 6 : x - 6 - width, y: y - 7, width, height: 14, rx: 3 }),
      svg("text", { class: `label ${isLast ? "end" : "y"}${more}`, x: x + (isLast ? 8 : -8), y: y + 3.5 }, text),
    ];
  }

  /** The stretches of an axis that its limits let through: [[upper y, lower y]]. */
  function boxesOf(axis, { top, bottom }, limits) {
    const y = (share) => bottom - (bottom - top) * share;
    if (!limits.labels) return [[y(axis.scale.at(limits.to)), y(axis.scale.at(limits.from))]];
    const half = axis.scale.step / 2;
    return limits.labels.map((label) => axis.scale.at(axis.variable.labels.indexOf(label)))
      .map((share) => [y(share + half) + 2, y(share - half) - 2]);
  }

  // ---- titles -----------------------------------------------------------------------------------

  /** The titles above the axes: buttons, kept where they are the same, so that focus is not lost. */
  function titles(plot) {
    const { frame, titles: row, model } = plot;
    const kept = new Map([...row.children].map((button) => [button.dataset.id, button]));
    const wanted = frame.axes.map((axis) => kept.get(axis.id) || title(plot, axis));
    if (wanted.some((button, place) => row.children[place] !== button) || row.children.length !== wanted.length) {
      const focused = document.activeElement;
      row.replaceChildren(...wanted);
      if (wanted.includes(focused)) focused.focus();
    }
    plot.grips.replaceChildren(...frame.axes.map((axis) => {
      const grip = el("div", { class: "par-grip" }); // where a finger brushes instead of scrolling
      Object.assign(grip.style, { left: `${axis.x - ACROSS}px`, width: `${2 * ACROSS}px`, height: `${frame.bottom + 6}px` });
      return grip;
    }));
    const reach = Math.max(60, frame.room - 8) / 2;
    frame.axes.forEach((axis, place) => {
      const [left, right] = [Math.max(0, axis.x - reach), Math.min(frame.width, axis.x + reach)];
      wanted[place].style.width = `${right - left}px`;
      wanted[place].style.left = `${left}px`;
      wanted[place].firstChild.textContent = shortened(axis.variable.name, right - left - 14);
      wanted[place].classList.toggle("first", place === 0);
      wanted[place].classList.toggle("last", place === frame.axes.length - 1);
      wanted[place].classList.toggle("metric", model.metrics.includes(axis.variable));
    });
  }

  /** A name within so many px: its middle goes first, as names of one kind differ at the end. */
  function shortened(name, room) {
    const most = Math.max(6, Math.floor(room / LETTER));
    if (name.length <= most) return name;
    const end = Math.ceil((most - 1) / 2);
    return `${name.slice(0, most - 1 - end)}…${name.slice(-end)}`;
  }

  function title(plot, { id, variable }) {
    const button = el("button", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", title: `${variable.name}: press to set limits, drag to move the axis` }, el("span", { text: variable.name }));
    button.dataset.id = id;
    button.addEventListener("pointerdown", (event) => carry(plot, button, event));
    button.addEventListener("click", () => { if (!button.dataset.carried) opened(plot, button, id); });
    button.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || !(event.altKey || event.shiftKey)) return;
      event.preventDefault();
      move(plot, id, by);
    });
    return button;
  }

  function opened(plot, button, id) {
    const limit = (limits) => {
      const brush = new Map(plot.view.brush);
      if (limits) brush.set(id, limits);
      else brush.delete(id);
      plot.act.brush(brush, true);
    };
    plots.brush.dialog(button, plot.host, plot.model.byId.get(id), plot.view.brush.get(id), {
      limit,
      move: (by) => move(plot, id, by),
      hide: () => plot.act.order(plot.view.ids.filter((one) => one !== id)),
    });
  }

  function move(plot, id, by) {
    const ids = [...plot.view.ids];
    const place = ids.indexOf(id);
    const to = place + by;
    if (to < 0 || to >= ids.length) return;
    ids.splice(place, 1);
    ids.splice(to, 0, id);
    plot.act.order(ids);
    plot.said.textContent = `${plot.model.byId.get(id).name} is axis ${to + 1} of ${ids.length}`;
  }

  /** Drag a title: the axis changes places with each one it passes. */
  function carry(plot, button, down) {
    if (down.button !== 0) return;
    delete button.dataset.carried;
    const { id } = button.dataset;
    const onMove = (event) => {
      const far = event.clientX - down.clientX;
      if (!button.dataset.carried && Math.abs(far) < STILL) return;
      button.dataset.carried = "yes";
      plots.brush.close();
      const x = event.clientX - plot.box.getBoundingClientRect().left;
      const wanted = plot.frame.axes.reduce((best, axis, place) => (Math.abs(axis.x - x) < Math.abs(plot.frame.axes[best].x - x) ? place : best), 0);
      const now = plot.view.ids.indexOf(id);
      if (wanted !== now) move(plot, id, wanted - now);
    };
    tracked(button, down, onMove, () => setTimeout(() => delete button.dataset.carried));
  }

  /** Follow a pointer that was pressed until it is let go. */
  function tracked(node, down, onMove, onEnd) {
    node.setPointerCapture(down.pointerId);
    const end = () => {
      node.removeEventListener("pointermove", onMove);
      node.removeEventListener("pointerup", end);
      node.removeEventListener("pointercancel", end);
      onEnd();
    };
    node.addEventListener("pointermove", onMove);
    node.addEventListener("pointerup", end);
    node.addEventListener("pointercancel", end);
  }

  // ---- the pointer on the lines -----------------------------------------------------------------

  /** Hover finds lines, a drag along an axis brushes it, a click on a line chooses its run. */
  function listen(plot, { find, press }) {
    const { box } = plot;
    const at = (event) => {
      const area = box.getBoundingClientRect();
      return [event.clientX - area.left, event.clientY - area.top];
    };
    box.addEventListener("pointermove", (event) => {
      if (event.buttons || !plot.frame) return;
      const [x, y] = at(event);
      plots.parallel.show(plot, find(plot, x, y), event);
    });
    box.addEventListener("pointerleave", () => plot.frame && plots.parallel.show(plot, -1, null));
    box.addEventListener("blur", () => plot.frame && plots.parallel.show(plot, -1, null));
    box.addEventListener("keydown", (event) => press(plot, event));
    box.addEventListener("pointerdown", (event) => {
      const [x, y] = at(event);
      const axis = axisAt(plot, x);
      if (event.button !== 0) return;
      if (axis) brushing(plot, axis, y, event);
      else {
        const row = find(plot, x, y);
        if (row >= 0) plots.toggle(plot.model.table, row);
      }
    });
  }

  function axisAt({ frame }, x) {
    return frame.axes.find((axis) => Math.abs(axis.x - x) <= ACROSS) || null;
  }

  /** Drag on an axis: a new brush, the whole one moved, or one border; a click lifts it. */
  function brushing(plot, axis, startY, down) {
    plots.parallel.show(plot, -1, null);
    const { top, bottom } = plot.frame;
    const share = (y) => Math.max(0, Math.min(1, (bottom - y) / (bottom - top)));
    const before = plot.view.brush.get(axis.id);
    const old = before && !before.labels ? [axis.scale.at(before.from), axis.scale.at(before.to)] : null;
    const hold = old ? holdOf(old, share(startY), EDGE / (bottom - top)) : "new";
    let limits = before || null;
    let moved = false;
    const set = (isDone) => {
      const brush = new Map(plot.view.brush);
      if (limits) brush.set(axis.id, limits);
      else brush.delete(axis.id);
      plot.act.brush(brush, isDone);
    };
    const onMove = (event) => {
      const y = event.clientY - plot.box.getBoundingClientRect().top;
      if (!moved && Math.abs(y - startY) < STILL) return;
      moved = true;
      const [one, other] = dragTo(hold, old, share(startY), share(y));
      limits = plots.brush.dragged(axis.variable, axis.scale, one, other) || limits;
      set(false);
    };
    tracked(plot.box, down, onMove, () => {
      if (!moved) limits = null;
      set(true);
    });
  }

  const holdOf = ([low, high], at, edge) => {
    if (Math.abs(at - high) <= edge) return "high";
    if (Math.abs(at - low) <= edge) return "low";
    return at > low && at < high ? "whole" : "new";
  };

  function dragTo(hold, old, start, now) {
    if (hold === "high") return [old[0], now];
    if (hold === "low") return [now, old[1]];
    if (hold === "new") return [start, now];
    const by = Math.max(-old[0], Math.min(1 - old[1], now - start));
    return [old[0] + by, old[1] + by];
  }

  plots.grip = { axes, titles, listen };
})();
