// What the counter's screen is doing: idle, finding, guest, booking, done. A pure function from a
// state and an event to the next state. Every answer names what it answers - the number of the
// question, the member, the number of the booking - and one that is not for what is on the screen
// changes nothing.
"use strict";

/** @returns {ScreenState} */
function nobody() {
  return { phase: "idle", asked: 0, list: null, guest: null, sale: emptySale(), work: 0, result: null, said: null };
}

/** @returns {SaleShown} */
function emptySale() {
  return { counts: {}, minors: {} };
}

/** @param {ScreenState} state @param {ScreenEvent} event @returns {ScreenState} */
function nextState(state, event) {
  switch (event.type) {
    case "ask":
      return { ...nobody(), phase: "finding", asked: event.question };
    case "listed":
      if (!isAsked(state, event.question)) return state;
      return { ...state, list: event.members };
    case "missed":
      if (!isAsked(state, event.question)) return state;
      return { ...nobody(), asked: state.asked, said: event.said };
    case "found":
      if (!isAsked(state, event.question)) return state;
      return { ...nobody(), asked: state.asked, phase: "guest", guest: event.guest };
    case "fresh":
      return withCard(state, event.member);
    case "tap":
    case "less":
    case "money":
      if (state.phase !== "guest") return state;
      return { ...state, sale: saleAfter(state.sale, event) };
    case "book":
      if (state.phase !== "guest" || state.guest?.id !== event.guest) return state;
      return { ...state, phase: "booking", work: event.work, result: null };
    case "answered":
      return answeredState(state, event);
    case "again":
      if (state.phase !== "done" || !state.guest) return state;
      return {
        ...state,
        phase: "guest",
        sale: emptySale(),
        result: null,
        guest: { ...state.guest, counted: event.counted },
      };
    case "next":
      return { ...nobody(), asked: state.asked };
    default:
      return state;
  }
}

/** @param {ScreenState} state @param {number} question */
const isAsked = (state, question) => state.phase === "finding" && state.asked === question;

/**
 * A card is shown for its own guest only, and never an older one after a newer.
 * @param {ScreenState} state @param {MemberShown} member
 * @returns {ScreenState}
 */
function withCard(state, member) {
  const { guest } = state;
  if (!guest?.card || guest.id !== member.member_id) return state;
  if ((member.version ?? 0) < (guest.card.version ?? 0)) return state;
  return { ...state, guest: { ...guest, card: member } };
}

/** @param {ScreenState} state @param {Extract<ScreenEvent, { type: "answered" }>} event @returns {ScreenState} */
function answeredState(state, event) {
  if (state.phase !== "booking" || state.work !== event.work || !state.guest) return state;
  if (event.result.kind === "open") return { ...state, phase: "guest", work: 0, sale: emptySale() };
  const counted = state.guest.counted || (event.result.kind !== "refused" && event.visits > 0);
  return { ...state, phase: "done", work: 0, result: event.result, guest: { ...state.guest, counted } };
}

/**
 * @param {SaleShown} sale @param {Extract<ScreenEvent, { key: string }>} event
 * @returns {SaleShown}
 */
function saleAfter(sale, event) {
  const counts = { ...sale.counts };
  const minors = { ...sale.minors };
  if (event.type === "money") {
    minors[event.key] = event.minor;
    if (!event.minor) delete minors[event.key];
    return { counts, minors };
  }
  const count = (counts[event.key] ?? 0) + (event.type === "tap" ? 1 : -1);
  counts[event.key] = Math.min(count, 50);
  if (count <= 0) delete counts[event.key];
  return { counts, minors };
}
