// What every page of the console does beside what its forms do by themselves.
"use strict";
(() => {
  // A form is sent once: a second tap waits for the answer of the first.
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method !== "post" || form.target) return;
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // The page may come back from the browser's memory.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  (document.getElementById("mistakes") ?? document.getElementById("typed"))?.focus();

  // What was done stands for ten seconds, longer while somebody is at it.
  for (const bar of document.querySelectorAll("[data-undo]")) {
    let left = 10;
    const timer = setInterval(() => {
      if (bar.matches(":hover, :focus-within")) return;
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      bar.remove();
    }, 1000);
    const shown = new URL(location.href);
    shown.searchParams.delete("done");
    shown.searchParams.delete("undo");
    history.replaceState(null, "", shown);
  }

  // All of a list are chosen, or none.
  for (const one of document.querySelectorAll("input[data-all]")) {
    const all = /** @type {HTMLInputElement} */ (one);
    all.hidden = false;
    all.addEventListener("change", () => {
      const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (
        all.form?.querySelectorAll("tbody input[type=checkbox]") ?? []
      );
      for (const box of boxes) box.checked = all.checked;
    });
  }

  for (const button of document.querySelectorAll("button[data-copy]")) {
    const copy = /** @type {HTMLButtonElement} */ (button);
    if (!navigator.clipboard) continue;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const from = /** @type {HTMLInputElement} */ (document.getElementById(copy.dataset.copy ?? ""));
      await navigator.clipboard.writeText(from.value);
      copy.textContent = copy.dataset.done ?? "";
    });
  }

  // Parts that are live are fetched again while somebody looks.
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live]"))) {
    setInterval(
      async () => {
        if (document.hidden || part.matches(":focus-within")) return;
        const answer = await fetch(part.dataset.live ?? "").catch(() => null);
        if (!answer?.ok) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
        if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
      },
      Number(part.dataset.every ?? 5) * 1000,
    );
  }
})();
