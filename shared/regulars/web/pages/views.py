"""What each page needs to know: frozen values a handler fills, and nothing about HTML.

Conventions: instants are aware datetimes; money is integer minor units of `currency`; `Text` is a
string or one string per language, `UnitNames` the plural forms per language, and both are put in
words here, not by the handler; paths are absolute paths on our own host ("/c/abc").

Named tuples, not dataclasses: making twenty dataclasses takes 10 ms of every cold start.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from regulars.i18n import Text, UnitNames

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

Icon = Literal["cup", "scissors", "plate", "book", "bread", "drop", "paw", "gift"]


class Brand(NamedTuple):
    """Who the page belongs to: the merchant's name, colour ("#7a3a1c") and picture of a reward."""

    name: str
    colour: str = "#7a3a1c"
    icon: Icon = "gift"


class Goal(NamedTuple):
    """The next reward within reach, counted in its unit."""

    unit: UnitNames
    kind: Literal["stamps", "points"]
    have: int
    need: int
    reward: Text
    promise: UnitNames | None = None
    """The merchant's own sentence instead of ours, in plural forms; {n} is what is missing."""
    owed: int = 0
    """What goes into a debt first, after a refund."""
    waiting: bool = False
    """Whether one of this reward has been unlocked and waits to be redeemed."""


class JoinView(NamedTuple):
    """`GET|POST /j/{slug}`: the form posts to `action`.

    `values` holds what was typed by field name, `errors` a code by field name: `invalid`,
    `too_long` or `taken`. `goal.have` is what joining puts on the card at once (0 for nothing).
    `card_path` is set when this browser already holds a card here.
    """

    brand: Brand
    action: str
    once: str
    languages: tuple[str, ...]
    goal: Goal | None = None
    source: str = ""
    ref: str = ""
    values: Mapping[str, str] = NOTHING
    errors: Mapping[str, str] = NOTHING
    card_path: str | None = None
    program: Text | None = None
    """The name of the programme, when it has one of its own ("Mug Club")."""


class Code(NamedTuple):
    """The rotating code for staff: `text` as typed, `url` as drawn in the QR code."""

    text: str
    url: str
    expires_at: datetime
    lifetime_s: int


class Tier(NamedTuple):
    """The tier held and the way to the next one.

    `value` and `target` are in `metric`: minor units of money for `spend`, else a count. `next` is
    None at the top, and `target` 0 when the next tier is not reached by counting (bought, invited).
    """

    name: Text
    next: Text | None = None
    metric: Literal["spend", "visits", "points"] = "visits"
    value: int = 0
    target: int = 0
    window: Literal["month", "quarter", "year", "rolling", "lifetime"] = "year"
    next_perks: tuple[Text, ...] = ()
    perks: tuple[Text, ...] = ()
    until: date | None = None


class Voucher(NamedTuple):
    """An unlocked reward: shown big, with its code and a QR code of `url`.

    `expires_at` is the instant from which it can no longer be redeemed; the page says the last day.
    """

    name: Text
    code: str
    url: str
    expires_at: datetime | None = None
    locked_because: str = ""
    """A sentence in the reader's language while it cannot be redeemed."""


class Reward(NamedTuple):
    """A reward that can be chosen, or what is missing for it."""

    reward_id: str
    name: Text
    unit: UnitNames
    cost: int
    have: int
    affordable: bool
    locked_because: str = ""
    """A sentence in the reader's language when something else than the balance is missing."""
    automatic: bool = False


class Balance(NamedTuple):
    """What can be spent of one unit, what is on hold, and what is owed after a refund."""

    unit: UnitNames
    available: int
    pending: int = 0
    debt: int = 0


class Expiring(NamedTuple):
    """Units that are lost after the day `on`."""

    unit: UnitNames
    amount: int
    on: date


class Change(NamedTuple):
    """A signed amount of one unit."""

    unit: UnitNames
    amount: int


class Event(NamedTuple):
    """One line of history; `why` in the reader's language (see `i18n.explain`).

    `more` are sentences about what came of it: a reward unlocked, a new tier.
    """

    at: datetime
    changes: tuple[Change, ...]
    why: str
    more: tuple[str, ...] = ()


class Rank(NamedTuple):
    """One place on a leaderboard; `score` in words, empty when it is not for everybody."""

    place: int
    name: str
    score: str
    mine: bool = False


class Leaderboard(NamedTuple):
    """One board: `period` says of when it is. The member has `place` among `members`, or with 0
    for none a `hint` at how to get one."""

    name: Text
    period: str
    rows: tuple[Rank, ...] = ()
    place: int = 0
    members: int = 0
    hint: str = ""


class Leaderboards(NamedTuple):
    """The boards of a member who takes part, or (without rows) those they may join; `shown_as` is
    the name that others see."""

    takes_part: bool
    shown_as: str
    boards: tuple[Leaderboard, ...]


class CardView(NamedTuple):
    """`GET /c/{token}`: `path` is "/c/{token}"; `etag` is that of `{path}/state`, quotes included.

    `once` is a fresh idempotency nonce for the reward form. `notice` is one sentence said on top
    (joined just now, a form that did not go through), in the reader's language.
    """

    brand: Brand
    path: str
    name: str
    languages: tuple[str, ...]
    currency: str
    zone: str
    now: datetime
    etag: str
    once: str
    goal: Goal | None = None
    code: Code | None = None
    tier: Tier | None = None
    vouchers: tuple[Voucher, ...] = ()
    rewards: tuple[Reward, ...] = ()
    balances: tuple[Balance, ...] = ()
    expiring: tuple[Expiring, ...] = ()
    history: tuple[Event, ...] = ()
    notice: str = ""
    leaderboards: Leaderboards | None = None
    """None when the programme has none."""


class StaffView(NamedTuple):
    """`GET /staff/`: the counter screen.

    `units`, `rewards` and `tiers` are the programme's names by id; `stamp` is the id of the unit
    that +1 grants (None hides +1); `amounts` shows the keypad. `today` counts what this device
    gave today. `gifts` are what staff may give unasked: by id what it is for, and the reward.
    """

    brand: Brand
    staff: str
    location: str
    currency: str
    zone: str
    languages: tuple[str, ...]
    units: Mapping[str, UnitNames]
    rewards: Mapping[str, Text] = NOTHING
    tiers: Mapping[str, Text] = NOTHING
    stamp: str | None = None
    amounts: bool = True
    today: int = 0
    gifts: Mapping[str, tuple[Text, Text]] = MappingProxyType({})
    sign_out: str = "/staff/sign-out"


class MessageView(NamedTuple):
    """A page that says one thing: what happened and what to do now.

    `kind` chooses the words; `title` and `text` (already in the reader's language) replace them.
    """

    kind: Literal["not_found", "link_dead", "try_again", "too_many", "signed_out", "plain"]
    brand: Brand | None = None
    title: str = ""
    text: str = ""
    link: tuple[str, str] | None = None
    """(path, label) of the way on."""


class ConfirmView(NamedTuple):
    """A question with one button that posts to `action` with the hidden `fields`."""

    title: str
    text: str
    button: str
    action: str
    brand: Brand | None = None
    fields: Mapping[str, str] = NOTHING


class UnsubscribeView(NamedTuple):
    """`GET|POST /u/{token}`: GET asks, POST has acted (`done`)."""

    brand: Brand
    action: str
    channel: Literal["email", "sms", "push"] = "email"
    done: bool = False


class Block(NamedTuple):
    """One piece of a mail; texts are in the reader's language already.

    `title` (one per mail, first), `text`, `note` (small print), `button` (text, url), `stamps`
    (have, need), `figures` (rows of number, label, comparison), `rows` (rows of left, right) and
    `todo` (rows of what, what to do, url).
    """

    kind: Literal["title", "text", "note", "button", "stamps", "figures", "rows", "todo"]
    text: str = ""
    url: str = ""
    have: int = 0
    need: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


class MailView(NamedTuple):
    """One mail. `reason` says why it came; `unsubscribe_url` is absolute, None for mails that
    belong to the service itself (a sign-in link)."""

    brand: Brand
    subject: str
    blocks: tuple[Block, ...]
    preview: str = ""
    reason: str = ""
    unsubscribe_url: str | None = None


View = JoinView | CardView | StaffView | MessageView | ConfirmView | UnsubscribeView
