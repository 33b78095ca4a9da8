// What is opened over the guest: signing in, what waits, a note, gifts, memberships, confirming a contact.
"use strict";

/** @param {Setup} setup @param {CounterById} byId @param {Wording} words @param {PanelScreen} screen */
function panels(setup, byId, words, screen) {
  const { apart, at, count, fill, money, pick } = words;
  const say = setup.words;
  const guest = () => screen.state().guest;

  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog")?.close());
  }
  byId("joinHere").addEventListener("click", () => byId("joining").showModal());
  oneTimeCode(setup, byId, screen);

  // --- who is at the counter -----------------------------------------------------------------
  /** @type {(() => void) | null} */
  let afterwards = null;

  /** @param {{ title: string, text: string, managers?: boolean, must?: boolean, then?: () => void }} asked */
  function signIn({ title, text, managers = false, must = false, then }) {
    afterwards = then ?? null;
    byId("signTitle").textContent = title;
    const those = setup.people.filter((one) => one.may_sign_in && (!managers || one.is_manager));
    byId("signText").textContent = those.length ? text : managers ? say.noManager : say.noneSignsIn;
    byId("signIn").hidden = !those.length;
    byId("people").replaceChildren(
      ...those.map((one) => choice("staff_id", one.staff_id, one.name, one.staff_id === screen.person())),
    );
    byId("signLater").hidden = must;
    byId("sign").dataset.must = must ? "1" : "";
    tellSign("");
    drawPin();
    if (!byId("sign").open) byId("sign").showModal();
  }

  /** @param {string} name @param {string} value @param {string} text @param {boolean} chosen */
  function choice(name, value, text, chosen) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("span");
    Object.assign(input, { type: "radio", name, value, checked: chosen, required: true });
    shown.textContent = text;
    shown.dir = "auto";
    label.append(input, shown);
    return label;
  }

  const chosen = () => {
    const input = /** @type {HTMLInputElement | null} */ (byId("people").querySelector("input:checked"));
    return setup.people.find((one) => one.staff_id === input?.value);
  };

  function drawPin() {
    byId("pinLine").hidden = !chosen()?.needs_pin;
    byId("pin").value = "";
    if (chosen()?.needs_pin) byId("pin").focus();
  }
  byId("people").addEventListener("change", drawPin);

  /** @param {string} text */
  function tellSign(text) {
    byId("signProblem").textContent = text;
    byId("signProblem").hidden = !text;
  }

  async function enter() {
    const who = chosen();
    if (!who) return;
    const pin = byId("pin").value;
    const body = { staff_id: who.staff_id, ...(who.needs_pin && { pin }) };
    const answer = await screen.post.post("/staff/api/who", body, (given) => given?.staff);
    if (answer?.ok) {
      byId("sign").close();
      screen.signedIn(answer.body.staff);
      const then = afterwards;
      afterwards = null;
      then?.();
      return;
    }
    const why = { 401: say.noneSignsIn, 403: say.wrongPin, 404: say.noneSignsIn, 429: say.manyPins };
    tellSign(answer ? (why[/** @type {keyof typeof why} */ (answer.status)] ?? say.otherPin) : say.lost);
    drawPin();
  }
  byId("signForm").addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
  byId("pin").addEventListener("input", () => {
    if (/^\d{4}$/.test(byId("pin").value)) enter();
  });
  byId("signLater").addEventListener("click", () => byId("sign").close());
  byId("sign").addEventListener("cancel", (event) => {
    if (byId("sign").dataset.must) event.preventDefault();
  });
  byId("person").addEventListener("click", () => signIn({ title: say.who, text: say.whoText }));

  byId("override").addEventListener("click", () => {
    if (screen.isManager()) {
      screen.override();
      return;
    }
    // The manager does not stay signed in: who is at the counter is asked right after.
    const then = () => {
      screen.override();
      signIn({ title: say.who, text: say.whoText, must: true });
    };
    signIn({ title: say.manager, text: say.managerText, managers: true, then });
  });

  // --- what waits ----------------------------------------------------------------------------
  /** @param {number} waiting */
  async function drawKept(waiting) {
    const refused = (await screen.kept.own()).filter((booking) => booking.state === "refused").length;
    const since = screen.lostSince();
    const banner = byId("kept");
    banner.hidden = !(waiting && since) && !refused && waiting < 2;
    banner.className = refused && !waiting ? "banner bad" : "banner";
    const title = since
      ? fill(say.offlineSince, { time: at(since) })
      : waiting
        ? count(say.waiting, waiting)
        : count(say.refusedSome, refused);
    byId("keptTitle").textContent = title;
    const facts = [
      since && waiting && count(say.waiting, waiting),
      refused && (waiting || since) && count(say.refusedSome, refused),
    ];
    byId("keptText").textContent = facts.filter(Boolean).join(" · ") || (since ? say.goOn : say.see);
    if (byId("list").open) drawList();
  }

  async function drawList() {
    const own = (await screen.kept.own()).sort((a, b) => b.n - a.n);
    byId("waiting").replaceChildren(...own.map(waitingLine));
    const foreign = await screen.kept.foreign();
    byId("foreign").hidden = !foreign && own.length > 0;
    byId("foreign").textContent = foreign ? count(say.foreign, foreign) : say.nothingWaits;
  }

  /** @param {BookingKept} booking */
  function waitingLine(booking) {
    const item = document.createElement("li");
    const isRefused = booking.state === "refused";
    const top = document.createElement("b");
    const name = document.createElement("span");
    name.textContent = apart(booking.about.name ?? say.guest);
    const state = document.createElement("span");
    state.textContent = isRefused ? "" : say.waits;
    top.append(name, state);
    const what = document.createElement("small");
    what.textContent = `${at(booking.at)}, ${booking.about.what ?? ""}`;
    item.append(top, what);
    if (isRefused) {
      item.className = "bad";
      const why = document.createElement("p");
      why.textContent = fill(say.refusedWhy, {
        why: screen.problem({ status: booking.problem?.status ?? 0, ok: false, body: booking.problem, wait: 0 }),
      });
      item.append(why);
    }
    const seen = document.createElement("div");
    seen.className = "pair";
    if (isRefused) seen.append(button(say.okay, () => removed(booking)));
    else if (!booking.tries) seen.append(button(say.takeBack, () => removed(booking)));
    if (booking.about.id) seen.append(button(say.showCard, () => show(booking)));
    if (seen.childElementCount) item.append(seen);
    return item;
  }

  /** @param {string} text @param {() => void} act */
  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "dark";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /** @param {BookingKept} booking */
  async function removed(booking) {
    await screen.kept.remove(booking.n);
    await drawList();
    screen.post.flush();
  }

  /** @param {BookingKept} booking */
  function show(booking) {
    byId("list").close();
    screen.find(booking.about.id ?? "");
  }
  byId("kept").addEventListener("click", () => {
    drawList();
    byId("list").showModal();
  });

  // --- a note --------------------------------------------------------------------------------
  byId("note").addEventListener("click", () => {
    byId("noteText").value = guest()?.card?.note ?? "";
    byId("noting").showModal();
  });
  byId("noteForm").addEventListener("submit", async (event) => {
    event.preventDefault();
    const id = guest()?.id;
    if (!id) return;
    byId("noting").close();
    const options = { method: "PATCH", headers: { "content-type": "application/json" } };
    const body = JSON.stringify({ note: trimmed(byId("noteText").value) || null });
    const path = `/v1/members/${encodeURIComponent(id)}`;
    const answer = await screen.post.ask(path, { ...options, body }, (given) => given?.member_id);
    if (answer?.ok) screen.refresh(id);
    else screen.tell(answer ? screen.problem(answer) : say.lost, "wrong");
  });

  // --- gifts, and what members did -------------------------------------------------------------
  document.getElementById("give")?.addEventListener("click", () => {
    byId("gifts").replaceChildren(
      ...setup.gifts.map(([surprise, why, reward]) =>
        giftLine(reward, why, () => give("/v1/gifts", { surprise }, reward)),
      ),
      ...setup.actions.map(([action, name, amount]) =>
        giftLine(name, amount, () => give("/v1/actions", { action }, name)),
      ),
    );
    byId("giving").showModal();
  });

  /** @param {string} what @param {string} why @param {() => void} act */
  function giftLine(what, why, act) {
    const item = document.createElement("li");
    const made = button("", act);
    const name = document.createElement("b");
    name.textContent = what;
    const small = document.createElement("small");
    small.textContent = why;
    made.append(name, small);
    item.append(made);
    return item;
  }

  /** @param {string} path @param {Record<string, string>} body @param {string} what */
  function give(path, body, what) {
    byId("giving").close();
    screen.book(path === "/v1/gifts" ? "gift" : "action", path, { member_id: guest()?.id, ...body }, { what });
  }

  // --- memberships ---------------------------------------------------------------------------
  byId("sell").addEventListener("click", () => {
    const shown = guest();
    if (!shown?.card) return;
    const offers = shown.card.memberships ?? [];
    byId("offersTitle").textContent = fill(say.sellTo, { name: apart(screen.nameOf(shown)) });
    byId("offerList").replaceChildren(...offers.map((offer) => offerLine(offer, offers.length === 1)));
    drawPaid();
    screen.open("offers");
  });

  /** @param {MembershipShown} offer @param {boolean} only */
  function offerLine(offer, only) {
    const line = choice("offer", offer.tier, "", only);
    line.className = "offer";
    const box = /** @type {HTMLElement} */ (line.lastElementChild);
    const top = document.createElement("b");
    const name = document.createElement("span");
    name.textContent = setup.tiers[offer.tier] ?? offer.tier;
    const price = document.createElement("span");
    price.textContent = offer.price_minor ? money(offer.price_minor) : "";
    top.append(name, price);
    const small = document.createElement("small");
    const date = pick(offer.until);
    const lasts = offer.runs_until
      ? fill(say.runs, { until: pick(offer.runs_until), date })
      : fill(say.lasts, { date });
    small.textContent = [(setup.perks[offer.tier] ?? []).join(", "), lasts]
      .filter(Boolean)
      .join(". ")
      .replace("..", ".");
    box.append(top, small);
    return line;
  }

  const offered = () => {
    const input = /** @type {HTMLInputElement | null} */ (byId("offerList").querySelector("input:checked"));
    return guest()?.card?.memberships?.find((one) => one.tier === input?.value);
  };

  function drawPaid() {
    const offer = offered();
    byId("paid").disabled = !offer;
    byId("paid").textContent = offer?.price_minor ? fill(say.paidMoney, { money: money(offer.price_minor) }) : say.paid;
  }
  byId("offerList").addEventListener("change", drawPaid);
  byId("notNow").addEventListener("click", () => screen.open("sale"));
  byId("paid").addEventListener("click", () => {
    const offer = offered();
    const id = guest()?.id;
    if (!offer || !id) return;
    const paid = offer.price_minor ? { paid_minor: offer.price_minor } : {};
    const body = { tier: offer.tier, by: "membership", ...paid };
    screen.open("sale");
    screen.book("tier", `/v1/members/${encodeURIComponent(id)}/tier`, body, { what: setup.tiers[offer.tier] });
  });

  // --- confirming a contact ------------------------------------------------------------------
  let confirming = "";
  const confirmPath = () => `/v1/members/${encodeURIComponent(guest()?.id ?? "")}/confirm`;
  byId("confirmPhone").addEventListener("click", async () => {
    confirming = guest()?.card?.claims?.at(-1) ?? "";
    const answer = await screen.post.post(
      confirmPath(),
      { contact: confirming },
      (given) => given?.code_in || given?.kind,
      newKey(),
    );
    if (!answer?.ok) {
      screen.tell(answer ? screen.problem(answer) : say.onlyOnline, "wrong");
      return;
    }
    byId("confirmText").textContent = answer.body.code_in === "mail" ? say.askMail : say.askPhone;
    byId("confirmCode").value = "";
    tellConfirm("");
    byId("confirming").showModal();
  });

  /** @param {string} text */
  function tellConfirm(text) {
    byId("confirmProblem").textContent = text;
    byId("confirmProblem").hidden = !text;
  }
  byId("confirmForm").addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = readCode(byId("confirmCode").value).replace(/[\s-]/g, "");
    const id = guest()?.id;
    const answer = await screen.post.post(
      confirmPath(),
      { contact: confirming, code },
      (given) => given?.kind,
      newKey(),
    );
    if (answer?.ok) {
      byId("confirming").close();
      screen.tell(say.confirmed);
      screen.refresh(id);
    } else tellConfirm(answer ? screen.problem(answer) : say.lost);
  });

  return { signIn, drawKept };
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `staff-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
