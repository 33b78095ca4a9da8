// Keeps the last known card for the time without network. Nothing else is answered from here, and
// what is kept always says that it is kept.
"use strict";
(() => {
  const KEPT = "card-1";
  const worker = /** @type {any} */ (self);

  /** @param {Request} request */
  const isCard = (request) => /^\/card\/[^/]+$/.test(new URL(request.url).pathname);

  /** @param {Request} request */
  const address = (request) => new URL(new URL(request.url).pathname, request.url).href;

  /** @param {Request} request */
  async function page(request) {
    try {
      const answer = await fetch(request);
      const kept = await caches.open(KEPT);
      if (answer.ok && !answer.redirected && request.mode === "navigate") {
        const copy = answer.clone();
        const headers = new Headers(copy.headers);
        headers.delete("content-encoding");
        await kept.put(address(request), new Response(await copy.blob(), { headers }));
      } else if (answer.redirected || answer.status === 404) {
        await kept.delete(address(request));
      }
      return answer;
    } catch (error) {
      if (request.mode !== "navigate") throw error;
      return (await old(request)) ?? Response.error();
    }
  }

  /** @param {Request} request */
  async function old(request) {
    const kept = await (await caches.open(KEPT)).match(address(request));
    if (!kept) return undefined;
    const html = await kept.text();
    return new Response(html.replace('<main class="card"', '<main class="card" data-kept="1"'), {
      headers: kept.headers,
    });
  }

  /** Scripts have a hash in their names: what is there is right. @param {Request} request */
  async function script(request) {
    const kept = await caches.open(KEPT);
    const found = await kept.match(request);
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request, answer.clone());
    return answer;
  }

  worker.addEventListener("install", () => worker.skipWaiting());
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    if (request.method !== "GET") return;
    const path = new URL(request.url).pathname;
    if (isCard(request)) event.respondWith(page(request));
    else if (path.startsWith("/assets/")) event.respondWith(script(request));
  });
})();
