// Numbers, names and days in the counter's own language.
"use strict";

/**
 * Writes days in a time zone; by the browser's own clock when it does not know the zone.
 * @param {string} zone
 */
function calendar(zone) {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-CA");
  }
}

/**
 * Writes times of the day in a time zone; by the browser's own clock when it does not know the zone.
 * @param {string} zone
 */
function hours(zone) {
  const digits = /** @type {const} */ ({ hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  try {
    return new Intl.DateTimeFormat("en-GB", { ...digits, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", digits);
  }
}

/** @param {Setup} setup */
function wording(setup) {
  const say = setup.words;
  const plurals = new Intl.PluralRules(setup.lang);
  /** @param {number} n */
  const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, setup.group);
  /** @param {number} minor */
  function money(minor) {
    const places = setup.whole ? 0 : setup.exponent;
    const digits = String(setup.whole ? Math.floor(minor / 10 ** setup.exponent) : minor).padStart(places + 1, "0");
    const cut = digits.length - places;
    const shown = number(Number(digits.slice(0, cut))) + (places ? setup.decimal + digits.slice(cut) : "");
    return setup.zero.replace(/\d([.,]\d+)?/, () => shown);
  }
  /** @param {string} text @param {Record<string, string | number | undefined>} values */
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
  /** @param {Forms} forms @param {number} n */
  const form = (forms, n) => forms[plurals.select(Math.abs(n))] ?? forms.other;
  /** @param {Forms} forms @param {number} n */
  const count = (forms, n) => fill(form(forms, n), { n: number(n) });
  /** @param {Localized | null} [text] */
  const pick = (text) =>
    typeof text === "string" ? text : (text?.[setup.lang] ?? text?.en ?? Object.values(text ?? {})[0] ?? "");
  /** @param {number} n */
  const signed = (n) => (n < 0 ? "−" : "+") + number(Math.abs(n));

  /** @param {string} unit @param {number} n */
  const unitName = (unit, n) => (setup.units[unit] ? form(setup.units[unit], n) : unit);
  /**
   * Names in the counter's own language; the service names things in the guest's.
   * @param {VoucherShown} item
   */
  const rewardName = (item) => pick(item.says) || (setup.rewards[item.reward_id] ?? (pick(item.name) || say.reward));
  /** @param {TierShown | null} [tier] */
  const tierName = (tier) => setup.tiers[tier?.id ?? ""] ?? pick(tier?.name);

  const days = calendar(setup.zone);
  /** @param {Date} moment */
  function day(moment) {
    return Date.parse(`${days.format(moment)}T00:00:00Z`) / 86400000;
  }

  /** @param {string} instant */
  function ago(instant) {
    const past = Math.round(day(new Date()) - day(new Date(instant)));
    if (past <= 0) return say.today;
    return past === 1 ? say.yesterday : count(say.days, past);
  }

  const clock = hours(setup.zone);
  /** @param {number} ms */
  const at = (ms) => clock.format(new Date(ms));
  /**
   * A name or figure that may be written in another direction, kept apart from what is around it.
   * @param {string} text
   */
  const apart = (text) => `\u2068${text}\u2069`;

  return { ago, apart, at, count, fill, money, number, pick, rewardName, signed, tierName, unitName };
}
