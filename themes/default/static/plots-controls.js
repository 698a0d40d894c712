// Plots, controls: a choice with a label, a row of buttons of which one is pressed.
(() => {
  "use strict";
  const plots = (reportgen.plots = reportgen.plots || {});
  const { el } = reportgen;

  /** A labelled choice: {node, show(value), offer(choices)}, the last for other choices than at first. */
  plots.select = (label, choices, onChange) => {
    const box = el("select");
    let offered = "";
    const offer = (pairs) => {
      const sign = JSON.stringify(pairs);
      if (sign === offered) return;
      offered = sign;
      const now = box.value;
      box.replaceChildren(...pairs.map(([value, text]) => el("option", { value, text })));
      if (pairs.some(([value]) => value === now)) box.value = now;
    };
    offer(choices);
    box.addEventListener("change", () => onChange(box.value));
    return { node: el("label", { class: "plot-select" }, el("span", { text: label }), box), offer, show: (value) => { box.value = value; } };
  };

  /** A row of buttons of which one is pressed: {node, show(value)}. */
  plots.segments = (label, choices, onChange) => {
    const buttons = choices.map(([value, text, title]) => el("button", { type: "button", text, title, onclick: () => onChange(value) }));
    const show = (now) => buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(choices[at][0] === now)));
    return { node: el("div", { class: "plot-seg", role: "group", "aria-label": label }, buttons), show };
  };
})();
