// What stands above the run table: the filter with its mistakes, chips, menus, the bar of the chosen.
(() => {
  "use strict";
  const { el, svg, format } = reportgen;

  const icon = (path, size = 16) => svg("svg", { viewBox: "0 0 16 16", width: size, height: size, class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
  const ICONS = {
    filter: "M2 4h12M4.5 8h7M7 12h2",
    cross: "m4.5 4.5 7 7m0-7-7 7",
    down: "m4.5 6.5 3.5 3.5 3.5-3.5",
  };

  const button = (text, attributes, ...more) =>
    el("button", { type: "button", class: "btn", ...attributes }, text, ...more);

  /** A text field that reads a filter; it marks the place of a mistake and says what is wrong. */
  class FilterBox {
    /** `ask(text)` gives the words of a result and throws FilterErrors; `use(text)` takes it. */
    constructor(example, table, { ask, use }) {
      this.ask = ask;
      this.use = use;
      this.mirror = el("div", { class: "mirror", "aria-hidden": "true" });
      this.input = el("input", {
        type: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", placeholder: `Filter, such as ${example}`,
        "aria-label": "Filter runs", "aria-describedby": "rt-mistake",
        oninput: () => { this.typed(); this.suggest.update(); }, onscroll: () => this.follow(),
        onkeydown: (event) => this.onKey(event), onblur: () => { if (this.input.value !== this.told) this.settle(); },
      });
      this.clear = el("button", { type: "button", class: "clear", "aria-label": "Take the filter out", hidden: true,
        onclick: () => { this.input.value = ""; this.settle(); this.input.focus(); } }, icon(ICONS.cross, 14));
      this.message = el("p", { class: "rt-mistake", id: "rt-mistake", role: "status" });
      this.suggest = new reportgen.FilterSuggest(this.input, table, () => this.typed());
      this.box = el("div", { class: "rt-filter" }, icon(ICONS.filter), this.mirror, this.input, this.suggest.list, this.clear);
    }

    /** Show a filter that came from the address. */
    show(text) {
      if (this.input.value !== text) this.input.value = text;
      this.judge(text, true);
    }

    typed() {
      const text = this.input.value;
      this.message.replaceChildren();
      this.mirror.replaceChildren();
      this.clear.hidden = text === "";
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => {
        if (this.judge(text, false)) this.use(text);
        else this.waiting = setTimeout(() => this.judge(text, this.suggest.list.hidden), 500);
      }, 120);
    }

    /** Take what stands in the field now. */
    settle() {
      clearTimeout(this.waiting);
      const text = this.input.value;
      if (this.judge(text, true, true)) this.use(text);
    }

    onKey(event) {
      if (this.suggest.onKey(event)) return;
      if (event.key === "Enter") {
        this.suggest.close();
        this.settle();
      }
      if (event.key === "Escape" && this.input.value) {
        this.input.value = "";
        this.settle();
      }
    }

    /** Whether a text is a filter; with `tells`, a mistake is told. */
    judge(text, tells, isSettled = false) {
      this.clear.hidden = text === "";
      if (tells) this.told = text; // told again, its button would be gone before it can be clicked
      try {
        const { absent } = this.ask(text);
        this.tell(absent.length ? this.missing(absent) : [], null);
        return true;
      } catch (error) {
        if (error.name !== "FilterError") throw error;
        if (tells) this.tell(this.mistake(error, text), error, text, isSettled);
        return false;
      }
    }

    tell(words, error, text = "", isSettled = false) {
      this.message.replaceChildren(...words);
      this.message.classList.toggle("wrong", error !== null);
      this.box.classList.toggle("wrong", error !== null);
      this.input.setAttribute("aria-invalid", error ? "true" : "false");
      if (!error) { this.mirror.replaceChildren(); return; }
      const end = error.at + error.length;
      this.mirror.replaceChildren(text.slice(0, error.at), el("mark", { text: text.slice(error.at, end).padEnd(1, "\u00a0") }), text.slice(end));
      if (document.activeElement !== this.input || isSettled) this.reach();
      this.follow();
    }

    /** Bring the mistake into sight. */
    reach() {
      const { offsetLeft, offsetWidth } = this.mirror.querySelector("mark");
      const { clientWidth, scrollLeft } = this.input;
      const seen = offsetLeft >= scrollLeft && offsetLeft + offsetWidth <= scrollLeft + clientWidth;
      if (!seen) this.input.scrollLeft = Math.max(0, offsetLeft - clientWidth / 2);
    }

    follow() {
      this.mirror.scrollLeft = this.input.scrollLeft;
    }

    missing(absent) {
      const names = absent.map(({ typed }) => typed).join(", ");
      return [`No run here has ${names}. Test metrics, where they stand apart, cannot be filtered by.`];
    }

    mistake(error, text) {
      const place = [...text.slice(0, error.at)].length + 1;
      const words = [el("b", { text: `Position ${place}: ` }), `${error.message}. `, el("span", { text: upper(error.hint) })];
      const word = text.trim();
      if (word && !/[=<>!'"`()]|\s(?:in|is|like|ilike)\s/i.test(word)) {
        const filter = `run_name ILIKE '%${word}%'`;
        words.push(" ", el("button", { type: "button", class: "as-link", text: `Find names with “${word}”`,
          onclick: () => { this.input.value = filter; this.settle(); this.input.focus(); } }));
      }
      return words;
    }
  }

  const upper = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

  /** A panel that opens below a button: closes by Escape, a click elsewhere, or a choice. */
  class Panel {
    constructor(host) {
      this.host = host;
      document.addEventListener("pointerdown", (event) => {
        if (this.panel && !this.panel.contains(event.target) && !this.opener.contains(event.target)) this.close(false);
      });
    }

    toggle(opener, make, back = opener) {
      const wasOpen = this.opener === opener;
      this.close(false);
      if (wasOpen) return;
      this.opener = opener;
      this.back = back;
      this.panel = make();
      this.panel.classList.add("rt-panel");
      this.panel.addEventListener("keydown", (event) => this.onKey(event));
      this.panel.addEventListener("focusout", ({ relatedTarget }) => {
        if (relatedTarget && this.panel && !this.panel.contains(relatedTarget) && !this.opener.contains(relatedTarget)) this.close(false);
      });
      opener.setAttribute("aria-expanded", "true");
      this.host.append(this.panel);
      this.put();
      (this.panel.querySelector("input, [role^=menuitem]") ?? this.panel).focus({ preventScroll: true });
    }

    /** Below the opener, within the width of the host. */
    put() {
      const [host, opener] = [this.host.getBoundingClientRect(), this.opener.getBoundingClientRect()];
      const most = Math.max(8, host.width - this.panel.offsetWidth - 8);
      this.panel.style.left = `${Math.min(most, Math.max(8, opener.left - host.left))}px`;
      this.panel.style.top = `${opener.bottom - host.top + 4}px`;
    }

    close(returns = true) {
      if (!this.panel) return;
      const { panel, opener, back } = this;
      this.panel = this.opener = null;
      opener.setAttribute("aria-expanded", "false");
      panel.remove();
      if (returns) back.focus({ preventScroll: true });
    }

    onKey(event) {
      if (event.key === "Escape") { event.stopPropagation(); this.close(); return; }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [...this.panel.querySelectorAll("[role^=menuitem], input")];
      if (!step || stops.length < 2) return;
      event.preventDefault();
      const here = stops.indexOf(document.activeElement);
      stops[(here + step + stops.length) % stops.length].focus();
    }
  }

  /** A menu: entries [text, action, {checked, hint}], null for a line between. */
  function menu(label, entries, panel) {
    const items = entries.filter((entry, place) => entry || (place && entries[place + 1])).map((entry) => {
      if (!entry) return el("hr");
      const [text, action, { checked, hint } = {}] = entry;
      const role = checked === undefined ? "menuitem" : "menuitemradio";
      return el("button", { type: "button", role, "aria-checked": checked === undefined ? null : String(checked), tabindex: "-1",
        onclick: () => { panel.close(); action(); } }, el("span", { text }), hint ? el("small", { text: hint }) : null);
    });
    return el("div", { role: "menu", "aria-label": label, class: "menu" }, ...items);
  }

  /** A chip that tells of something that is switched on, with a button that takes it out. */
  const chip = (text, label, remove, ...more) => el("span", { class: "chip" }, el("span", { text }), ...more,
    el("button", { type: "button", class: "clear", "aria-label": label, onclick: remove }, icon(ICONS.cross, 12)));

  /** The bar that appears once runs are chosen. */
  function chosenBar({ count, elsewhere, links, clear }) {
    const words = format.plural(count, "run");
    return [
      el("span", { class: "words" }, el("b", { text: `${words} chosen` }), elsewhere ? el("small", { text: `${elsewhere} of another experiment` }) : null),
      ...links.map(({ text, href, primary, title }) => (href
        ? el("a", { class: `btn${primary ? " primary" : ""}`, href, text, title })
        : el("span", { class: "off", text: title }))),
      button("Clear", { onclick: clear }),
    ];
  }

  reportgen.tableTools = { FilterBox, Panel, menu, chip, chosenBar, button, icon, ICONS };
})();
