// The second tap of a double tap is meant for what was under the finger before. Where that has gone,
// because a booking or a next guest took its place, the tap would press a key that nobody has seen yet:
// it is ignored. Digits are typed as fast as that on purpose, so those of the amount always count.
"use strict";

(() => {
  const SOON_MS = 400;
  const NEAR_PX = 48;
  /** @type {{ at: number, x: number, y: number, area: Element } | null} */
  let first = null;

  /** @param {EventTarget | null} target @returns {Element} the panel that a key stands in */
  const areaOf = (target) =>
    (target instanceof Element && target.closest(":is(section, div, nav, form, dialog)[id]")) || document.body;

  addEventListener(
    "click",
    (event) => {
      if (!event.detail) return; // by a keyboard or a script
      const { timeStamp: at, clientX: x, clientY: y } = event;
      const isSecond = first && at - first.at < SOON_MS && Math.hypot(x - first.x, y - first.y) < NEAR_PX;
      const area = areaOf(event.target);
      if (isSecond && area.id !== "pad" && !first?.area.getClientRects().length) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      first = { at, x, y, area };
    },
    true,
  );

  // Who types in between has looked: what is tapped then is no second tap.
  addEventListener("keydown", () => (first = null), true);
})();
