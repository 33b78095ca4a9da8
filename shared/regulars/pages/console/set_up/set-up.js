// The browser knows its time zone; whoever sets the shop up need not look for it.
"use strict";
(() => {
  const zone = /** @type {HTMLSelectElement | null} */ (document.getElementById("f-zone"));
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && own && [...zone.options].some((option) => option.value === own)) zone.value = own;
})();
