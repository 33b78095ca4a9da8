// Draws the keys of the programme, the ones that are used most first, and the line that books.
"use strict";

/** @param {Setup} setup @param {CounterById} byId @param {Wording} words @param {KeysScreen} screen */
function saleKeys(setup, byId, words, screen) {
  const USED = `regulars.used.${setup.device}`;
  const { fill, money, number } = words;
  const say = setup.words;

  /** @returns {Record<string, number>} */
  function uses() {
    try {
      return JSON.parse(localStorage.getItem(USED) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }

  /** @param {string[]} ids */
  function used(ids) {
    const known = uses();
    for (const id of ids) known[id] = (known[id] ?? 0) + 1;
    try {
      localStorage.setItem(USED, JSON.stringify(known));
    } catch {
      // Then the keys stay in the order of the programme.
    }
  }

  // The order is made once: keys do not move under a finger.
  const known = uses();
  const order = [...setup.keys].sort((a, b) => (known[b.id] ?? 0) - (known[a.id] ?? 0));
  const buttons = order.map((key, place) => {
    const cell = document.createElement("div");
    cell.className = place ? "key" : "key main";
    const button = document.createElement("button");
    button.type = "button";
    button.id = { visit: "plus", amount: "amount", goods: `key-${key.id}` }[key.kind];
    const name = document.createElement("b");
    name.textContent = key.name;
    const hint = document.createElement("span");
    button.append(name, hint);
    const times = document.createElement("i");
    const less = document.createElement("button");
    less.type = "button";
    less.className = "less";
    less.textContent = "−";
    less.setAttribute("aria-label", fill(say.less, { what: key.name }));
    cell.append(button, times, less);
    button.addEventListener("click", () => screen.tap(key));
    less.addEventListener("click", () => screen.less(key));
    return { key, cell, name, hint, times, less, button };
  });
  byId("keys").replaceChildren(...buttons.map(({ cell }) => cell));

  /** @param {ScreenState} state */
  function draw(state) {
    const { sale } = state;
    const counted = Boolean(state.guest?.counted);
    const isOpen = state.phase === "guest";
    const isSale = !isEmptySale(setup, sale);
    for (const { key, cell, name, hint, times, less, button } of buttons) {
      const count = key.kind === "goods" && !key.single ? (sale.counts[key.id] ?? 0) : 0;
      const minor = sale.minors[key.kind === "amount" ? WHOLE : key.id] ?? 0;
      const shown = key.kind !== "visit" && (key.kind === "amount" || key.single) && minor;
      name.textContent = shown ? money(minor) : key.name;
      hint.textContent = shown ? (key.kind === "amount" ? say.changeAmount : key.name) : key.hint;
      times.textContent = count ? `×${number(count)}` : "";
      times.hidden = less.hidden = !count;
      cell.classList.toggle("chosen", Boolean(count || shown));
      // A sale is a visit already: nobody taps both.
      button.disabled = less.disabled = !isOpen || (key.kind === "visit" && isSale);
    }
    const lacks = needsAmount(setup, sale);
    byId("book").hidden = !isSale;
    byId("book").disabled = !isOpen;
    byId("book").textContent = lacks ? say.typeAmount : fill(say.book, { what: saleWords(setup, sale, money) });
    byId("counter").classList.toggle("selling", isSale);
    byId("alsoCounted").hidden = !counted;
  }

  return { draw, used };
}
