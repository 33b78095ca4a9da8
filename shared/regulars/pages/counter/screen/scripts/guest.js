// Draws the guest: who it is, how far the card is, what waits for them.
"use strict";

/** @param {Setup} setup @param {CounterById} byId @param {Wording} words @param {GuestScreen} screen */
function guestPanel(setup, byId, words, screen) {
  const say = setup.words;
  const { ago, count, fill, number, pick, rewardName, tierName, unitName } = words;

  /** @param {GuestShown} guest */
  const nameOf = (guest) => (guest.card ? guest.card.name || say.guest : fill(say.code, { code: grouped(guest.code) }));

  /** @param {GuestShown} guest */
  const progressOf = ({ card }) => (card?.next ? `${number(card.next.have)} / ${number(card.next.need)}` : "");

  /** @param {MemberShown} card */
  function metaOf(card) {
    const visits = card.visits ? count(say.visits, card.visits) : say.first;
    const last = card.last_visit_at ? fill(say.last, { when: ago(card.last_visit_at) }) : "";
    return [tierName(card.tier), visits, last].filter(Boolean).join(" · ");
  }

  /** @param {GuestShown} guest */
  function draw(guest) {
    const { card } = guest;
    byId("who").textContent = nameOf(guest);
    byId("progress").textContent = progressOf(guest);
    byId("meta").textContent = card ? metaOf(card) : say.later;
    const off = (setup.discounts[card?.tier?.id ?? ""] ?? []).join(" · ");
    line("off", off);
    line("usual", card?.usual ? fill(say.usual, { what: setup.categories[card.usual] ?? card.usual }) : "");
    byId("note").hidden = !card;
    byId("noted").textContent = card?.note || say.addNote;
    byId("note").classList.toggle("empty", !card?.note);
    byId("due").replaceChildren(...(card ? [...dueLines(card), ...takeLines(card)] : []));
    byId("more").hidden = !card;
    byId("sell").hidden = !card?.memberships?.length;
    byId("confirmPhone").hidden = !card?.claims?.length;
  }

  /** @param {"off" | "usual"} id @param {string} text */
  function line(id, text) {
    byId(id).textContent = text;
    byId(id).hidden = !text;
  }

  /** @param {VoucherShown} item */
  const isDue = (item) => !item.status || item.status === "issued";

  /** Equal rewards are one line; the button takes the one that ends first. @param {MemberShown} card */
  function dueLines(card) {
    /** @type {Map<string, VoucherShown[]>} */
    const groups = new Map();
    for (const item of (card.vouchers ?? []).filter(isDue)) {
      const name = rewardName(item);
      groups.set(name, [...(groups.get(name) ?? []), item]);
    }
    return [...groups].map(([name, items]) => {
      items.sort((a, b) => (a.expires_at ?? "9").localeCompare(b.expires_at ?? "9"));
      const ends = pick(items[0].ends);
      const under = ends ? fill(say.until, { date: ends }) : "";
      return dueLine(name, items.length, under, say.redeem, () => screen.redeem(items[0]));
    });
  }

  /** What the guest has enough for, and takes when they say so. @param {MemberShown} card */
  function takeLines(card) {
    return (card.take ?? []).map((one) => {
      const name = setup.rewards[one.reward_id] ?? one.reward_id;
      const cost = `${number(one.cost)} ${unitName(one.unit, one.cost)}`;
      return dueLine(name, 1, cost, say.take, () => screen.take(one.reward_id, name));
    });
  }

  /** @param {string} name @param {number} times @param {string} under @param {string} verb @param {() => void} act */
  function dueLine(name, times, under, verb, act) {
    const item = document.createElement("li");
    const text = document.createElement("span");
    const what = document.createElement("b");
    what.textContent = name;
    text.append(what);
    if (times > 1) {
      const badge = document.createElement("i");
      badge.textContent = `×${number(times)}`;
      text.append(" ", badge);
    }
    if (under) {
      const small = document.createElement("small");
      small.textContent = under;
      text.append(small);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "green";
    button.textContent = verb;
    button.setAttribute("aria-label", `${verb}: ${name}`);
    button.addEventListener("click", act);
    item.append(text, button);
    return item;
  }

  return { draw, isDue, nameOf, progressOf };
}
