// Finds guests: by a code, a name or a number. Only the newest question is answered.
"use strict";

/** @type {MemberShown} */
const NOBODY_YET = { member_id: "", name: null, visits: 0, last_visit_at: null, tier: null, next: null };

/** @param {Setup} setup @param {CounterById} byId @param {FinderScreen} screen */
function finder(setup, byId, screen) {
  const { kept, post, dispatch, tell, lost, problem } = screen;
  const say = setup.words;
  let questions = 0;

  /** @param {Record<string, string>} query @param {{ otherwise?: Record<string, string>, isScanned?: boolean }} [how] */
  async function find(query, { otherwise, isScanned = false } = {}) {
    const question = ++questions;
    dispatch({ type: "ask", question });
    const path = `/staff/api/member?${new URLSearchParams(query)}`;
    const answer = await post.ask(path, {}, (body) => body?.member || Array.isArray(body?.members));
    lost(!answer);
    if (question !== questions) return;
    if (!answer) {
      // A name may look like a code: one that was scanned, or has a digit, is one. Else the person says it.
      const code = (query.code ?? query.q ?? "").replace(/[\s-]/g, "").toUpperCase();
      if (!isCodeLike(code) || !(await kept.device())?.key) dispatch({ type: "missed", question, said: say.lost });
      else if (isScanned || isCodeAlone(code)) unseen(question, code);
      else {
        tell(say.lostCode, "wait");
        dispatch({ type: "listed", question, members: [{ ...NOBODY_YET, code }] });
      }
      return;
    }
    if (answer.status === 401) {
      dispatch({ type: "missed", question, said: "" });
      screen.signedOut();
      return;
    }
    const { body } = answer;
    const isNone = answer.status === 404 || body.members?.length === 0;
    if (isNone && otherwise) find(otherwise);
    else if (answer.status === 404 || body.members?.length === 0)
      dispatch({ type: "missed", question, said: say.none });
    else if (!answer.ok) dispatch({ type: "missed", question, said: problem(answer) });
    else if (body.members?.length > 1) {
      tell("");
      dispatch({ type: "listed", question, members: body.members });
    } else if (body.members) find({ id: body.members[0].member_id });
    else foundCard(question, body);
  }

  /** A guest of whom only the code is known. @param {number} question @param {string} code */
  function unseen(question, code) {
    found(question, { id: "", code, card: null, proof: "", counted: false });
  }

  /** @param {number} question @param {any} body */
  function foundCard(question, body) {
    const card = body.member;
    found(question, { id: card.member_id, code: "", card, proof: body.seen ?? "", counted: false });
    const scanned = body.voucher;
    if (scanned && screen.state().guest?.id === card.member_id) screen.voucher(scanned);
  }

  /** @param {number} question @param {GuestShown} guest */
  function found(question, guest) {
    tell("");
    dispatch({ type: "found", question, guest });
  }

  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = trimmed(byId("q").value);
    if (!text) return;
    byId("q").blur();
    byId("q").value = "";
    const code = readCode(text);
    if (code !== text) find({ code }, { isScanned: true });
    else if (isCodeAlone(text)) find({ code: text }, { otherwise: { q: text } });
    else find({ q: text }, isCodeLike(text) ? { otherwise: { code: text } } : {});
  });

  return {
    find,
    /** What was chosen from a list. @param {MemberShown} card */
    choose(card) {
      if (!card.code) return void find({ id: card.member_id });
      dispatch({ type: "ask", question: ++questions });
      unseen(questions, card.code);
    },
    forget() {
      questions += 1;
    },
  };
}
