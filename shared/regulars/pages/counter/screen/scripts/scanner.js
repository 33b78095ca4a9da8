// The camera of the counter screen: shows the picture, reads QR codes, hands over their text.
// `screen.waiting()` pauses reading, `screen.shown()` says a card is on the screen, `screen.read`
// gets each text once, `screen.failed` an error of the camera.
"use strict";
/** @param {CounterById} byId @param {ScannedScreen} screen */
function scanner(byId, screen) {
  const REST_MS = 140;
  const SAME_AGAIN_MS = 4000;
  const video = byId("video");
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {(() => Promise<string>) | undefined} */
  let detect;
  let last = "";
  let lastAt = 0;

  async function decoder() {
    const own = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (own.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(video))[0]?.rawValue ?? "";
    }
    await load(byId("counter").dataset.jsqr);
    return withJsQR();
  }

  /** @param {string} source */
  const load = (source) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });

  function withJsQR() {
    const canvas = document.createElement("canvas");
    const options = { willReadFrequently: true };
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", options));
    return async () => {
      const side = Math.min(video.videoWidth, video.videoHeight);
      const size = Math.min(480, side);
      const [x, y] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
      canvas.width = canvas.height = size;
      context.drawImage(video, x, y, side, side, 0, 0, size, size);
      const { data } = context.getImageData(0, 0, size, size);
      return jsQR(data, size, size, { inversionAttempts: "dontInvert" })?.data ?? "";
    };
  }

  async function start() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      video.srcObject = stream;
      draw();
      await video.play();
      detect ??= await decoder();
    } catch (error) {
      stop();
      screen.failed(error);
      return;
    }
    look();
  }

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    draw();
  }

  function draw() {
    const on = stream !== null;
    video.hidden = byId("hint").hidden = !on;
    byId("start").hidden = on;
    byId("camera").classList.toggle("off", !on);
  }

  async function look() {
    if (!stream || !detect) return;
    if (!screen.waiting() && video.readyState >= 2) {
      let raw = "";
      try {
        raw = await detect();
      } catch {
        // A frame that cannot be read is followed by another one.
      }
      if (raw && isNew(raw)) {
        last = raw;
        lastAt = performance.now();
        flash();
        await screen.read(raw);
      }
    }
    setTimeout(look, REST_MS);
  }

  /**
   * A code held still is read many times a second: it counts again only after its card has left
   * the screen and a few seconds have passed.
   * @param {string} raw
   */
  const isNew = (raw) => raw !== last || (!screen.shown() && performance.now() - lastAt > SAME_AGAIN_MS);

  function flash() {
    navigator.vibrate?.(20);
    byId("camera").classList.add("seen");
    setTimeout(() => byId("camera").classList.remove("seen"), 500);
  }

  byId("start").addEventListener("click", start);
  let resume = false;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && stream) {
      stop();
      resume = true;
    } else if (!document.hidden && resume) {
      resume = false;
      start();
    }
  });
  draw();
  navigator.permissions?.query({ name: "camera" }).then(
    (permission) => {
      if (permission.state === "granted") start();
    },
    () => {}, // Browsers that cannot say are asked by the button.
  );

  return {
    on: () => stream !== null,
    forget: () => {
      last = "";
    },
  };
}
