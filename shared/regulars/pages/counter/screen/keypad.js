// The amount, typed like on a till: digits come in from the right. `setup` says the currency.
"use strict";
/**
 * @param {Setup} setup @param {CounterById} byId @param {() => boolean} busy
 * @param {(minor: number) => string} money
 */
function keypad(setup, byId, busy, money) {
  const LONGEST = 8;
  let digits = "";
  const minor = () => Number(digits || "0") * (setup.whole ? 10 ** setup.exponent : 1);

  function draw() {
    byId("sum").textContent = money(minor());
    byId("book").disabled = busy() || minor() === 0;
  }

  /** @param {string} key */
  function press(key) {
    if (key === "back") digits = digits.slice(0, -1);
    else if ((digits + key).length <= LONGEST) digits = (digits + key).replace(/^0+/, "");
    draw();
  }

  byId("keypad").addEventListener("click", (event) => {
    const key = /** @type {HTMLElement} */ (event.target).closest("[data-key]")?.dataset.key;
    if (key) press(key);
  });
  addEventListener("keydown", (event) => {
    if (byId("keypad").hidden || event.ctrlKey || event.metaKey) return;
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === "Backspace") press("back");
    else if (event.key === "Escape") byId("cancel").click();
  });

  function clear() {
    digits = "";
    draw();
  }

  return { minor, clear };
}
