// The amount, typed like on a till: digits come in from the right. `setup` says the currency.
"use strict";
/**
 * @param {Setup} setup @param {CounterById} byId @param {(minor: number) => string} money
 * @param {(minor: number) => void} done
 */
function keypad(setup, byId, money, done) {
  const LONGEST = 8;
  let digits = "";
  const minor = () => Number(digits || "0") * (setup.whole ? 10 ** setup.exponent : 1);

  function draw() {
    byId("sum").textContent = money(minor());
    byId("enter").disabled = minor() === 0;
  }

  /** @param {string} key */
  function press(key) {
    if (key === "back") digits = digits.slice(0, -1);
    else if ((digits + key).length <= LONGEST) digits = (digits + key).replace(/^0+/, "");
    draw();
  }

  byId("pad").addEventListener("click", (event) => {
    const key = /** @type {HTMLElement} */ (event.target).closest("[data-key]")?.dataset.key;
    if (key) press(key);
  });
  byId("enter").addEventListener("click", () => done(minor()));

  return {
    press,
    /** @param {number} [before] what was typed before */
    open(before = 0) {
      digits = before ? String(setup.whole ? before / 10 ** setup.exponent : before) : "";
      draw();
    },
  };
}
