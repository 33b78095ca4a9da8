// What the counter keeps in the browser, in IndexedDB: bookings until they are answered, the key with
// which they are signed, the number of the last one. Everything has an owner, the shop and the device
// it was made at; nothing of another owner is sent or shown.
"use strict";

/** @param {string} shop @param {string} device @returns {Kept} */
function keepsFor(shop, device) {
  const OWN = IDBKeyRange.bound([shop, device, 0], [shop, device, Number.MAX_SAFE_INTEGER]);
  const ME = `${shop}/${device}`;
  /** @type {Promise<IDBDatabase> | null} */
  let opened = null;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("regulars-counter", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("bookings", { keyPath: ["shop", "device", "n"] });
        request.result.createObjectStore("devices");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  /**
   * One transaction; resolves once it is on the disk.
   * @template T
   * @param {string[]} stores @param {IDBTransactionMode} mode
   * @param {(of: (name: string) => IDBObjectStore, done: (value: T) => void) => void} work
   * @returns {Promise<T>}
   */
  async function transact(stores, mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const options = /** @type {any} */ ({ durability: "strict" });
      const transaction = database.transaction(stores, mode, options);
      /** @type {T} */
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      work(
        (name) => transaction.objectStore(name),
        (value) => {
          result = value;
        },
      );
    });
  }

  /** @returns {Promise<DeviceKept | undefined>} */
  const device_ = () =>
    transact(["devices"], "readonly", (of, done) => {
      const request = of("devices").get(ME);
      request.onsuccess = () => done(request.result);
    });

  return {
    device: device_,
    /** Keeps the key of this device, once; numbers begin at the service's time. */
    learn: (key, now) =>
      transact(["devices"], "readwrite", (of) => {
        const request = of("devices").get(ME);
        request.onsuccess = () => {
          const known = request.result ?? { last: now, at: 0 };
          of("devices").put({ ...known, key, ahead: now - Date.now() }, ME);
        };
      }),
    /** Writes a booking down with the next number and a time that is not before the last one's. */
    add: (booking) =>
      transact(["devices", "bookings"], "readwrite", (of, done) => {
        const request = of("devices").get(ME);
        request.onsuccess = () => {
          const known = request.result ?? { last: Date.now(), at: 0, ahead: 0 };
          const at = Math.max(known.at, Date.now() + (known.ahead ?? 0));
          const n = known.last + 1;
          of("devices").put({ ...known, last: n, at }, ME);
          /** @type {BookingKept} */
          const made = { ...booking, shop, device, n, at, state: "waits", tries: 0 };
          of("bookings").put(made);
          done(made);
        };
      }),
    change: (booking) =>
      transact(["bookings"], "readwrite", (of) => {
        of("bookings").put(booking);
      }),
    remove: (n) =>
      transact(["bookings"], "readwrite", (of) => {
        of("bookings").delete([shop, device, n]);
      }),
    own: () =>
      transact(["bookings"], "readonly", (of, done) => {
        const request = of("bookings").getAll(OWN);
        request.onsuccess = () => done(request.result);
      }),
    /** How many bookings of other shops or devices lie here, which this one cannot send. */
    foreign: () =>
      transact(["bookings"], "readonly", (of, done) => {
        const all = of("bookings").count();
        const own = of("bookings").count(OWN);
        own.onsuccess = () => done(all.result - own.result);
      }),
  };
}

/** Has the worker keep the page with its scripts. @param {CounterById} byId */
async function keepPage(byId) {
  if (!navigator.serviceWorker) return;
  const found = await navigator.serviceWorker.register("/staff/worker.js", { scope: "/staff/" }).catch(() => null);
  if (!found) return;
  const { active } = await navigator.serviceWorker.ready;
  const { script, jsqr } = byId("counter").dataset;
  active?.postMessage({ page: location.pathname + location.search, scripts: [script, jsqr] });
}
