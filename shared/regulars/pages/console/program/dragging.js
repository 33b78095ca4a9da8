// Rows of the editor are put into order by their handle, with a mouse, a pen or a finger. What is
// let go elsewhere says so with the event "moved"; the editor sends it. Buttons and keys do the same.
"use strict";
(() => {
  const NEAR_PX = 72;
  const STEP_PX = 12;
  /** @type {{ row: HTMLElement, pointer: number, grip: number, y: number, from: number } | null} */
  let held = null;

  /** @param {HTMLElement} row */
  const rows = (row) =>
    /** @type {HTMLElement[]} */ ([.../** @type {Element} */ (row.parentElement).children]).filter((one) =>
      one.matches("[data-movable]"),
    );

  /** Where a row stands without being lifted. @param {HTMLElement} row */
  function place(row) {
    row.style.transform = "";
    return row.getBoundingClientRect();
  }

  // The row follows the pointer; it takes the place of the row beside it when it is over the half of that.
  function follow() {
    if (!held) return;
    const { row, grip, y } = held;
    const height = row.offsetHeight;
    const top = y - grip;
    const all = rows(row);
    const at = all.indexOf(row);
    const [above, below] = [all[at - 1], all[at + 1]];
    const middle = (/** @type {HTMLElement} */ one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    // It is the other row that moves: what is held keeps its pointer.
    if (above && top < middle(above)) row.after(above);
    else if (below && top + height > middle(below)) row.before(below);
    row.style.transform = `translateY(${top - place(row).top}px)`;
  }

  // At the edge of the window the page goes on.
  function scroll() {
    if (!held) return;
    const by = held.y < NEAR_PX ? -STEP_PX : held.y > innerHeight - NEAR_PX ? STEP_PX : 0;
    if (by) {
      scrollBy(0, by);
      follow();
    }
    requestAnimationFrame(scroll);
  }

  /** @param {boolean} keep */
  function letGo(keep) {
    if (!held) return;
    const { row, from } = held;
    held = null;
    row.style.transform = "";
    row.classList.remove("lifted");
    const all = rows(row);
    const to = all.indexOf(row);
    if (to === from) return;
    if (keep) row.dispatchEvent(new CustomEvent("moved", { bubbles: true, detail: to }));
    else if (to < from) all[from]?.after(row);
    else all[from]?.before(row);
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = /** @type {Element} */ (event.target).closest(".handle");
    const row = /** @type {HTMLElement | null} */ (handle?.closest("[data-movable]") ?? null);
    if (!handle || !row || event.button !== 0 || held) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const grip = event.clientY - row.getBoundingClientRect().top;
    held = { row, pointer: event.pointerId, grip, y: event.clientY, from: rows(row).indexOf(row) };
    row.classList.add("lifted");
    requestAnimationFrame(scroll);
  });
  document.addEventListener("pointermove", (event) => {
    if (held?.pointer !== event.pointerId) return;
    held.y = event.clientY;
    follow();
  });
  document.addEventListener("pointerup", (event) => {
    if (held?.pointer === event.pointerId) letGo(true);
  });
  document.addEventListener("pointercancel", (event) => {
    if (held?.pointer === event.pointerId) letGo(false);
  });
  document.addEventListener("keydown", (event) => {
    if (held && event.key === "Escape") letGo(false);
  });
})();
