// Sound and vibration, each by choice, which is kept for this browser: two rising tones for what was
// booked, one low tone for what was refused.
"use strict";

/** @param {CounterById} byId */
function signals(byId) {
  const CHOICES = /** @type {const} */ (["sound", "vibration"]);
  /** @type {AudioContext | null} */
  let audio = null;

  /** @param {string} name */
  function isOn(name) {
    try {
      return localStorage.getItem(`regulars.${name}`) !== "off";
    } catch {
      return true;
    }
  }

  for (const name of CHOICES) {
    const box = byId(name);
    box.checked = isOn(name);
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(`regulars.${name}`, box.checked ? "on" : "off");
      } catch {
        // Kept until the page is left, then.
      }
    });
  }

  /** @param {number} pitch @param {number} after @param {number} seconds */
  function tone(pitch, after, seconds) {
    if (!audio) return;
    const from = audio.currentTime + after;
    const source = audio.createOscillator();
    const loudness = audio.createGain();
    source.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.14, from);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + seconds);
    source.connect(loudness).connect(audio.destination);
    source.start(from);
    source.stop(from + seconds);
  }

  /** @param {"booked" | "refused"} what */
  return (what) => {
    if (byId("vibration").checked) navigator.vibrate?.(what === "booked" ? 30 : [60, 60, 60]);
    if (!byId("sound").checked) return;
    try {
      audio ??= new AudioContext();
    } catch {
      return;
    }
    if (what === "booked") {
      tone(660, 0, 0.06);
      tone(990, 0.06, 0.08);
    } else tone(200, 0, 0.18);
  };
}
