// What came of a booking: in words, and as a whole panel that can be read from a metre away.
"use strict";

/** What was granted, by unit. What a reward took at once is shown as the reward. @param {LineShown[]} lines */
function grantedUnits(lines) {
  /** @type {Map<string, number>} */
  const units = new Map();
  for (const { unit, amount } of lines) if (amount > 0) units.set(unit, (units.get(unit) ?? 0) + amount);
  return [...units];
}

/** How many visits it is. @param {BookingKept} booking */
const visitsOf = (booking) => (booking.kind === "earn" ? Number(booking.body.visits ?? 1) : 0);

/** What was booked today, as it stands above. @param {Setup} setup @param {CounterById} byId @param {Wording} words */
function todayFigure(setup, byId, { count, fill, number, unitName }) {
  const { stamp, words: say } = setup;
  let { today } = setup;

  /** @param {number} figure */
  function set(figure) {
    today = Math.max(0, figure);
    const amount = stamp && `${number(today)} ${unitName(stamp, today)}`;
    byId("today").textContent = stamp ? fill(say.stamped, { amount }) : count(say.visitsToday, today);
  }

  return { set, add: (/** @type {number} */ more) => set(today + more) };
}

/** A refusal in words. @param {Setup} setup @param {Answer} answer @returns {string} */
function problemWords(setup, answer) {
  const minutes = answer.status === 429 && answer.wait > 60 ? Math.ceil(answer.wait / 60) : 0;
  if (minutes) return setup.problems.locked.replace("{n}", String(minutes));
  const code = answer.status === 401 ? "unauthorized" : answer.status === 429 ? "rate_limited" : answer.body?.code;
  return setup.problems[code ?? ""] ?? answer.body?.detail ?? setup.problems.other;
}

/** How much it adds to today's figure. @param {Setup} setup @param {BookingKept} booking @param {any} body */
function stampsOf(setup, booking, body) {
  if (booking.kind !== "earn") return 0;
  if (!setup.stamp) return Number(booking.body.visits ?? 1);
  return grantedUnits(body.entry?.lines ?? []).find(([unit]) => unit === setup.stamp)?.[1] ?? 0;
}

/** @param {Setup} setup @param {Wording} words @param {BookingKept} booking @param {any} body @returns {ResultShown} */
function resultOf(setup, words, booking, body) {
  const { fill, money, rewardName, signed, tierName, unitName } = words;
  const say = setup.words;
  const unlocked = /** @type {VoucherShown[]} */ (body.unlocked ?? []);
  const tier = body.tier_change?.to ? fill(say.tier, { tier: tierName(body.card?.tier) }) : "";
  if (booking.kind === "redeem") {
    const used = body.uses?.at(-1)?.amount_minor;
    const what = used ? fill(say.off, { money: money(used) }) : fill(say.given, { reward: booking.about.what });
    return { kind: "booked", what, plain: true };
  }
  if (booking.kind === "gift") {
    return {
      kind: "booked",
      what: unlocked.map((won) => fill(say.surprised, { reward: rewardName(won) })).join(" · "),
      plain: true,
    };
  }
  if (booking.kind === "undo")
    return { kind: "booked", what: fill(say.undone, { what: booking.about.what }), plain: true, back: true };
  const what = grantedUnits(body.entry?.lines ?? [])
    .map(([unit, n]) => `${signed(n)} ${unitName(unit, n)}`)
    .join(", ");
  const news = [...unlocked.map((won) => fill(say.unlocked, { reward: rewardName(won) })), tier]
    .filter(Boolean)
    .join(" · ");
  return { kind: "booked", what: what || tier || booking.about.what || say.nothing, news: what ? news : "", unlocked };
}

/**
 * @param {Setup} setup @param {CounterById} byId @param {Wording} words
 * @param {(what: "booked" | "refused") => void} signal @param {ResultScreen} screen
 */
function resultPanel(setup, byId, words, signal, screen) {
  const { fill, number, pick, rewardName } = words;
  const say = setup.words;
  const SHOWN_MS = 2400;
  let leave = 0;
  /** @type {VoucherShown | undefined} */
  let won;

  /** @param {ScreenState} state @param {boolean} isNew */
  function draw(state, isNew) {
    const { guest, result } = state;
    if (!guest || !result) return;
    if (result.kind === "refused") {
      byId("refusedWhy").textContent = result.what;
      byId("refusedMore").textContent = result.news ?? "";
      byId("override").hidden = byId("mayOverride").hidden = !result.mayOverride;
    } else drawDone(guest, result);
    if (!isNew) return;
    clearTimeout(leave);
    signal(result.kind === "refused" ? "refused" : "booked");
    byId(result.kind === "refused" ? "refused" : "done").focus({ preventScroll: true });
    const time = byId("time");
    time.classList.remove("runs");
    if (result.kind === "refused" || won) return;
    void time.offsetWidth;
    time.classList.add("runs");
    leave = setTimeout(
      () => !byId("done").hidden && !document.querySelector("dialog[open]") && screen.next(),
      SHOWN_MS,
    );
  }

  /** @param {GuestShown} guest @param {ResultShown} result */
  function drawDone(guest, result) {
    const isKept = result.kind === "kept";
    byId("done").className = isKept ? "done kept" : "done";
    byId("doneWho").textContent = screen.nameOf(guest);
    const { next } = guest.card ?? {};
    const full = result.unlocked?.length && next ? `${number(next.need)} / ${number(next.need)}` : "";
    const progress = result.plain || isKept ? "" : full || screen.progressOf(guest);
    const figure = byId("doneCount");
    figure.textContent = progress || (isKept ? say.kept : result.what);
    figure.classList.toggle("words", !progress);
    figure.classList.toggle("landed", Boolean(progress));
    byId("doneWhat").textContent = progress || isKept ? result.what : "";
    const promise = progress && !result.news ? pick(guest.card?.next?.promise) : "";
    byId("doneNews").textContent = result.news || promise;
    won = (result.unlocked ?? []).find((item) => item.code);
    byId("unlocked").hidden = !won;
    byId("unlocked").textContent = won ? fill(say.redeemNow, { reward: rewardName(won) }) : "";
    byId("nextGuest").className = won ? "deep tall" : "white tall";
    byId("nextGuest").textContent = won ? say.nextTime : say.nextGuest;
    byId("time").hidden = Boolean(won);
    byId("again").hidden = Boolean(result.back);
    byId("undoDone").hidden =
      Boolean(result.back) || isKept || byId("strip").hidden || byId("strip").dataset.of !== guest.id;
  }

  byId("unlocked").addEventListener("click", () => won && screen.redeem(won));
  // Who reaches for a key has not gone on yet.
  byId("done").addEventListener("pointerdown", () => clearTimeout(leave));
  byId("done").addEventListener("focusin", (event) => {
    if (event.target !== byId("done")) clearTimeout(leave);
  });

  return { draw };
}

/**
 * What was booked last, and taking it back within five minutes. `undo` gets what is to be taken back.
 * @param {Setup} setup @param {CounterById} byId @param {Wording} words @param {(last: LastBooking) => void} undo
 */
function latelyPanel(setup, byId, words, undo) {
  const { apart, fill, signed, unitName } = words;
  const say = setup.words;
  const KEPT = `regulars.lately.${setup.shop}.${setup.device}`;
  const UNDO_MS = 300000;
  const REST_MS = 2000;
  const SHOWN = 4;
  /** @type {LastBooking | null} */
  let taken = null; // back a moment ago: the one before it is not offered under the same finger

  /** @returns {LastBooking[]} */
  function all() {
    try {
      return JSON.parse(localStorage.getItem(KEPT) ?? "[]") ?? [];
    } catch {
      return [];
    }
  }

  /** @param {LastBooking[]} list */
  function keep(list) {
    try {
      localStorage.setItem(KEPT, JSON.stringify(list.slice(0, SHOWN)));
    } catch {
      // Without storage there is no undo after a reload.
    }
    draw();
  }

  /** @param {number} ms */
  const age = (ms) =>
    ms < 60000 ? fill(say.seconds, { n: Math.floor(ms / 1000) }) : fill(say.minutes, { n: Math.floor(ms / 60000) });

  function draw() {
    const list = all();
    const last = list.find((one) => !one.undone);
    const old = last ? Date.now() - last.at : UNDO_MS;
    byId("strip").hidden = !last || old >= UNDO_MS;
    byId("strip").dataset.of = last === list[0] && !taken ? last?.id : "";
    byId("undo").hidden = Boolean(taken);
    if (taken) {
      byId("strip").hidden = false;
      byId("last").textContent = fill(say.undone, { what: taken.what });
    } else if (last && old < UNDO_MS) {
      byId("last").textContent = [last.what, last.name && apart(last.name), age(old)].filter(Boolean).join(" · ");
    }
    byId("recent").hidden = !list.length;
    byId("lately").replaceChildren(
      ...list.map((one) => {
        const item = document.createElement("li");
        const name = document.createElement("b");
        name.textContent = one.name ?? say.guest;
        const what = document.createElement("small");
        what.textContent = `${one.what} · ${age(Date.now() - one.at)}`;
        item.append(name, what);
        return item;
      }),
    );
  }

  byId("undo").addEventListener("click", () => {
    const last = all().find((one) => !one.undone);
    if (!last || taken || Date.now() - last.at >= UNDO_MS) return;
    taken = last;
    setTimeout(() => {
      taken = null;
      draw();
    }, REST_MS);
    draw();
    undo(last);
  });
  setInterval(draw, 1000);
  draw();

  return {
    /** @param {BookingKept} booking @param {any} body */
    booked(booking, body) {
      if (booking.kind === "undo" || booking.kind === "take") return;
      const id = booking.about.id || body.card?.member_id || body.member_id;
      const units = grantedUnits(body.entry?.lines ?? []);
      const what = units.map(([unit, n]) => `${signed(n)} ${unitName(unit, n)}`).join(", ") || booking.about.what || "";
      const name = booking.about.id ? booking.about.name : body.card?.name || booking.about.name;
      const can =
        booking.kind === "redeem"
          ? { voucher: booking.about.voucher }
          : booking.kind === "earn"
            ? { seq: body.entry?.seq }
            : {};
      const undone = !("voucher" in can || ("seq" in can && units.length));
      const stamps = stampsOf(setup, booking, body);
      keep([{ id, what, name, at: Date.now(), stamps, undone, ...can }, ...all()]);
    },
    /** @param {LastBooking} last */
    forget: (last) => keep(all().filter((one) => one.at !== last.at)),
  };
}

/** What takes a booking back. @param {LastBooking} last @returns {BookingAsked} */
function undoing(last) {
  const about = { what: last.what, stamps: last.stamps, name: last.name, id: last.id };
  const asked = /** @type {const} */ ({ kind: "undo", about, signable: false });
  if (last.voucher) return { ...asked, path: `/v1/vouchers/${encodeURIComponent(last.voucher)}/reverse`, body: {} };
  return { ...asked, path: "/staff/api/undo", body: { member_id: last.id, seq: last.seq } };
}

/** @param {Setup} setup @param {Wording} words @param {MemberShown} card @param {() => void} choose */
function matchLine(setup, words, card, choose) {
  const { ago, fill, number } = words;
  const say = setup.words;
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  const who = document.createElement("span");
  const name = document.createElement("b");
  name.dir = "auto";
  name.textContent = card.code ? fill(say.code, { code: grouped(card.code) }) : card.name || say.guest;
  const more = document.createElement("small");
  const when = card.code ? say.later : card.last_visit_at ? ago(card.last_visit_at) : say.first;
  more.textContent = [when, card.phone_end && fill(say.phone, { end: card.phone_end })].filter(Boolean).join(", ");
  who.append(name, more);
  const progress = document.createElement("span");
  progress.textContent = card.next ? `${number(card.next.have)} / ${number(card.next.need)}` : "";
  button.append(who, progress);
  button.addEventListener("click", choose);
  item.append(button);
  return item;
}
