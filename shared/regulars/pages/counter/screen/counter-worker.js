// Keeps the counter's page and its scripts, so that the counter opens without a connection. What is
// booked is not kept here but by the page itself.
"use strict";
(() => {
  const PAGE = "/staff/counter";
  const KEPT = "regulars-counter-1";
  const PATIENCE_MS = 4000;
  const scope = /** @type {any} */ (self);

  scope.addEventListener("install", () => scope.skipWaiting());
  scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(scope.clients.claim()));

  /** The counter's own page, and not the one that asks who is there. @param {Response} answer */
  const isCounter = async (answer) => answer.ok && (await answer.clone().text()).includes('id="counter"');

  /** @param {Response} answer */
  async function keepPage(answer) {
    if (await isCounter(answer)) await (await caches.open(KEPT)).put(PAGE, answer.clone());
    return answer;
  }

  /** @param {Request} request */
  async function page(request) {
    const kept = await caches.match(PAGE);
    try {
      const patience = kept ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {};
      const answer = await fetch(request, patience);
      if (kept && answer.status >= 500) return kept;
      return await keepPage(answer);
    } catch (error) {
      if (kept) return kept;
      throw error;
    }
  }

  /** Scripts have their content in their names: one that is kept is right. @param {Request} request */
  async function script(request) {
    const kept = await caches.match(request);
    if (kept) return kept;
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(KEPT)).put(request, answer.clone());
    return answer;
  }

  /** @param {{ page: string, scripts: string[] }} asked */
  async function keep(asked) {
    const cache = await caches.open(KEPT);
    for (const url of asked.scripts) if (!(await cache.match(url))) await cache.add(url);
    await keepPage(await fetch(asked.page, { credentials: "same-origin" }));
    for (const one of await cache.keys()) {
      const { pathname } = new URL(one.url);
      if (pathname !== PAGE && !asked.scripts.includes(pathname)) await cache.delete(one);
    }
  }

  scope.addEventListener("message", (/** @type {any} */ event) => event.waitUntil(keep(event.data)));
  scope.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    const { pathname, origin } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.method === "GET" && pathname.startsWith("/assets/")) event.respondWith(script(request));
    if (request.method === "GET" && request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
    if (request.method === "POST" && pathname === "/staff/sign-out")
      event.waitUntil(caches.open(KEPT).then((cache) => cache.delete(PAGE)));
  });
})();
