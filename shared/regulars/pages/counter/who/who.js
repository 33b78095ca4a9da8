// Signs a person in on this device: the name that was chosen, and the PIN where there is one.
"use strict";
(() => {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("who"));
  if (!form) return;
  const line = /** @type {HTMLElement} */ (document.getElementById("pin-line"));
  const pin = /** @type {HTMLInputElement} */ (document.getElementById("pin"));
  const problem = /** @type {HTMLElement} */ (document.getElementById("problem"));

  const chosen = () => /** @type {HTMLInputElement | null} */ (form.querySelector("[name=staff_id]:checked"));

  /** @param {string} text */
  function tell(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  function asks() {
    const needed = chosen()?.dataset.pin === "1";
    line.hidden = !needed;
    pin.required = needed;
    return needed;
  }

  form.addEventListener("change", (event) => {
    tell("");
    if (event.target !== pin && asks()) pin.focus();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const who = chosen();
    if (!who) return;
    const body = { staff_id: who.value, ...(asks() ? { pin: pin.value } : {}) };
    try {
      const answer = await fetch("/staff/api/who", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Regulars": "staff" },
        body: JSON.stringify(body),
      });
      if (answer.ok) {
        location.reload();
        return;
      }
      const { wrong, many, other } = form.dataset;
      tell((answer.status === 403 ? wrong : answer.status === 429 ? many : other) ?? "");
    } catch {
      tell(form.dataset.other ?? "");
    }
    pin.value = "";
    if (asks()) pin.focus();
  });

  asks();
})();
