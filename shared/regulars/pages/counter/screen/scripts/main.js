// The counter screen: what happens goes through `nextState`, and the screen is drawn from the state.
"use strict";
(() => {
  /** @type {CounterById} */
  const byId = (id) => /** @type {any} */ (document.getElementById(id));
  /** @type {Setup} */
  const setup = JSON.parse(document.getElementById("setup")?.textContent ?? "");
  const say = setup.words;
  const words = wording(setup);
  const { at, apart, fill, money, pick, rewardName } = words;
  const kept = keepsFor(setup.shop, setup.device);
  const signal = signals(byId);
  const problem = (/** @type {Answer} */ answer) => problemWords(setup, answer);

  let state = nobody();
  /** @type {VoucherShown | null} */
  let voucher = null; // waits for "Redeem"
  /** @type {"sale" | "confirm" | "pad" | "offers"} */
  let panel = "sale";
  let padFor = WHOLE; // what the amount is for: a key, or "bill"
  const today = todayFigure(setup, byId, words);
  let role = setup.role;
  let person = setup.staff;
  /** @type {BookingKept | null} */
  let refusedOne = null;
  let starting = false; // a booking is being written down
  let lostSince = 0;

  // --- drawing -------------------------------------------------------------------------------
  /** @param {ScreenEvent} event */
  function dispatch(event) {
    const before = state;
    state = nextState(state, event);
    if (state === before) return;
    if (state.guest?.id !== before.guest?.id) {
      panel = "sale";
      voucher = null;
    }
    draw(before);
  }

  /** @param {ScreenState} before */
  function draw(before) {
    const { guest, phase } = state;
    const isGuest = Boolean(guest) && phase !== "done";
    byId("counter").className = guest ? (panel === "pad" ? "typing" : "guest") : state.list ? "choosing" : "idle";
    byId("counter").classList.toggle("sends", phase === "booking");
    byId("member").hidden = !isGuest || panel === "pad" || panel === "offers" || panel === "confirm";
    byId("sale").hidden = !isGuest || panel !== "sale";
    byId("confirm").hidden = !isGuest || panel !== "confirm";
    byId("pad").hidden = !isGuest || panel !== "pad";
    byId("offers").hidden = !isGuest || panel !== "offers";
    byId("matches").hidden = !state.list;
    byId("done").hidden = phase !== "done" || state.result?.kind === "refused";
    byId("refused").hidden = phase !== "done" || state.result?.kind !== "refused";
    if (guest) people.draw(guest);
    keys.draw(state);
    for (const button of document.querySelectorAll("#due button")) button.disabled = phase !== "guest";
    byId("redeem").disabled = phase !== "guest";
    if (state.list && state.list !== before.list) {
      const line = (/** @type {MemberShown} */ card) => matchLine(setup, words, card, () => choose(card));
      byId("matches").replaceChildren(...state.list.map(line));
    }
    if (state.said && state.said !== before.said) tell(state.said, "wrong");
    if (phase === "finding" && !state.list) tell(say.searching, "wait");
    if (phase === "booking" && before.phase === "guest") tell(say.sending, "wait");
    const isNew = phase === "guest" && (before.phase === "finding" || before.phase === "booking");
    if (isNew) byId("member").focus({ preventScroll: true });
    if (phase === "done") results.draw(state, before.phase !== "done");
  }

  /** @param {string} text */
  function tell(text, kind = "") {
    const line = byId("say");
    line.className = `say ${kind}`;
    line.textContent = text;
    line.hidden = !text;
  }

  /** @param {typeof panel} name */
  function open(name) {
    panel = name;
    draw(state);
  }

  // --- talking to the service ----------------------------------------------------------------
  const post = postOffice(setup, kept, {
    answered(booking, answer) {
      lost(false);
      countBooked(booking, answer);
      if (state.phase !== "booking" || state.work !== booking.n) {
        if (answer.ok && booking.about.id) refresh(booking.about.id);
        return answer.ok;
      }
      if (answer.ok) succeeded(booking, answer.body);
      else refused(booking, answer);
      return true;
    },
    waits(booking, answer) {
      lost(!answer || answer.status >= 500);
      waits(booking);
    },
    signedOut: (booking) =>
      signIn({ title: fill(say.signFor, { name: apart(booking.about.name ?? "") }), text: say.signText }),
    counted: (waiting) => drawKept(waiting),
  });

  /** Nobody waits for a visit or a sale that has no answer yet. @param {BookingKept} booking */
  function waits(booking) {
    if (state.work !== booking.n) return;
    const { what = "" } = booking.about;
    const result = /** @type {const} */ ({ kind: "kept", what, news: say.keptNote });
    if (booking.kind === "earn") dispatch({ type: "answered", work: booking.n, visits: visitsOf(booking), result });
    else tell(say.keptNote, "wait");
  }

  /** @param {boolean} is */
  function lost(is) {
    lostSince = is ? lostSince || Date.now() : 0;
    byId("dot").classList.toggle("off", is);
  }

  /**
   * Books for the guest on the screen; the state is changed before anything waits, so that a second
   * tap meets no open key.
   * @param {BookingKind} kind @param {string} path @param {Record<string, unknown>} body @param {About} about
   */
  async function book(kind, path, body, about = {}) {
    const guest = state.guest;
    if (!guest || state.phase !== "guest" || starting) return;
    starting = true;
    tell(say.sending, "wait");
    const named = { name: people.nameOf(guest), id: guest.id, ...about };
    try {
      const made = await kept.add({ kind, path, body, about: named, signable: kind === "earn" && !body.override });
      dispatch({ type: "book", guest: guest.id, work: made.n });
      if (post.isDown()) waits(made);
      post.flush();
    } finally {
      starting = false;
    }
  }

  // --- what was booked -----------------------------------------------------------------------
  /** @param {BookingKept} booking @param {any} body */
  function succeeded(booking, body) {
    const result = resultOf(setup, words, booking, body);
    tell("");
    if (booking.kind === "take") {
      dispatch({ type: "answered", work: booking.n, visits: 0, result: { kind: "open", what: "" } });
      confirmVoucher({ ...body, status: "issued", says: booking.about.what });
      refresh(booking.about.id);
      return;
    }
    dispatch({ type: "answered", work: booking.n, visits: visitsOf(booking), result });
    voucher = null;
    panel = "sale";
    refresh(booking.about.id);
  }

  /** @param {BookingKept} booking @param {Answer} answer */
  function refused(booking, answer) {
    refusedOne = booking;
    const { last } = state.guest?.card ?? {};
    const by = setup.people.find((one) => one.staff_id === last?.staff)?.name;
    const isCap = answer.body?.code === "cap_reached";
    const news = isCap && last && by ? fill(say.lastBy, { time: at(Date.parse(last.at)), name: apart(by) }) : "";
    tell("");
    const mayOverride =
      ["cap_reached", "staff_limit"].includes(answer.body?.code) && ["earn", "gift"].includes(booking.kind);
    const result = /** @type {const} */ ({ kind: "refused", what: problem(answer), news, mayOverride });
    dispatch({ type: "answered", work: booking.n, visits: 0, result });
  }

  /** @param {BookingKept} booking @param {Answer} answer */
  function countBooked(booking, answer) {
    if (!answer.ok) return;
    const counts = booking.kind === "undo" ? -(booking.about.stamps ?? 0) : stampsOf(setup, booking, answer.body);
    if (counts) today.add(counts);
    lately.booked(booking, answer.body);
  }

  /** @param {string} [id] */
  async function refresh(id) {
    if (!id) return;
    const answer = await post.ask(`/staff/api/member?id=${encodeURIComponent(id)}`, {}, (body) => body?.member);
    if (answer?.ok) dispatch({ type: "fresh", member: answer.body.member });
  }

  // --- finding -------------------------------------------------------------------------------
  const { find, choose, forget } = finder(setup, byId, {
    kept,
    post,
    state: () => state,
    dispatch,
    tell,
    lost,
    problem,
    signedOut: () => signIn({ title: say.signAgain, text: say.signText }),
    voucher(item) {
      if (people.isDue(item)) confirmVoucher(item);
      else tell(setup.problems[`voucher_${item.status}`] ?? setup.problems.other, "wrong");
    },
  });

  function next() {
    forget();
    camera.forget();
    tell("");
    dispatch({ type: "next" });
    if (!camera.on() && matchMedia("(hover: hover)").matches) byId("q").focus({ preventScroll: true });
  }
  for (const id of /** @type {const} */ (["next", "nextGuest", "nextRefused"]))
    byId(id).addEventListener("click", next);
  byId("again").addEventListener("click", () => dispatch({ type: "again", counted: Boolean(state.guest?.counted) }));

  // --- selling -------------------------------------------------------------------------------
  const keys = saleKeys(setup, byId, words, {
    tap(key) {
      if (state.phase !== "guest") return;
      if (key.kind === "visit") sell({ visits: 1 }, [key.id], "+1");
      else if (key.kind === "amount" || key.single) openPad(key.kind === "amount" ? WHOLE : key.id);
      else dispatch({ type: "tap", key: key.id });
    },
    less: (key) => dispatch({ type: "less", key: key.id }),
  });

  /** @param {Record<string, unknown>} body @param {string[]} used @param {string} what */
  function sell(body, used, what) {
    const guest = state.guest;
    if (!guest) return;
    keys.used(used);
    const who = guest.card ? { member_id: guest.id } : { code: guest.code };
    book("earn", "/v1/earn", { ...who, ...body, staff: person }, { what });
  }

  function sellAll() {
    const { sale, guest } = state;
    const ids = [...Object.keys(sale.counts), ...Object.keys(sale.minors)];
    sell(saleBody(setup, sale, Boolean(guest?.counted)), ids, saleWords(setup, sale, money));
  }
  byId("book").addEventListener("click", () => (needsAmount(setup, state.sale) ? openPad(WHOLE) : sellAll()));

  // --- the amount ----------------------------------------------------------------------------
  const pad = keypad(setup, byId, money, (minor) => {
    if (!minor || state.phase !== "guest") return;
    if (padFor === "bill") {
      redeem({ order_minor: minor });
      return;
    }
    dispatch({ type: "money", key: padFor, minor });
    open("sale");
    if (padFor === WHOLE && !goodsOf(setup, state.sale).length) sellAll();
  });

  /** @param {string} key */
  function openPad(key) {
    padFor = key;
    pad.open(state.sale.minors[key]);
    byId("enter").textContent = key === "bill" ? say.redeem : say.add;
    const named = setup.keys.find((one) => one.id === key)?.name;
    byId("padWho").textContent = state.guest ? people.nameOf(state.guest) : "";
    byId("padHint").textContent = key === "bill" ? say.bill : key === WHOLE ? "" : (named ?? "");
    open("pad");
    byId("pad").querySelector("button")?.focus({ preventScroll: true });
  }
  byId("cancel").addEventListener("click", () => open(padFor === "bill" ? "confirm" : "sale"));

  // --- rewards -------------------------------------------------------------------------------
  const people = guestPanel(setup, byId, words, {
    redeem(item) {
      voucher = item;
      if (state.guest?.proof && !item.left_minor) redeem({});
      else confirmVoucher(item);
    },
    take(reward_id, what) {
      const member_id = state.guest?.id;
      book("take", "/v1/vouchers", { member_id, reward_id }, { what });
    },
  });

  /** @param {VoucherShown} item */
  function confirmVoucher(item) {
    const { guest } = state;
    if (!guest) return;
    voucher = item;
    byId("what").textContent = rewardName(item);
    const facts = [fill(say.of, { name: apart(people.nameOf(guest)) }), pick(item.on), guest.proof ? "" : say.unseen];
    byId("whose").textContent = facts.filter(Boolean).join(" · ");
    open("confirm");
    byId("redeem").focus({ preventScroll: true });
  }

  byId("redeem").addEventListener("click", () => (voucher?.left_minor ? openPad("bill") : redeem({})));
  byId("leave").addEventListener("click", () => open("sale"));

  /** @param {{ order_minor?: number }} order */
  function redeem(order) {
    if (!voucher || !state.guest) return;
    const { proof } = state.guest;
    const path = `/v1/vouchers/${encodeURIComponent(voucher.code)}/redeem`;
    const body = { ...order, ...(proof && { seen: proof }) };
    open("sale");
    book("redeem", path, body, { what: rewardName(voucher), voucher: voucher.code });
  }

  const lately = latelyPanel(setup, byId, words, async (last) => {
    const made = await kept.add(undoing(last));
    lately.forget(last);
    if (state.guest?.id === last.id) {
      if (state.phase === "done") dispatch({ type: "again", counted: false });
      dispatch({ type: "book", guest: last.id, work: made.n });
    }
    post.flush();
  });
  byId("undoDone").addEventListener("click", () => byId("undo").click());

  const results = resultPanel(setup, byId, words, signal, {
    nameOf: people.nameOf,
    progressOf: people.progressOf,
    next,
    /** @param {VoucherShown} item */
    redeem(item) {
      dispatch({ type: "again", counted: true });
      confirmVoucher(item);
    },
  });

  const { signIn, drawKept } = panels(setup, byId, words, {
    kept,
    post,
    state: () => state,
    person: () => person,
    lostSince: () => lostSince,
    nameOf: people.nameOf,
    tell,
    book,
    open,
    problem,
    refresh,
    find: (id) => find({ id }),
    signedIn(staff) {
      person = staff.staff_id;
      role = staff.role;
      byId("personName").textContent = staff.name;
      post.signedIn();
      sync();
    },
    override() {
      const booking = refusedOne;
      if (!booking || state.phase !== "done") return;
      dispatch({ type: "again", counted: Boolean(state.guest?.counted) });
      const { staff: _, ...body } = booking.body;
      book(booking.kind, booking.path, { ...body, override: true }, booking.about);
    },
    isManager: () => role !== "staff",
  });

  wedge({
    field: byId("q"),
    scanned: (readings) => find({ code: scannedCode(readings) }, { isScanned: true }),
    typed(key) {
      if (byId("pad").hidden) return;
      if (/^\d$/.test(key)) pad.press(key);
      else if (key === "Backspace") pad.press("back");
      else if (key === "Escape") byId("cancel").click();
    },
  });

  const camera = scanner(byId, {
    waiting: () =>
      state.phase === "booking" ||
      !(byId("book").hidden && byId("pad").hidden && byId("confirm").hidden) ||
      Boolean(document.querySelector("dialog[open]")),
    shown: () => state.guest !== null,
    read: (raw) => find({ code: readCode(raw) }, { isScanned: true }),
    failed(error) {
      const blocked = error instanceof Error && error.name === "NotAllowedError";
      tell(blocked ? say.blocked : say.camera, "wait");
      byId("q").focus();
    },
  });

  /** What the page may have wrong when it was kept: who is here, and today's figure. */
  async function sync() {
    const answer = await post.ask("/staff/api/state", {}, (body) => body?.staff);
    if (!answer?.ok || answer.body.shop !== setup.shop || answer.body.device !== setup.device) return;
    today.set(answer.body.today);
    ({ staff_id: person, role } = answer.body.staff);
    byId("personName").textContent = answer.body.staff.name;
  }

  if (!setup.device) post.flush();
  else {
    post.learn().then(post.flush, post.flush);
    if (Date.now() - Date.parse(setup.now) > 60000) sync();
    keepPage(byId);
  }
})();
