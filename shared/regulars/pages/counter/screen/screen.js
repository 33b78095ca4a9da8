// The counter screen: scan, stamp, redeem, undo. One guest at a time. `sending.js` makes sure that
// nothing is booked twice, `scanner.js` reads codes, `keypad.js` takes amounts, `gifts.js` lists what
// may be given, `wording.js` names things.
"use strict";
(() => {
  /** @type {CounterById} */
  const byId = (id) => /** @type {any} */ (document.getElementById(id));
  /** @type {Setup} */
  const setup = JSON.parse(document.getElementById("setup")?.textContent ?? "");
  const say = setup.words;
  const { ago, count, fill, money, number, pick, rewardName, signed, tierName, unitName } = wording(setup);

  /** @type {MemberShown | null} */
  let member = null; // the card on the screen
  /** @type {VoucherShown | null} */
  let voucher = null; // the voucher waiting for "Redeem"
  /** @type {{ id: string, proof: string } | null} */
  let seen = null; // the guest whose card was read, with the proof of it
  let billed = false; // the keypad asks for the bill that the voucher is used on
  let busy = false; // something is being sent
  let stamped = setup.today;

  // --- saying things -------------------------------------------------------------------------
  /** @param {string} text */
  function tell(text, kind = "") {
    const line = byId("say");
    line.className = `say ${kind}`;
    line.textContent = text;
    line.hidden = !text;
  }

  const IDS = /** @type {const} */ (["member", "confirm", "actions", "after", "keypad", "matches"]);

  /** @param {(typeof IDS)[number][]} ids */
  function show(...ids) {
    for (const id of IDS) {
      byId(id).hidden = !ids.includes(id);
    }
    byId("counter").className = ids.includes("keypad")
      ? "typing"
      : ids.includes("after")
        ? "booked"
        : ids.length
          ? ""
          : "idle";
  }

  /** @param {Response} answer @param {CounterAnswer | null} body */
  function problem(answer, body) {
    const minutes = answer.status === 429 ? Math.ceil(Number(answer.headers.get("retry-after")) / 60) : 0;
    if (minutes > 1) return fill(setup.problems.locked, { n: minutes });
    const code = answer.status === 401 ? "unauthorized" : answer.status === 429 ? "rate_limited" : body?.code;
    return setup.problems[code ?? ""] ?? body?.detail ?? setup.problems.other;
  }

  // --- talking to the service ----------------------------------------------------------------
  const { ask, book, resume, remember, remembered } = postOffice({
    lost: (is) => byId("dot").classList.toggle("off", is),
    tell: (key, kind) => tell(say[key], kind),
    setBusy,
    answered(work, answer, body) {
      if (answer.ok) done[work.kind](work, body ?? {});
      else tell(problem(answer, body), "wrong");
    },
  });

  /** @param {boolean} value */
  function setBusy(value) {
    busy = value;
    const ids = /** @type {const} */ (["plus", "amount", "book", "redeem", "undo", "again"]);
    for (const id of ids) {
      const button = byId(id);
      if (button) button.disabled = value;
    }
    for (const button of document.querySelectorAll("#due button, #gifts button")) button.disabled = value;
  }

  // --- what was booked -----------------------------------------------------------------------
  /** @type {Record<BookingKind, (work: Booking, body: CounterAnswer) => void>} */
  const done = {
    earn(work, body) {
      const changes = granted(body.entry?.lines ?? []);
      const what = changes.map(([unit, n]) => `${signed(n)} ${unitName(unit, n)}`).join(", ");
      const news = [what || say.nothing];
      for (const won of body.unlocked ?? []) news.push(fill(say.unlocked, { reward: rewardName(won) }));
      if (body.tier_change?.to) {
        news.push(fill(say.tier, { tier: tierName(body.card?.tier) }));
      }
      tell(news.join(" · "), what ? "" : "wait");
      const stamps = changes.find(([unit]) => unit === setup.stamp)?.[1] ?? 0;
      if (body.entry && what) undoable(work, body.entry.seq, what, stamps);
      countToday(stamps);
      if (member) showMember(member, true);
      refresh(work.body.member_id);
    },
    redeem(work, body) {
      const used = body.uses?.at(-1)?.amount_minor;
      tell(used ? fill(say.off, { money: money(used) }) : fill(say.given, { reward: work.about.what }));
      voucher = null;
      const id = work.about.member ?? body.member_id;
      if (id) refresh(id);
      else show();
    },
    gift(work, body) {
      tell((body.unlocked ?? []).map((won) => fill(say.surprised, { reward: rewardName(won) })).join(" · "));
      if (member) showMember(member, true);
      refresh(work.body.member_id);
    },
    undo(work) {
      tell(fill(say.undone, { what: work.about.what }));
      remember(LAST, null);
      drawStrip();
      countToday(-(work.about.stamps ?? 0));
      refresh(work.body.member_id);
    },
  };

  /**
   * What was granted, by unit. What a reward took at once is shown as the reward.
   * @param {LineShown[]} lines
   */
  function granted(lines) {
    const units = new Map();
    for (const { unit, amount } of lines) {
      if (amount > 0) units.set(unit, (units.get(unit) ?? 0) + amount);
    }
    return [...units];
  }

  /** @param {number} more */
  function countToday(more) {
    const line = byId("today");
    if (!line || !more) return;
    stamped = Math.max(0, stamped + more);
    const amount = `${number(stamped)} ${unitName(setup.stamp, stamped)}`;
    line.textContent = fill(say.stamped, { amount });
  }

  // --- undo ----------------------------------------------------------------------------------
  const LAST = "regulars.last";
  const UNDO_MS = 300000;

  /** @param {Booking} work @param {number} seq @param {string} what */
  function undoable(work, seq, what, stamps = 0) {
    const id = work.body.member_id ?? work.about.member;
    if (!id) return;
    remember(LAST, { id, seq, what, stamps, name: work.about.name, at: Date.now() });
    drawStrip();
  }

  function drawStrip() {
    /** @type {LastBooking | null} */
    const last = remembered(LAST);
    const age = last ? Date.now() - last.at : UNDO_MS;
    byId("strip").hidden = age >= UNDO_MS;
    if (!last || age >= UNDO_MS) return;
    const seconds = Math.floor(age / 1000);
    const ago = seconds < 60 ? fill(say.seconds, { n: seconds }) : fill(say.minutes, { n: Math.floor(seconds / 60) });
    byId("last").textContent = [last.what, last.name, ago].filter(Boolean).join(" · ");
  }

  byId("undo").addEventListener("click", () => {
    /** @type {LastBooking | null} */
    const last = remembered(LAST);
    if (!last) return;
    book("undo", "/staff/api/undo", { member_id: last.id, seq: last.seq }, { what: last.what, stamps: last.stamps });
  });
  setInterval(drawStrip, 1000);
  drawStrip();

  // --- the guest -----------------------------------------------------------------------------
  /** @param {MemberShown} card */
  const nameOf = (card) => card.name || say.guest;

  /** @param {MemberShown} card */
  function showMember(card, booked = false) {
    member = card;
    byId("who").textContent = nameOf(card);
    const next = card.next;
    moveTo(byId("progress"), next ? `${number(next.have)} / ${number(next.need)}` : "", booked);
    const visits = card.visits ? count(say.visits, card.visits) : say.first;
    const last = card.last_visit_at ? fill(say.last, { when: ago(card.last_visit_at) }) : "";
    const facts = [tierName(card.tier), visits, last, card.note];
    byId("meta").textContent = facts.filter(Boolean).join(" · ");
    byId("due").replaceChildren(...(card.vouchers ?? []).filter(isDue).map(dueLine));
    if (gifts) gifts.open = false;
    show("member", booked ? "after" : "actions");
    if (!booked) byId("member").focus({ preventScroll: true });
  }

  /**
   * A figure that has just changed moves in; one that is only shown does not.
   * @param {HTMLElement} figure @param {string} text @param {boolean} booked
   */
  function moveTo(figure, text, booked) {
    const changed = figure.textContent !== text;
    figure.textContent = text;
    if (!booked) figure.classList.remove("landed");
    else if (changed) figure.classList.add("landed");
  }

  /** @param {VoucherShown} item */
  const isDue = (item) => !item.status || item.status === "issued";
  /** @param {VoucherShown} item */
  function dueLine(item) {
    const line = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = fill(say.due, { reward: rewardName(item) });
    const button = document.createElement("button");
    button.type = "button";
    button.className = "green";
    button.textContent = say.redeem;
    button.setAttribute("aria-label", `${say.redeem}: ${rewardName(item)}`);
    button.addEventListener("click", () => confirmVoucher(item, member));
    line.append(text, button);
    return line;
  }

  /** @param {string} [id] */
  async function refresh(id) {
    if (!id) return;
    try {
      const { answer, body } = await ask(`/staff/api/member?id=${encodeURIComponent(id)}`);
      if (answer.ok && body?.member) showMember(body.member, true);
    } catch {
      // What was booked has been said; the figures follow with the next scan.
    }
  }

  // --- finding -------------------------------------------------------------------------------
  /** @param {Record<string, string>} query @param {{ otherwise?: Record<string, string> | null }} options */
  async function find(query, { otherwise = null } = {}) {
    if (busy) return;
    tell(say.searching, "wait");
    let result;
    try {
      result = await ask(`/staff/api/member?${new URLSearchParams(query)}`);
    } catch {
      tell(say.lost, "wrong");
      byId("dot").classList.add("off");
      return;
    }
    byId("dot").classList.remove("off");
    const { answer, body } = result;
    const list = body?.members ?? body?.items;
    if (answer.status === 404 && otherwise) {
      find(otherwise);
      return;
    }
    if (answer.status === 404 || list?.length === 0) {
      member = null;
      show();
      tell(say.none, "wrong");
      return;
    }
    if (!answer.ok) {
      tell(problem(answer, body), "wrong");
      return;
    }
    tell("");
    if (body?.member && body.seen) seen = { id: body.member.member_id, proof: body.seen };
    const found = body?.member ?? (list?.length === 1 ? list[0] : null);
    if (!found) {
      if (list) showMatches(list);
      return;
    }
    const scanned = body?.voucher;
    if (scanned && isDue(scanned)) {
      confirmVoucher(scanned, found);
      return;
    }
    showMember(found);
    if (scanned) tell(setup.problems[`voucher_${scanned.status}`] ?? setup.problems.other, "wrong");
  }

  /** @param {MemberShown[]} list */
  function showMatches(list) {
    byId("matches").replaceChildren(
      ...list.map((card) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        const name = document.createElement("b");
        name.textContent = nameOf(card);
        const more = document.createElement("span");
        more.textContent = card.last_visit_at ? ago(card.last_visit_at) : say.first;
        button.append(name, more);
        button.addEventListener("click", () => find({ id: card.member_id }));
        item.append(button);
        return item;
      }),
    );
    show("matches");
  }

  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = trimmed(byId("q").value);
    if (!text) return;
    byId("q").blur();
    byId("q").value = "";
    const code = readCode(text);
    if (code !== text) find({ code });
    else if (looksLikeCode(text)) find({ code: text }, { otherwise: { q: text } });
    else find({ q: text });
  });

  // --- booking -------------------------------------------------------------------------------
  byId("plus")?.addEventListener("click", () => {
    if (!member) return;
    book("earn", "/v1/earn", { member_id: member.member_id, visits: 1 }, { name: nameOf(member) });
  });

  /** @param {VoucherShown} item @param {MemberShown | null} card */
  function confirmVoucher(item, card) {
    voucher = item;
    member = card ?? member;
    byId("what").textContent = rewardName(item);
    const whose = card ? fill(say.of, { name: nameOf(card) }) : "";
    byId("whose").textContent = [whose, pick(item.on), proof() ? "" : say.unseen].filter(Boolean).join(" · ");
    show("confirm");
    byId("confirm").focus({ preventScroll: true });
  }

  byId("redeem").addEventListener("click", () => {
    if (voucher?.left_minor) typeAmount(true);
    else redeem({});
  });

  const proof = () => (member && seen?.id === member.member_id ? seen.proof : "");

  /** @param {{ order_minor?: number }} order */
  function redeem(order) {
    if (!voucher) return;
    const body = { ...order, ...(proof() && { seen: proof() }) };
    book("redeem", `/v1/vouchers/${encodeURIComponent(voucher.code)}/redeem`, body, {
      what: rewardName(voucher),
      member: member?.member_id,
      name: member ? nameOf(member) : "",
    });
  }
  byId("leave").addEventListener("click", () => (member ? showMember(member) : show()));
  byId("next").addEventListener("click", () => {
    member = null;
    camera.forget();
    tell("");
    show();
    if (!camera.on()) byId("q").focus();
  });
  byId("again").addEventListener("click", () => member && showMember(member));

  const gifts = giftList(setup, byId, (surprise) => {
    if (!member) return;
    const body = { member_id: member.member_id, surprise };
    book("gift", "/v1/gifts", body, { name: nameOf(member) });
  });

  // --- the amount ----------------------------------------------------------------------------
  const pad = keypad(setup, byId, () => busy, money);
  /** @param {boolean} ofBill whether it is the bill that a voucher is used on */
  function typeAmount(ofBill) {
    billed = ofBill;
    pad.clear();
    byId("book").textContent = ofBill ? say.redeem : say.add;
    tell(ofBill ? say.bill : "", "wait");
    show(ofBill ? "confirm" : "member", "keypad");
    byId("keypad").querySelector("button")?.focus({ preventScroll: true });
  }
  byId("amount")?.addEventListener("click", () => typeAmount(false));
  byId("cancel").addEventListener("click", () => {
    tell("");
    if (billed) show("confirm");
    else show("member", "actions");
  });
  byId("book").addEventListener("click", () => {
    if (pad.minor() && billed) redeem({ order_minor: pad.minor() });
    if (!member || billed || pad.minor() === 0) return;
    const body = { member_id: member.member_id, spend_minor: pad.minor() };
    book("earn", "/v1/earn", body, { name: nameOf(member) });
  });

  // --- the camera ----------------------------------------------------------------------------
  const camera = scanner(byId, {
    waiting: () => busy || !byId("keypad").hidden || !byId("confirm").hidden,
    shown: () => member !== null,
    read(raw) {
      return find({ code: readCode(raw) });
    },
    failed(error) {
      const blocked = error instanceof Error && error.name === "NotAllowedError";
      tell(blocked ? say.blocked : say.camera, "wait");
      byId("q").focus();
    },
  });

  // --- beginning -----------------------------------------------------------------------------
  resume();
})();
