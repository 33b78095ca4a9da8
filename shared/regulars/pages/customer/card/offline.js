// The card's code without network: made from the time with a key of this device, and drawn here.
"use strict";
(() => {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  /** Error level (bits of the format), check words of a block, blocks as [count, data words]. */
  const KINDS = [
    {
      version: 5,
      level: 2,
      check: 22,
      blocks: [
        [2, 11],
        [2, 12],
      ],
    },
    { version: 6, level: 2, check: 28, blocks: [[4, 15]] },
    { version: 6, level: 3, check: 24, blocks: [[4, 19]] },
    { version: 6, level: 0, check: 16, blocks: [[4, 27]] },
  ];

  // --- the key of this device, which no script can read back ------------------------------------
  /** @returns {Promise<IDBDatabase>} */
  const opened = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open("regulars-card", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  /** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act */
  async function inStore(mode, act) {
    const base = await opened();
    return new Promise((resolve, reject) => {
      const asked = act(base.transaction("keys", mode).objectStore("keys"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  /** Fetch the key and how far this phone's clock is off. @param {string} path */
  async function learn(path) {
    const answer = await fetch(`${path}/code?key=1`, { headers: { accept: "application/json" } });
    if (!answer.ok) return forget();
    const given = await answer.json();
    const raw = Uint8Array.from(atob(given.key), (char) => char.charCodeAt(0));
    const how = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", raw, how, false, ["sign"]);
    const known = {
      key,
      handle: given.handle,
      url: given.url,
      step: given.step_s * 1000,
      off: given.now_ms - Date.now(),
    };
    await inStore("readwrite", (store) => store.put(known, path));
  }

  /** The code of this moment, and for how long it is shown. @param {string} path */
  async function code(path) {
    const known = await inStore("readonly", (store) => store.get(path));
    if (!known) return null;
    const now = Date.now() + known.off;
    const step = Math.floor(now / known.step);
    const mac = await crypto.subtle.sign("HMAC", known.key, new TextEncoder().encode(String(step)));
    let check = new DataView(mac).getUint32(0) & 0x3fffffff;
    let text = "";
    for (let place = 0; place < 6; place++) {
      text = ALPHABET[check & 31] + text;
      check >>>= 5;
    }
    const whole = known.handle + text;
    return { code: whole, url: known.url + whole, left: (step + 1) * known.step - now, life: known.step };
  }

  async function forget() {
    await inStore("readwrite", (store) => store.clear()).catch(() => {});
    await caches.delete("card-1").catch(() => {});
  }

  // --- the picture of a code -----------------------------------------------------------------------
  const EXP = new Uint8Array(512);
  const LOG = new Uint8Array(256);
  for (let power = 0, value = 1; power < 255; power++) {
    EXP[power] = EXP[power + 255] = value;
    LOG[value] = power;
    value = (value << 1) ^ (value & 128 ? 0x11d : 0);
  }
  /** @param {number} a @param {number} b */
  const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

  /** The check words of a block. @param {number[]} data @param {number} count */
  function checkWords(data, count) {
    let product = [1];
    for (let power = 0; power < count; power++) {
      const next = [...product, 0];
      product.forEach((factor, place) => {
        next[place + 1] ^= times(factor, EXP[power]);
      });
      product = next;
    }
    const rest = new Array(count).fill(0);
    for (const word of data) {
      const factor = word ^ rest[0];
      rest.shift();
      rest.push(0);
      for (let place = 0; place < count; place++) rest[place] ^= times(product[place + 1], factor);
    }
    return rest;
  }

  /** @param {string} text @param {typeof KINDS[0]} kind */
  function words(text, kind) {
    const bytes = [...new TextEncoder().encode(text)];
    const room = kind.blocks.reduce((sum, [count, size]) => sum + count * size, 0);
    const bits = [[4, 4], [bytes.length, 8], ...bytes.map((byte) => [byte, 8]), [0, 4]];
    const line = bits.map(([value, length]) => value.toString(2).padStart(length, "0")).join("");
    const data = (line.match(/.{1,8}/g) ?? []).map((one) => Number.parseInt(one.padEnd(8, "0"), 2)).slice(0, room);
    for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
    const blocks = kind.blocks.flatMap(([count, size]) => Array.from({ length: count }, () => data.splice(0, size)));
    const checks = blocks.map((block) => checkWords(block, kind.check));
    const found = [];
    for (let place = 0; place < Math.max(...blocks.map((block) => block.length)); place++) {
      for (const block of blocks) if (place < block.length) found.push(block[place]);
    }
    for (let place = 0; place < kind.check; place++) for (const check of checks) found.push(check[place]);
    return found;
  }

  /** A QR code as SVG, like those of the service; null for what is too long. @param {string} text */
  function qr(text) {
    const length = new TextEncoder().encode(text).length;
    const room = (/** @type {typeof KINDS[0]} */ it) => it.blocks.reduce((sum, [n, size]) => sum + n * size, 0) - 2;
    const kind = KINDS.find((one) => length <= room(one));
    if (!kind) return null;
    const size = 17 + 4 * kind.version;
    /** @type {(boolean | undefined)[][]} */
    const grid = Array.from({ length: size }, () => new Array(size).fill(undefined));
    /** @param {number} x @param {number} y @param {boolean} dark */
    const set = (x, y, dark) => {
      if (x >= 0 && y >= 0 && x < size && y < size) grid[y][x] = dark;
    };
    for (const [left, top] of [
      [0, 0],
      [size - 7, 0],
      [0, size - 7],
    ]) {
      for (let y = -1; y < 8; y++)
        for (let x = -1; x < 8; x++) {
          const far = Math.max(Math.abs(x - 3), Math.abs(y - 3));
          set(left + x, top + y, far < 2 || far === 3);
        }
    }
    for (let at = 8; at < size - 8; at++) {
      set(at, 6, at % 2 === 0);
      set(6, at, at % 2 === 0);
    }
    const middle = size - 7;
    for (let y = -2; y < 3; y++)
      for (let x = -2; x < 3; x++) set(middle + x, middle + y, Math.max(Math.abs(x), Math.abs(y)) !== 1);
    format(set, size, kind.level);
    const all = words(text, kind);
    let bit = 0;
    for (let right = size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < size; step++) {
        const upwards = ((right + 1) & 2) === 0;
        const y = upwards ? size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (grid[y][x] !== undefined) continue;
          const dark = bit < all.length * 8 && ((all[bit >> 3] >> (7 - (bit & 7))) & 1) === 1;
          grid[y][x] = dark !== (x % 3 === 0);
          bit += 1;
        }
      }
    }
    const path = grid.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
    return `<svg class="qr" viewBox="0 0 ${size} ${size}" aria-hidden="true" shape-rendering="crispEdges"><path d="${path}"/></svg>`;
  }

  /** The level and mask 2, twice. @param {(x: number, y: number, dark: boolean) => void} set @param {number} size @param {number} level */
  function format(set, size, level) {
    const given = (level << 3) | 2;
    let rest = given << 10;
    for (let place = 14; place > 9; place--) if (rest & (1 << place)) rest ^= 0x537 << (place - 10);
    const bits = ((given << 10) | rest) ^ 0x5412;
    for (let place = 0; place < 15; place++) {
      const dark = ((bits >> place) & 1) === 1;
      const along = place < 6 ? place : place < 8 ? place + 1 : size - 15 + place;
      set(8, along, dark);
      const across = place < 8 ? size - 1 - place : place === 8 ? 7 : 14 - place;
      set(across, 8, dark);
    }
    set(8, size - 8, true);
  }

  /** @type {any} */ (globalThis).offlineCard = { learn, code, forget, qr };
})();
