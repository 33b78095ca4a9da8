// Adds a passkey on the console's first page, and signs in with one where a mail is asked for.
"use strict";
(() => {
  const add = /** @type {HTMLFormElement | null} */ (document.getElementById("passkey-add"));
  const start = /** @type {HTMLButtonElement | null} */ (document.getElementById("passkey-sign-in"));
  const none = document.getElementById("passkey-none");
  const problem = /** @type {HTMLElement | null} */ (document.getElementById("passkey-problem"));
  if (!window.PublicKeyCredential || !problem) return;

  /** @param {string | undefined} text */
  function tell(text) {
    if (!problem) return;
    problem.textContent = text ?? "";
    problem.hidden = !text;
  }

  /** @param {string} text */
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

  /** @param {ArrayBuffer} buffer */
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");

  /**
   * @param {string} path
   * @param {object} body
   */
  async function ask(path, body) {
    const answer = await fetch(`/console/passkey/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Regulars": "staff" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  /**
   * What there is in common of a passkey that was made and of one that is shown.
   * @param {PublicKeyCredential} credential
   */
  const named = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  /** @param {HTMLFormElement} form */
  async function adding(form) {
    const { again, failed, there, cannot } = form.dataset;
    const options = await ask("register/options", {});
    if (options.body.code === "confirm_needed" || options.status === 401) {
      location.assign(again ?? "");
      return;
    }
    if (options.status !== 200) return tell(failed);
    const given = options.body;
    const credential = /** @type {PublicKeyCredential} */ (
      await navigator.credentials.create({
        publicKey: {
          ...given,
          challenge: bytes(given.challenge),
          user: { ...given.user, id: bytes(given.user.id) },
          excludeCredentials: given.excludeCredentials.map((/** @type {{ id: string }} */ one) => ({
            ...one,
            id: bytes(one.id),
          })),
        },
      })
    );
    const made = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
    const response = { clientDataJSON: text(made.clientDataJSON), attestationObject: text(made.attestationObject) };
    const name = String(new FormData(form).get("name")).trim();
    const body = { credential: { ...named(credential), response }, ...(name ? { name } : {}) };
    const done = await ask("register/finish", body);
    if (done.status === 201) location.reload();
    else if (done.body.errors?.some((/** @type {{ path: string }} */ one) => one.path.endsWith(".rk"))) tell(cannot);
    else tell(done.body.errors?.[0]?.path === "credential.id" ? there : failed);
  }

  /** @param {HTMLButtonElement} button */
  async function signingIn(button) {
    const { failed, unknown, many } = button.dataset;
    /** @param {number} status */
    const refused = (status) => tell(status === 429 ? many : status === 403 ? unknown : failed);
    const options = await ask("login/options", {});
    if (options.status !== 200) return refused(options.status);
    const credential = /** @type {PublicKeyCredential} */ (
      await navigator.credentials.get({
        publicKey: { ...options.body, challenge: bytes(options.body.challenge), allowCredentials: [] },
      })
    );
    const shown = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
    const response = {
      clientDataJSON: text(shown.clientDataJSON),
      authenticatorData: text(shown.authenticatorData),
      signature: text(shown.signature),
      userHandle: shown.userHandle ? text(shown.userHandle) : null,
    };
    const done = await ask("login/finish", { credential: { ...named(credential), response } });
    if (done.status !== 200) return refused(done.status);
    location.assign(done.body.location);
  }

  /**
   * Runs one after the other, and says in words what went wrong.
   * @param {HTMLButtonElement | null} button
   * @param {() => Promise<void>} work
   * @param {DOMStringMap} words
   */
  async function run(button, work, words) {
    if (!button || button.disabled) return;
    tell("");
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      const there = error instanceof DOMException && error.name === "InvalidStateError";
      tell((there && words.there) || words.failed);
    }
    button.disabled = false;
  }

  if (add && none) {
    add.hidden = false;
    none.hidden = true;
    add.addEventListener("submit", (event) => {
      event.preventDefault();
      run(add.querySelector("button"), () => adding(add), add.dataset);
    });
  }
  if (start) {
    start.hidden = false;
    start.addEventListener("click", () => run(start, () => signingIn(start), start.dataset));
  }
})();
