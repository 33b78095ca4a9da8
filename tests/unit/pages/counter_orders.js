// Walks the counter's state machine through answers in every order; run by test_counter_state.py.
() => {
    // Two guests are asked for, booked and asked about again; the answers come in every order that
    // the events before them allow, and some never.
    const card = (id, version) => ({ member_id: id, version, visits: version, next: null });
    const guest = (id) => ({ id, code: "", card: card(id, 1), proof: "", counted: false });
    const done = { kind: "booked", what: "" };
    const answers = [];
    for (const [n, id] of [[1, "a"], [2, "b"]]) {
        answers.push(
            { type: "found", question: n, guest: guest(id) },
            { type: "missed", question: n, said: "none" },
            { type: "answered", work: n * 10, visits: 1, result: done },
            { type: "fresh", member: card(id, 3) },
            { type: "fresh", member: card(id, 2) },
        );
    }
    const hands = [
        { type: "ask", question: 1 }, { type: "book", guest: "a", work: 10 }, { type: "next" },
        { type: "ask", question: 2 }, { type: "tap", key: "x" }, { type: "book", guest: "b", work: 20 },
        { type: "again", counted: true },
    ];
    const allowed = {
        idle: ["idle", "finding"], finding: ["finding", "guest", "idle"],
        guest: ["guest", "booking", "finding", "idle"],
        booking: ["booking", "done", "guest", "finding", "idle"], done: ["done", "guest", "finding", "idle"],
    };
    const wrong = [];
    const seen = new Set();
    let steps = 0;
    function check(before, event, after) {
        const label = `${before.phase} ${event.type} ${JSON.stringify(event.question ?? event.work ?? "")}`;
        if (!allowed[before.phase].includes(after.phase)) wrong.push(`${label}: ${after.phase}`);
        if (after.guest && event.type === "found" && after !== before && event.question !== before.asked)
            wrong.push(`${label}: a late guest`);
        if (after.guest && before.guest && after.guest.id !== before.guest.id)
            wrong.push(`${label}: another guest without being asked for`);
        if (after.guest?.card && after.guest.card.member_id !== after.guest.id) wrong.push(`${label}: foreign card`);
        if (before.guest && after.guest?.id === before.guest.id && after.guest.card.version < before.guest.card.version)
            wrong.push(`${label}: an older card`);
        if (after.phase === "booking" && before.phase === "booking" && after.work !== before.work)
            wrong.push(`${label}: a second booking`);
        if (after.phase === "done" && before.phase !== "done" && event.work !== before.work)
            wrong.push(`${label}: done by another booking`);
        if (before.guest && !after.guest && !["ask", "next"].includes(event.type)) wrong.push(`${label}: swallowed`);
    }
    function walk(state, handsLeft, answersLeft) {
        const name = JSON.stringify([state, handsLeft.length, answersLeft.map((one) => answers.indexOf(one))]);
        if (seen.has(name) || wrong.length > 5) return;
        seen.add(name);
        const events = answersLeft.map((one) => [one, handsLeft, answersLeft.filter((other) => other !== one)]);
        if (handsLeft.length) events.push([handsLeft[0], handsLeft.slice(1), answersLeft]);
        for (const [event, hands, left] of events) {
            steps += 1;
            const after = nextState(state, event);
            check(state, event, after);
            walk(after, hands, left);
        }
    }
    walk(nobody(), hands, answers);
    return { wrong, steps };
}
