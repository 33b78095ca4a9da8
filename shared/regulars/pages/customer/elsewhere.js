// Inside another app: the way to the phone's own browser.
"use strict";
(() => {
  const panel = document.getElementById("elsewhere");
  const copy = /** @type {HTMLButtonElement | null} */ (document.getElementById("copy"));
  const outside = /** @type {HTMLAnchorElement | null} */ (document.getElementById("outside"));
  if (!panel || !copy || !outside) return;
  const link = new URL(panel.dataset.link || location.href, location.href);
  if (/Android/.test(navigator.userAgent)) {
    const scheme = link.protocol.replace(":", "");
    outside.href = `intent://${link.host}${link.pathname}${link.search}#Intent;scheme=${scheme};end`;
    outside.hidden = false;
  }
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link.href).catch(() => {});
      copy.textContent = copy.dataset.done ?? "";
    });
  }
})();
