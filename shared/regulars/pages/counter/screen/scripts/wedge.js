// A scanner that types. What it sends comes faster than fingers and ends with Enter; it is read wherever
// the focus is, and presses no button. Its keys are those of an American keyboard whatever layout the
// tablet has: the place of a key (`code`) says what was sent, when its letter does not.
"use strict";

/** @param {WedgeScreen} screen */
function wedge(screen) {
  const FAST_MS = 60;
  const FEWEST = 6;
  const SIGNS = /** @type {Record<string, string[]>} */ ({
    Minus: ["-", "_"],
    Equal: ["=", "+"],
    Slash: ["/", "?"],
    Period: [".", ">"],
    Comma: [",", "<"],
    Semicolon: [";", ":"],
    Quote: ["'", '"'],
    BracketLeft: ["[", "{"],
    BracketRight: ["]", "}"],
    Backslash: ["\\", "|"],
    Backquote: ["`", "~"],
    Space: [" ", " "],
  });
  const ABOVE_DIGITS = ")!@#$%^&*(";
  /** @type {{ key: string, sent: string }[]} */
  let typed = [];
  let given = 0; // how many of them the screen has
  let last = 0;
  let rest = 0;

  /** @param {KeyboardEvent} event @returns {string} what an American keyboard has at this place */
  function sentBy(event) {
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
    if (letter) return event.shiftKey ? letter : letter.toLowerCase();
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (digit) return event.shiftKey ? ABOVE_DIGITS[Number(digit)] : digit;
    return SIGNS[event.code]?.[event.shiftKey ? 1 : 0] ?? event.key;
  }

  /** Hands over single keys that no scanner seems to have typed. */
  function give() {
    if (typed.length >= FEWEST) return;
    for (const { key } of typed.slice(given)) screen.typed(key);
    given = typed.length;
  }

  /** Ends what was typed: the next key begins something else. */
  function release() {
    give();
    typed = [];
    given = 0;
  }

  addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const now = event.timeStamp; // when it was typed, however late a busy tablet comes to it
      const isFast = now - last < FAST_MS;
      const field =
        event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement ? event.target : null;
      if (event.key === "Enter" || event.key === "Tab") {
        clearTimeout(rest);
        if (isFast && typed.length >= FEWEST) {
          event.preventDefault();
          event.stopImmediatePropagation();
          const raw = [typed.map(({ key }) => key).join(""), typed.map(({ sent }) => sent).join("")];
          typed = [];
          given = 0;
          if (field) field.value = "";
          screen.scanned(raw);
        } else release();
        return;
      }
      if (event.key.length !== 1) {
        if (event.key === "Backspace" || event.key === "Escape") {
          release();
          if (!field) screen.typed(event.key);
        }
        return;
      }
      if (!isFast) release();
      last = now;
      if (field && field !== screen.field) return;
      typed.push({ key: event.key, sent: sentBy(event) });
      if (field) return;
      if (event.key === " " && !isFast) {
        typed = []; // a blank is how a button is pressed
        return;
      }
      event.preventDefault();
      clearTimeout(rest);
      // Not the end of a scan: what comes late to a busy tablet was typed in time.
      rest = setTimeout(give, FAST_MS + 10);
    },
    true,
  );
}

/**
 * The code in what a scanner typed: the last part of a link of ours, read by letters or by places.
 * @param {string[]} readings
 */
function scannedCode(readings) {
  for (const raw of readings) {
    const path = /^https?:\/\/[^/\s]+\/[sv]\/([0-9a-z]{6,12})$/i.exec(raw.trim());
    if (path) return path[1];
  }
  const bare = readings.find((raw) => isCodeLike(raw.trim()));
  return bare ? bare.trim() : (/([0-9a-z]{8,10})$/i.exec(readings.at(-1) ?? "")?.[1] ?? readings[0]);
}

/**
 * A pasted text without what nobody sees at its ends: blanks, zero-width characters.
 * @param {string} text
 */
const trimmed = (text) => text.replace(/^[\p{C}\p{Z}]+|[\p{C}\p{Z}]+$/gu, "");

/**
 * A scanned text is a link to us or a bare code; the last part of the path is the code.
 * @param {string} raw
 */
function readCode(raw) {
  try {
    return new URL(raw).pathname.split("/").filter(Boolean).at(-1) ?? "";
  } catch {
    return trimmed(raw);
  }
}

/**
 * Whether a text can only be a code: eight or ten letters and digits, with both of them. A name or a
 * number is never tried as a code first, because wrong codes are counted.
 * @param {string} text
 */
const isCodeAlone = (text) => isCodeLike(text) && /\d/.test(text) && /[a-z]/i.test(text);

/** @param {string} text */
const isCodeLike = (text) => /^(?:[0-9a-z]{8}|[0-9a-z]{10})$/i.test(text.replace(/^([0-9a-z]{4,5})[\s-]/i, "$1"));

/** A code in two groups, as it stands on a card. @param {string} code */
const grouped = (code) => {
  const bare = code.replace(/[\s-]/g, "");
  return `${bare.slice(0, bare.length / 2)} ${bare.slice(bare.length / 2)}`;
};
