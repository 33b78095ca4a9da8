// Keeps the code on the display fresh, and shows for a moment that a guest has used it.
"use strict";
(() => {
  const main = /** @type {HTMLElement} */ (document.getElementById("display"));
  const qr = /** @type {HTMLElement} */ (document.getElementById("qr"));
  const bar = /** @type {HTMLElement} */ (document.getElementById("bar"));
  const soon = /** @type {HTMLElement} */ (document.getElementById("soon"));
  const plus = /** @type {HTMLElement} */ (document.getElementById("plus"));

  const ASK_MS = 4000;
  const SHOWN_MS = 2000;
  const STEP_S = 30;

  /** @typedef {{ url: string | null, svg: string | null, expires_at: string, now: string, open: boolean, used: number, used_before: number }} Shown */

  /** @type {Shown | null} */
  let last = null;
  /** When the code turns over, by the clock of this device. */
  let turns = 0;
  let claimedUntil = 0;

  /** @param {string} name */
  function only(name) {
    for (const section of main.querySelectorAll("section")) {
      section.hidden = section.className !== name;
    }
    main.classList.toggle("gave", name === "claimed");
  }

  /** How many guests have used a code since the answer before.
   * @param {Shown} now */
  function since(now) {
    if (!last) return 0;
    if (last.url === now.url) return now.used - last.used;
    return now.used + Math.max(0, now.used_before - last.used);
  }

  /** @param {Shown} now */
  function show(now) {
    const fresh = since(now);
    if (fresh > 0) {
      plus.textContent = String(fresh);
      claimedUntil = Date.now() + SHOWN_MS;
    }
    if (now.svg && (!last || last.url !== now.url)) {
      // Our own server's picture, of our own link.
      const drawn = new DOMParser().parseFromString(now.svg, "text/html").querySelector("svg");
      if (drawn) qr.replaceChildren(drawn);
      qr.dataset.url = now.url ?? "";
    }
    turns = Date.now() + (Date.parse(now.expires_at) - Date.parse(now.now));
    last = now;
  }

  function tick() {
    const left = Math.max(0, Math.ceil((turns - Date.now()) / 1000));
    bar.style.width = `${Math.round((100 * Math.min(left, STEP_S)) / STEP_S)}%`;
    soon.textContent = (main.dataset.soon ?? "").replace("{n}", String(left));
    if (!last) return;
    if (Date.now() < claimedUntil) only("claimed");
    else if (Date.now() > turns + STEP_S * 1000)
      only("offline"); // a code nobody can use
    else only(last.open ? "code" : "closed");
  }

  async function ask() {
    try {
      const answer = await fetch("/staff/api/display", { headers: { Accept: "application/json" } });
      if (answer.status === 401) {
        location.reload();
        return;
      }
      if (answer.ok) show(/** @type {Shown} */ (await answer.json()));
    } catch {
      // The network is gone: the code is left until it is too old, then it is taken away.
    }
    tick();
    const wait = turns > Date.now() ? Math.min(ASK_MS, turns - Date.now() + 200) : ASK_MS;
    setTimeout(ask, wait);
  }

  /** Keeps the screen on while the page can be seen, where the browser can. */
  async function stayAwake() {
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      // Not allowed just now, as on a low battery.
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void stayAwake();
  });
  void stayAwake();
  setInterval(tick, 1000);
  void ask();
})();
