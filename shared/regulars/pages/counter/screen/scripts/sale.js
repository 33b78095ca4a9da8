// From what was tapped to one sale: the body that is booked, and its words.
"use strict";

/** The key under which the amount of the whole sale is kept. */
const WHOLE = "amount";

/** @param {Setup} setup @param {SaleShown} sale */
function goodsOf(setup, sale) {
  return setup.keys.filter((key) => key.kind === "goods" && (key.single ? sale.minors[key.id] : sale.counts[key.id]));
}

/** @param {Setup} setup @param {SaleShown} sale */
const isEmptySale = (setup, sale) => !goodsOf(setup, sale).length && !sale.minors[WHOLE];

/**
 * Goods that are counted share one amount; it is missing as long as it is 0.
 * @param {Setup} setup @param {SaleShown} sale
 */
const needsAmount = (setup, sale) => goodsOf(setup, sale).some((key) => !key.single) && !sale.minors[WHOLE];

/**
 * The body of a sale. A visit that was counted for this guest already is not counted again.
 * @param {Setup} setup @param {SaleShown} sale @param {boolean} counted
 * @returns {Record<string, unknown>}
 */
function saleBody(setup, sale, counted) {
  const visits = counted ? 0 : 1;
  const goods = goodsOf(setup, sale);
  if (!goods.length) return { visits, spend_minor: sale.minors[WHOLE] };
  const many = goods.filter((key) => !key.single);
  const pieces = many.reduce((sum, key) => sum + sale.counts[key.id], 0);
  let left = sale.minors[WHOLE] ?? 0;
  const whole = left;
  const items = goods.map((key) => {
    const which = key.category ? { category: key.category } : { sku: key.sku };
    if (key.single) return { ...which, quantity: 1, amount_minor: sale.minors[key.id] };
    const quantity = sale.counts[key.id];
    const isLast = key === many[many.length - 1];
    const amount = isLast ? left : Math.floor((whole * quantity) / pieces);
    left -= amount;
    return { ...which, quantity, amount_minor: amount };
  });
  return { visits, items };
}

/**
 * @param {Setup} setup @param {SaleShown} sale @param {(minor: number) => string} money
 * @returns {string} such as "2 × Main, €45.00"
 */
function saleWords(setup, sale, money) {
  const words = goodsOf(setup, sale).map((key) =>
    key.single ? `${key.name} ${money(sale.minors[key.id])}` : `${sale.counts[key.id]} × ${key.name}`,
  );
  if (sale.minors[WHOLE]) words.push(money(sale.minors[WHOLE]));
  return words.join(", ");
}
