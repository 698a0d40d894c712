// Two images of a diff: side by side, as the page has them; one over the other with a bar to swipe;
// or in turns, which shows the smallest move.
(() => {
  "use strict";
  const { el } = reportgen;
  const BLINK = 700; // ms

  /** One stage with both images over each other, in the place of the two. */
  function stageOf(images, letters) {
    const [a, b] = images.map((image) => el("img", { src: image.getAttribute("src"), alt: image.alt }));
    const which = el("span", { class: "which ka", text: letters[0] });
    const stage = el("div", { class: "stage" }, a, b, which);
    return { stage, b, which };
  }

  function swipe(images, letters) {
    const { stage, b, which } = stageOf(images, letters);
    which.textContent = letters.join(" | ");
    const bar = el("input", { type: "range", class: "swipe-bar", min: "0", max: "100", value: "50", "aria-label": `How much of ${letters[0]} is shown, from the left` });
    const follow = () => { b.style.clipPath = `inset(0 0 0 ${bar.value}%)`; };
    bar.addEventListener("input", follow);
    stage.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && !event.buttons) return;
      const box = stage.getBoundingClientRect();
      bar.value = String(Math.round(((event.clientX - box.left) / box.width) * 100));
      follow();
    });
    follow();
    return { node: el("div", {}, stage, bar), stop: () => {} };
  }

  function blink(images, letters) {
    const { stage, b, which } = stageOf(images, letters);
    let isB = false;
    const turn = () => {
      isB = !isB;
      b.style.visibility = isB ? "visible" : "hidden";
      which.textContent = letters[Number(isB)];
      which.className = `which ${isB ? "kb" : "ka"}`;
    };
    b.style.visibility = "hidden";
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const timer = isStill ? 0 : setInterval(() => (stage.isConnected ? turn() : clearInterval(timer)), BLINK);
    const button = el("button", { type: "button", class: "act", text: "Switch", onclick: turn });
    return { node: el("div", {}, stage, isStill ? button : ""), stop: () => clearInterval(timer) };
  }

  const ways = { "Side by side": null, Swipe: swipe, Blink: blink };

  /** Give a pair of images (`figure.pair`) the buttons for these ways. */
  reportgen.diffimages = (pair) => {
    const two = pair.querySelector(".two");
    const images = [...two.querySelectorAll("img")];
    const letters = [...two.querySelectorAll(".half > span")].map((one) => one.textContent);
    if (images.length !== 2) return;
    let shown = null;
    const buttons = Object.entries(ways).map(([text, way]) => el("button", {
      type: "button", class: "act", text, "aria-pressed": String(!way), onclick: (event) => choose(event.currentTarget, way),
    }));
    const choose = (chosen, way) => {
      if (shown) { shown.stop(); shown.node.remove(); }
      shown = way ? way(images, letters) : null;
      two.hidden = Boolean(way);
      if (shown) two.after(shown.node);
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === chosen));
    };
    pair.dataset.live = "";
    two.before(el("div", { class: "acts", role: "group", "aria-label": "How to compare these images" }, ...buttons));
  };
  document.querySelectorAll("figure.pair").forEach(reportgen.diffimages);
})();
