// The card page: a fresh code while it is looked at, and news as they come.
// Everything the page does works without this file too, only not by itself.
"use strict";
(() => {
  const main = /** @type {CardMain} */ (document.querySelector("main.card"));
  const path = main.dataset.path;
  /** @type {ById<CardElements>} */
  const byId = (id) => /** @type {any} */ (document.getElementById(id));
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let { etag, seen } = main.dataset;

  // --- the rotating code ---------------------------------------------------------------------
  const panel = byId("code");
  let codeSeen = false;
  let codeTimer = 0;
  /** @type {Animation | undefined} */
  let bar;

  /** @param {string} code */
  function codeGroups(code) {
    if (/[-\s]/.test(code)) return code;
    const size = [3, 4, 5].find((each) => code.length % each === 0) ?? 4;
    return code.match(new RegExp(`.{1,${size}}`, "g"))?.join(" ") ?? code;
  }

  /** @param {number} left @param {number} life both in ms */
  function showCode(left, life) {
    const ends = performance.now() + left;
    const until = byId("until");
    panel.classList.remove("old");
    bar?.cancel();
    bar = byId("left").animate([{ transform: `scaleX(${Math.min(1, left / life)})` }, { transform: "scaleX(0)" }], {
      duration: left,
      fill: "forwards",
    });
    clearInterval(codeTimer);
    const count = () => {
      const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
      until.textContent = until.dataset.text.replace("{s}", String(seconds));
      if (seconds > 0) return;
      clearInterval(codeTimer);
      panel.classList.add("old");
      newCode(0);
    };
    count();
    codeTimer = setInterval(count, 500);
  }

  /**
   * Asks for a code only while somebody can see it.
   * @param {number} tries how many failed before
   */
  async function newCode(tries) {
    if (document.hidden || !codeSeen) return;
    try {
      const answer = await fetch(`${path}/code`, { headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = await answer.json();
      if (main.classList.contains("card-old")) return location.reload();
      const life = Number(panel.dataset.life);
      const left = Math.min(life, Math.max(1000, Date.parse(fresh.expires_at) - serverNow(answer)));
      byId("see").innerHTML = fresh.svg;
      byId("typed").textContent = codeGroups(fresh.code);
      showCode(left, life);
    } catch (error) {
      const noNetwork = error instanceof TypeError || error instanceof SyntaxError;
      if (noNetwork && (await ownCode())) return;
      byId("until").textContent = byId("until").dataset.again;
      setTimeout(() => newCode(tries + 1), Math.min(15000, 1000 * 2 ** tries));
    }
  }

  // --- without network ---------------------------------------------------------------------------
  const offline = /** @type {OfflineCard | undefined} */ (/** @type {any} */ (globalThis).offlineCard);
  const banner = byId("offline");

  /** The card as it was: grey, after the code, with its age. */
  function showOld() {
    if (!banner || !main.classList.replace("card", "card-old")) return;
    main.classList.add("card");
    banner.hidden = false;
  }

  /** A code of this device's own. @returns {Promise<boolean>} */
  async function ownCode() {
    const made = await offline?.code(path).catch(() => null);
    const svg = made && offline?.qr(made.url);
    if (!made || !svg) return false;
    showOld();
    byId("see").innerHTML = svg;
    byId("typed").textContent = `${made.code.slice(0, 5)} ${made.code.slice(5)}`;
    showCode(made.left, made.life);
    return true;
  }

  if ("serviceWorker" in navigator && banner && offline) {
    addEventListener("online", () => location.reload());
    if (main.dataset.kept) {
      showOld();
      ownCode();
    } else {
      keepPage().catch(() => {});
    }
  }

  /** Keep this page, its scripts and the key for the time without network. */
  async function keepPage() {
    if (!path.startsWith("/card/")) return;
    await navigator.serviceWorker.register("/card/sw.js");
    await offline?.learn(path);
    const kept = await caches.open("card-1");
    await kept.addAll(
      [...document.querySelectorAll("script[src]")].map((it) => /** @type {HTMLScriptElement} */ (it).src),
    );
    const answer = await fetch(path, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const headers = new Headers(answer.headers);
    headers.delete("content-encoding");
    await kept.put(path, new Response(await answer.blob(), { headers }));
  }

  // Who takes the card off this phone takes what was kept of it, too.
  document.addEventListener("submit", (event) => {
    const to = /** @type {HTMLFormElement} */ (event.target).action;
    if (/\/(forget|switch)$/.test(to)) offline?.forget();
  });

  /**
   * A phone's clock may be minutes off: time is counted from the server's own.
   * @param {Response} answer
   */
  function serverNow(answer) {
    return Date.parse(answer.headers.get("date") ?? "") || Date.now();
  }

  const codeIsOld = () => panel.classList.contains("old");

  if (panel) {
    new IntersectionObserver((entries) => {
      codeSeen = entries[entries.length - 1].isIntersecting;
      if (codeSeen && codeIsOld()) newCode(0);
      if (codeSeen) wake();
    }).observe(panel);
    byId("see").addEventListener("click", () => {
      const big = panel.classList.toggle("big");
      byId("see").setAttribute("aria-pressed", String(big));
    });
    codeSeen = true;
    showCode(Number(panel.dataset.left), Number(panel.dataset.life));
  }

  // --- the codes of vouchers: one is open at a time ---------------------------------------------
  let voucherTimer = 0;

  /** @param {HTMLDetailsElement} details */
  async function newVoucherCode(details) {
    clearTimeout(voucherTimer);
    const typed = details.querySelector(".typed");
    if (!details.open || !details.isConnected || document.hidden || !typed) return;
    let wait = 3000;
    try {
      const id = encodeURIComponent(details.dataset.id ?? "");
      const answer = await fetch(`${path}/code?voucher=${id}`, { headers: { accept: "application/json" } });
      if (answer.status === 403 || answer.status === 404) return;
      if (answer.ok) {
        const fresh = await answer.json();
        const qr = details.querySelector(".qr");
        if (!qr || typed.textContent?.replace(/\s/g, "") !== fresh.code) {
          qr?.remove();
          typed.insertAdjacentHTML("beforebegin", fresh.svg);
          typed.textContent = codeGroups(fresh.code);
        }
        wait = Math.max(1000, Date.parse(fresh.expires_at) - serverNow(answer));
      }
    } catch {
      // No connection: the code is asked for again, and the old one is good for a step more.
    }
    clearTimeout(voucherTimer);
    voucherTimer = setTimeout(newVoucherCode, wait, details);
  }

  const openVoucher = () => document.querySelector("details.voucher[open]");
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target === openVoucher()) newVoucherCode(/** @type {HTMLDetailsElement} */ (event.target));
    },
    true,
  );

  // --- half a minute after a reward was redeemed ------------------------------------------------
  function redeemed() {
    const hero = byId("hero");
    const left = Number(hero?.dataset.left ?? 0);
    if (!left || hero?.classList.contains("timed")) return;
    hero?.classList.add("timed");
    byId("rest")?.animate([{ transform: `scaleX(${left / 30000})` }, { transform: "scaleX(0)" }], {
      duration: left,
      fill: "forwards",
    });
    setTimeout(() => redraw().catch(() => {}), left + 200);
  }
  redeemed();

  // --- a reward's own screen: light, awake, closed with Escape ------------------------------------
  /** @type {WakeLockSentinel | undefined} */
  let awake;
  document.addEventListener(
    "toggle",
    async () => {
      await awake?.release().catch(() => {});
      awake = openVoucher() ? await navigator.wakeLock?.request("screen").catch(() => undefined) : undefined;
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const shown = openVoucher();
    if (event.key !== "Escape" || !shown) return;
    shown.open = false;
    shown.querySelector("summary")?.focus();
  });

  // --- news ----------------------------------------------------------------------------------
  const WAITS = [1500, 2000, 3000, 5000, 8000, 12000]; // a stamp comes soon after the code was shown
  const SLEEP_AFTER = 120000; // who looks longer than that taps, or comes back
  let since = performance.now();
  let quiet = 0;
  let newsTimer = 0;
  let asleep = false;

  function wake() {
    since = performance.now();
    quiet = 0;
    plan(WAITS[0]);
  }

  // After a while of not asking the page is fetched again: its note may be over.
  async function comeBack() {
    const missed = asleep || performance.now() - since > SLEEP_AFTER;
    asleep = false;
    wake();
    if (missed) await redraw().catch(() => {});
  }

  /** @param {number} delay in ms */
  function plan(delay) {
    clearTimeout(newsTimer);
    newsTimer = setTimeout(news, delay);
  }

  async function news() {
    asleep = performance.now() - since > SLEEP_AFTER;
    if (document.hidden || asleep) return;
    try {
      const asked = `${path}/state?since=${encodeURIComponent(seen)}`;
      const answer = await fetch(asked, { headers: { "if-none-match": etag } });
      if (answer.status === 200) {
        await redraw();
        wake();
        return;
      }
    } catch {
      // No connection: it is asked again, a little later.
    }
    quiet += 1;
    plan(WAITS[Math.min(quiet, WAITS.length - 1)]);
  }

  // Fetch the page again and put in the parts that differ; the code and its clock stay.
  async function redraw() {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = next.querySelector("main.card");
    if (!fresh) return;
    if (main.classList.contains("card-old")) return location.reload();
    ({ etag, seen } = fresh.dataset);
    const had = stamps(document);
    const open = new Set([...document.querySelectorAll("details[open]")].map((d) => d.dataset.id));
    const known = new Set([...document.querySelectorAll(".voucher")].map((d) => d.dataset.id));
    for (const id of /** @type {const} */ (["hero", "vouchers", "next", "running", "tier", "rewards", "history"])) {
      const [mine, theirs] = [byId(id), next.getElementById(id)];
      if (mine && theirs && mine.innerHTML !== theirs.innerHTML) mine.replaceWith(theirs);
      else if (mine && !theirs) mine.remove();
    }
    redeemed();
    for (const details of document.querySelectorAll("details.voucher")) {
      details.open = open.has(details.dataset.id);
    }
    celebrate(had, known);
  }

  /** @param {ParentNode} root */
  const stamps = (root) => Number(root.querySelector(".stamps[data-have]")?.dataset.have ?? -1);

  /**
   * One short movement: the stamps that landed, or the reward that was unlocked.
   * @param {number} had stamps before
   * @param {Set<string | undefined>} known ids of vouchers before
   */
  function celebrate(had, known) {
    const have = stamps(document);
    const unlocked = [...document.querySelectorAll(".voucher")].filter((d) => !known.has(d.dataset.id));
    if (!still.matches) for (const details of unlocked) details.classList.add("landed");
    if (have > had && had >= 0 && !still.matches) {
      const landed = [...document.querySelectorAll(".stamps .on")].slice(had);
      landed.forEach((stamp, place) => {
        stamp.style.animationDelay = `${place * 90}ms`;
        stamp.classList.add("landed");
      });
    }
    const news = have > had || unlocked.length > 0;
    if (navigator.vibrate && news && !still.matches) navigator.vibrate(30);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (panel && codeIsOld()) newCode(0);
    const shown = openVoucher();
    if (shown) newVoucherCode(shown);
    comeBack();
  });
  document.addEventListener("pointerdown", () => {
    if (asleep) comeBack();
  });
  plan(WAITS[0]);

  // --- sending a link: the card's own to oneself, another one to a friend -------------------------
  for (const id of /** @type {const} */ (["keep", "share"])) {
    const button = byId(id);
    if (!button || !(navigator.share || navigator.clipboard)) continue;
    const link = new URL(button.dataset.link, location.href).href;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        if (navigator.share) {
          await navigator.share({ title: document.title, url: link });
        } else {
          await navigator.clipboard.writeText(link);
          button.textContent = button.dataset.done;
        }
      } catch {
        // The person closed the share sheet: nothing to say.
      }
    });
  }

  // A second tap on a slow network must not look like nothing happened.
  document.addEventListener("submit", (event) => {
    const button = /** @type {HTMLFormElement} */ (event.target).querySelector("button");
    setTimeout(() => {
      if (button) button.disabled = true;
    });
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form button")) button.disabled = false;
  });
})();
