// What staff may give unasked; the same for every guest. `give` gets the id of the surprise.
"use strict";
/** @param {Setup} setup @param {CounterById} byId @param {(surprise: string) => void} give */
function giftList(setup, byId, give) {
  const gifts = byId("gifts");
  gifts?.querySelector("ul")?.replaceChildren(
    ...setup.gifts.map(([id, name, reward]) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "pale";
      const what = document.createElement("b");
      what.textContent = reward;
      const why = document.createElement("span");
      why.textContent = name;
      button.append(what, why);
      button.addEventListener("click", () => {
        gifts.open = false;
        give(id);
      });
      item.append(button);
      return item;
    }),
  );
  return gifts;
}
