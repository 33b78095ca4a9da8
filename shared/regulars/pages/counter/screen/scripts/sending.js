// Sends what the counter books, each thing once and in order: it is written down before it is sent, and
// sent again under its number until there is an answer that is ours, also after a reload. While the
// line is down visits and sales wait, signed, and go to the service together.
"use strict";

/** @param {Setup} setup @param {Kept} kept @param {PostRoom} told @returns {PostOffice} */
function postOffice(setup, kept, told) {
  const PATIENCE_MS = 8000;
  const LONGEST_REST_MS = 20000;
  const MOST = 40;
  let busy = false;
  let more = false; // something was booked while others were sent
  let retry = 0;
  let failed = 0;
  let signedOut = false;

  /**
   * The answer of the service; null when there was none, or one that is not ours (the log-in page of
   * a network): it says so by its form.
   * @param {string} path @param {RequestInit} options @param {(body: any) => boolean} isOurs
   * @returns {Promise<Answer | null>}
   */
  async function ask(path, options, isOurs) {
    try {
      const answer = await fetch(path, {
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : undefined,
        ...options,
        headers: { accept: "application/json", "x-regulars": "staff", ...options.headers },
      });
      const body = await answer.json();
      const isProblem = !answer.ok && Boolean(body?.code?.trim);
      if (!isProblem && !(answer.ok && isOurs(body))) return null;
      const wait = Number(answer.headers.get("retry-after"));
      return { status: answer.status, ok: answer.ok, body, wait };
    } catch {
      return null;
    }
  }

  /** @param {string} path @param {unknown} body @param {(body: any) => boolean} isOurs @param {string} [key] */
  const post = (path, body, isOurs, key) =>
    ask(
      path,
      {
        method: "POST",
        headers: { "content-type": "application/json", ...(key && { "idempotency-key": key }) },
        body: JSON.stringify(body),
      },
      isOurs,
    );

  /** @param {any} value @returns {any} with the keys of objects in order */
  function ordered(value) {
    if (Array.isArray(value)) return value.map(ordered);
    if (!value || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((name) => [name, ordered(value[name])]),
    );
  }

  /** @param {CryptoKey} key @param {BookingKept} booking */
  async function signed(key, booking) {
    const at = new Date(booking.at).toISOString();
    const text = `${booking.n}\n${at}\n${JSON.stringify(ordered(booking.body))}`;
    const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
    const signature = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { n: booking.n, at, body: booking.body, signature };
  }

  /** Gets the key of this device, unless it is here. */
  async function learn() {
    if (!globalThis.crypto?.subtle || (await kept.device())?.key) return;
    const answer = await post("/staff/api/key", {}, (body) => typeof body?.key === "string");
    if (!answer?.ok || answer.body.shop !== setup.shop || answer.body.device_id !== setup.device) return;
    const bytes = Uint8Array.from(answer.body.key.match(/../g) ?? [], (/** @type {string} */ pair) =>
      Number.parseInt(pair, 16),
    );
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    await kept.learn(key, Date.parse(answer.body.now));
  }

  /** @param {Answer} answer */
  const isFinal = (answer) =>
    answer.ok ||
    !(answer.status >= 500 || answer.status === 429 || answer.status === 401 || answer.body?.code === "conflict");

  /** @param {any} body */
  const isBooked = (body) => Boolean(body && (body.entry || body.voucher_id || body.card || body.kind));

  /** @param {BookingKept} booking @param {Answer} answer */
  async function settle(booking, answer) {
    const isSeen = told.answered(booking, answer);
    if (answer.ok || isSeen) await kept.remove(booking.n);
    else await kept.change({ ...booking, state: "refused", problem: answer.body });
  }

  /** @param {BookingKept} booking one that is sent alone @returns {Promise<boolean>} whether it is settled */
  async function sendOne(booking) {
    const tried = { ...booking, tries: booking.tries + 1 };
    await kept.change(tried);
    const answer = await post(booking.path, booking.body, isBooked, `${setup.device}:${booking.n}`);
    if (answer?.status === 401) {
      signedOut = true;
      told.signedOut(tried);
      return false;
    }
    if (!answer || !isFinal(answer)) {
      told.waits(tried, answer);
      return false;
    }
    await settle(tried, answer);
    return true;
  }

  /** @param {CryptoKey} key @param {BookingKept[]} bookings @returns {Promise<boolean>} whether all are settled */
  async function sendAll(key, bookings) {
    const bodies = await Promise.all(bookings.map((booking) => signed(key, booking)));
    const answer = await post("/staff/api/bookings", { bookings: bodies }, Array.isArray);
    if (!answer?.ok) {
      for (const booking of bookings) told.waits(booking, answer);
      return false;
    }
    for (const one of answer.body) {
      const booking = bookings.find((each) => each.n === one.n);
      const body = one.answer ?? one.problem;
      const single = { status: one.status, ok: one.status < 300, body, wait: 0 };
      if (!booking || (one.status !== 401 && !isFinal(single))) return false;
      await settle(booking, single);
    }
    return answer.body.length === bookings.length;
  }

  /** Sends what waits, the oldest first; only one page of a browser does so at a time. */
  async function flush() {
    if (busy) {
      more = true;
      return;
    }
    busy = true;
    more = false;
    clearTimeout(retry);
    const locks = navigator.locks;
    const going = locks ? await locks.request(`regulars ${setup.device}`, flushLocked) : await flushLocked();
    busy = false;
    const waiting = (await kept.own()).filter((booking) => booking.state === "waits");
    told.counted(waiting.length, going);
    failed = going ? 0 : failed + 1;
    if (signedOut || !waiting.length) return;
    retry = setTimeout(flush, going || more ? 0 : Math.min(LONGEST_REST_MS, 700 * 2 ** failed));
  }

  async function flushLocked() {
    for (;;) {
      const waiting = (await kept.own()).filter((booking) => booking.state === "waits");
      if (!waiting.length) return true;
      const [first] = waiting;
      if (signedOut) {
        told.signedOut(first);
        return false;
      }
      const key = (await kept.device())?.key;
      const together = waiting.slice(0, MOST);
      const until = together.findIndex((booking) => booking.kind !== "earn" || !booking.signable);
      const run = until < 0 ? together : together.slice(0, until);
      const alone = !key || !run.length || (waiting.length === 1 && !first.tries);
      if (!(alone ? await sendOne(first) : await sendAll(key, run))) return false;
    }
  }

  addEventListener("online", () => flush());

  return {
    ask,
    post,
    flush,
    learn,
    /** Whether the last try had no answer: nobody waits for the next one. */
    isDown: () => failed > 0,
    signedIn() {
      signedOut = false;
      failed = 0;
      flush();
    },
  };
}
