// The programme editor: a row is saved when something in it was changed, card and counter follow.
"use strict";
(() => {
  const LIVE = ["edit", "looks", "unpublished"];
  let sending = 0;

  document.documentElement.classList.add("scripted");

  /** @param {HTMLFormElement} form @param {string} what */
  async function send(form, what) {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) fields.append(name, String(value));
    fields.set("do", what);
    sending += 1;
    const mine = sending;
    const answer = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
    if (mine !== sending || !answer) return;
    const text = await answer.text();
    // Who must sign in first does so; what was typed waits.
    if (answer.redirected && !text.includes('id="edit"')) location.assign(answer.url);
    else show(text);
  }

  /** @param {string} text */
  function show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const at = active?.id ?? "";
    const open = new Set([...document.querySelectorAll("details[open]")].map(place));
    for (const id of LIVE) {
      const now = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (now && fresh) now.replaceWith(fresh);
    }
    for (const one of document.querySelectorAll("details")) {
      if (open.has(place(one))) /** @type {HTMLDetailsElement} */ (one).open = true;
    }
    const mistakes = document.getElementById("mistakes");
    if (mistakes) mistakes.focus();
    else if (at) document.getElementById(at)?.focus();
  }

  /** @param {Element} one */
  function place(one) {
    const row = one.closest("[data-row]");
    return `${row?.id} ${row ? [...row.querySelectorAll("details")].indexOf(/** @type {HTMLDetailsElement} */ (one)) : ""}`;
  }

  document.addEventListener("change", (event) => {
    const form = /** @type {Element} */ (event.target).closest("form[data-row]");
    if (form) send(/** @type {HTMLFormElement} */ (form), "");
  });

  // Rows change their places by their handle (see dragging.js), or with Alt and an arrow.
  document.addEventListener("moved", (event) => {
    const moved = /** @type {CustomEvent<number>} */ (event);
    send(/** @type {HTMLFormElement} */ (moved.target), `to:${moved.detail}`);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const form = /** @type {Element} */ (event.target).closest("form[data-movable]");
    if (!form) return;
    event.preventDefault();
    send(/** @type {HTMLFormElement} */ (form), event.key === "ArrowUp" ? "up" : "down");
  });
})();
