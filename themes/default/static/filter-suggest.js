// Suggestions below the filter of the run table: fields as they are typed, then their values.
(() => {
  "use strict";
  const { el } = reportgen;
  const MOST = 8;
  const ATTRIBUTES = ["run_name", "status", "start_time", "end_time", "run_id", "user_id", "dataset.name", "dataset.digest", "dataset.context"];
  const VALUE = /(?:^|[\s(])(params|tags)\.(`(?:[^`]|``)+`|[\w./:-]+)\s*(?:=|!=)\s*('[^']*)?$/;
  const STATUS = /(?:^|[\s(])status\s*(?:=|!=)\s*('[^']*)?$/;
  const WORD = /(?:^|[\s(])([\p{L}\p{N}_./:`-]+)$/u;

  const spelled = (key) => (/^[\p{L}\p{N}_./:-]+$/u.test(key) ? key : `\`${key.replaceAll("`", "``")}\``);
  const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

  /** The names of all fields of a table. */
  const fieldsOf = (table) => [
    ...["metrics", "params", "tags"].flatMap((prefix) => [...table[prefix].keys()].map((key) => `${prefix}.${spelled(key)}`)),
    ...ATTRIBUTES,
  ];

  /** What may stand at the end of a text: {from, options}; from where on it takes the place of what is there. */
  function suggestions(text, table, fields) {
    const value = VALUE.exec(text);
    const status = STATUS.exec(text);
    if (value || status) {
      const typed = (value ? value[3] : status[1]) ?? "";
      const key = value?.[2].replace(/^`|`$/g, "").replaceAll("``", "`");
      const values = value ? table[value[1]].get(key)?.values ?? [] : table.statuses;
      const found = [...new Set(values)].filter((one) => one !== null && one.length <= 60);
      return { from: text.length - typed.length, options: ranked(found.map(quoted), typed) };
    }
    const word = WORD.exec(text)?.[1];
    if (!word) return { from: text.length, options: [] };
    const options = ranked(fields, word);
    return { from: text.length - word.length, options: options[0] === word && options.length === 1 ? [] : options };
  }

  /** The options that a word is part of, those that begin with it first. */
  function ranked(options, word) {
    const small = word.toLowerCase();
    const starts = (option) => {
      const text = option.toLowerCase();
      return text.startsWith(small) ? 0 : text.split(/[./_]/).some((part) => part.startsWith(small)) ? 1 : text.includes(small) ? 2 : 3;
    };
    return options.map((option) => [starts(option), option]).filter(([rank]) => rank < 3)
      .sort(([a], [b]) => a - b).slice(0, MOST).map(([, option]) => option);
  }

  /** Suggests in a text field; `taken()` is called once one of them was put in. */
  class Suggest {
    constructor(input, table, taken) {
      Object.assign(this, { input, table, taken, options: [], active: -1 });
      this.list = el("ul", { class: "rt-suggest", id: "rt-suggest", role: "listbox", "aria-label": "Suggestions", hidden: true });
      for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "rt-suggest" })) {
        input.setAttribute(name, value);
      }
      this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      this.list.addEventListener("click", (event) => {
        const line = event.target.closest("[role=option]");
        if (line) this.take(Number(line.dataset.place));
      });
      input.addEventListener("blur", () => this.close());
    }

    /** Suggest from a table as it is by now. */
    renew(table) { Object.assign(this, { table, fields: null }); }

    /** Suggest for what stands before the caret. */
    update() {
      const { input, table } = this;
      this.fields ??= fieldsOf(table);
      const before = input.value.slice(0, input.selectionStart);
      const { from, options } = suggestions(before, table, this.fields);
      this.from = from;
      this.options = options;
      this.active = -1;
      this.list.replaceChildren(...options.map((text, place) => el("li", {
        role: "option", id: `rt-suggest-${place}`, "data-place": place, "aria-selected": "false", text, title: text,
      })));
      this.show(options.length > 0);
    }

    show(isOpen) {
      this.list.hidden = !isOpen;
      this.input.setAttribute("aria-expanded", String(isOpen));
      this.point(-1);
    }

    close() { this.show(false); }

    point(place) {
      this.active = place;
      [...this.list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === place)));
      if (place >= 0) this.input.setAttribute("aria-activedescendant", `rt-suggest-${place}`);
      else this.input.removeAttribute("aria-activedescendant");
    }

    take(place) {
      const { input, from, options } = this;
      const caret = input.selectionStart;
      const text = `${options[place]} `;
      input.setRangeText(text, from, caret, "end");
      this.close();
      this.taken();
    }

    /** Whether a key was meant for the list. */
    onKey(event) {
      if (this.list.hidden) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        const size = this.options.length + 1; // one place is the field itself
        this.point(((this.active + 1 + step + size) % size) - 1);
      } else if (event.key === "Escape") this.close();
      else if (this.active >= 0 && (event.key === "Enter" || event.key === "Tab")) this.take(this.active);
      else return false;
      event.preventDefault();
      return true;
    }
  }

  reportgen.FilterSuggest = Suggest;
})();
