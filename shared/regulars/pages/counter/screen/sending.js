// Sends what the counter books, each thing once: it is written down with its key before it is
// sent, and sent again with the same key until the service has answered, also after a reload.
// `told.answered` gets the answer, `told.tell` the name of a text, `told.lost` whether the line is
// down, `told.setBusy` whether something is on its way.
"use strict";
/** @param {CounterScreen} told */
function postOffice(told) {
  const PENDING = "regulars.pending";
  const PATIENCE_MS = 8000;
  // Without an answer it is sent until there is one. A service that answers but cannot say what
  // it did is asked for some minutes; then the counter has to go on.
  const MOST_TRIES = 10;
  const LONGEST_REST_MS = 30000;
  let sending = false;
  let retry = 0;

  /**
   * @param {string} path @param {RequestInit} options
   * @returns {Promise<{ answer: Response, body: CounterAnswer | null }>}
   */
  async function ask(path, options = {}) {
    const answer = await fetch(path, {
      credentials: "same-origin",
      signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : undefined,
      ...options,
      headers: { accept: "application/json", "x-regulars": "staff", ...options.headers },
    });
    let body = null;
    try {
      body = await answer.json();
    } catch {
      // An answer without a body: its status says enough.
    }
    return { answer, body };
  }

  /** @param {string} key */
  function remembered(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {Booking | LastBooking | null} value */
  function remember(key, value) {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
    } catch {
      // Storage may be full or forbidden: sending works without it, only not across a reload.
    }
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return `staff-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /**
   * One booking at a time, and only while nothing else is on its way.
   * @param {BookingKind} kind @param {string} path @param {Booking["body"]} body @param {About} about
   */
  function book(kind, path, body, about) {
    if (sending || remembered(PENDING)) return;
    const work = { kind, path, body, about, key: newKey() };
    remember(PENDING, work);
    send(work, 0);
  }

  /** @param {Response} answer @param {CounterAnswer | null} body */
  const isUnsure = (answer, body) =>
    answer.status >= 500 || answer.status === 429 || (answer.status === 409 && body?.code === "conflict");

  /** @param {Booking} work @param {number} tries how many failed before */
  async function send(work, tries) {
    clearTimeout(retry);
    retry = 0;
    sending = true;
    told.setBusy(true);
    if (!tries) told.tell("sending", "wait");
    const result = await ask(work.path, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": work.key },
      body: JSON.stringify(work.body),
    }).catch(() => null);
    const unsure = result !== null && isUnsure(result.answer, result.body);
    if (result === null || (unsure && tries < MOST_TRIES)) {
      told.lost(true);
      told.tell(tries < 5 ? "again" : "offline", "wait");
      retry = setTimeout(send, Math.min(LONGEST_REST_MS, 800 * 2 ** tries), work, tries + 1);
      return;
    }
    remember(PENDING, null);
    sending = false;
    told.lost(false);
    told.setBusy(false);
    if (unsure) told.tell("unsure", "wrong");
    else told.answered(work, result.answer, result.body);
  }

  function resume() {
    const work = remembered(PENDING);
    if (work) send(work, 0);
  }

  addEventListener("online", () => {
    if (retry) resume();
  });

  return { ask, book, resume, remember, remembered };
}
