// A code for a guest who has no card yet, or whose card is not at hand: good once, for a minute and a half.
"use strict";

/** @param {Setup} setup @param {CounterById} byId @param {PanelScreen} screen */
function oneTimeCode(setup, byId, screen) {
  const ASK_MS = 2000;
  const say = setup.words;
  const { ask, post } = screen.post;
  /** @type {string} */
  let shown = "";

  /** @param {string} text */
  function tell(text) {
    byId("codeText").textContent = text;
  }

  async function show() {
    shown = "";
    byId("codeImage").hidden = true;
    tell(say.searching);
    byId("coding").showModal();
    const made = await post("/staff/api/codes", {}, (body) => body?.code_id && body.svg);
    if (!byId("coding").open) return;
    if (!made?.ok) return tell(made ? screen.problem(made) : say.noCode);
    shown = made.body.code_id;
    byId("codeImage").src = `data:image/svg+xml,${encodeURIComponent(made.body.svg)}`;
    byId("codeImage").hidden = false;
    tell(say.scanCode);
    watch(shown);
  }

  /** @param {string} id */
  async function watch(id) {
    while (byId("coding").open && shown === id) {
      await new Promise((done) => setTimeout(done, ASK_MS));
      const answer = await ask(`/staff/api/codes/${id}`, {}, (body) => body?.state);
      if (shown !== id || !answer?.ok || answer.body.state === "open") continue;
      byId("codeImage").hidden = true;
      tell(answer.body.state === "used" ? say.codeUsed : say.codeOver);
      return;
    }
  }

  byId("showCode").addEventListener("click", show);
  byId("coding").addEventListener("close", () => {
    shown = "";
  });
}
