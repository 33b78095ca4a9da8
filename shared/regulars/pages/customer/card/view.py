"""The card page's view: a card as its member sees it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, cast

from regulars.core import guest_codes, tokens
from regulars.core.config import settings
from regulars.domain import calendar, carryover, eligibility, names
from regulars.domain.card import Card, OpenVoucher
from regulars.domain.ledger import Entry
from regulars.domain.program import Program, Reward
from regulars.domain.rewards import in_debt
from regulars.i18n import Text, UnitNames
from regulars.i18n.words import Words
from regulars.pages.customer.card import games, ladder, news
from regulars.pages.customer.card.games import BadgeRow, ChallengePanel, RafflePanel, RunningRow
from regulars.pages.customer.card.ladder import BenefitRow, Step, TierPanel
from regulars.pages.customer.card.leaderboards import LeaderboardsPanel
from regulars.pages.customer.friends import FriendsPanel
from regulars.program.shop import Shop
from regulars.render.brand import Brand, brand_of
from regulars.render.page import Template
from regulars.store.profiles import Profile
from regulars.views import integration
from regulars.views.customer import goal_of, left, locked_words, usable, worth
from regulars.views.hero import Hero
from regulars.views.history import HistoryRow, events

TEMPLATE = Template(
    "pages/customer/card/card.html",
    ("base.css", "punch.css", "pages/customer/card/hero.css", "pages/customer/card/card.css"),
)
HISTORY = 5
"""How many entries the page shows."""

DRAWN = 3
"""Of how many vouchers the page holds the QR code."""

NEVER_CHOSEN = frozenset({"tier_required", "limit_reached", "out_of_stock", "debt", "held"})


class CodePanel(NamedTuple):
    """The rotating code for staff: `text` as typed, `url` as drawn in the QR code."""

    text: str
    url: str
    expires_at: datetime
    lifetime_s: int


class VoucherRow(NamedTuple):
    """An unlocked reward: shown big, with the code of the moment and a QR code of `url`.

    `expires_at` is the instant from which it can no longer be redeemed; the page says the last day.
    """

    voucher_id: str
    name: Text
    code: str
    url: str
    expires_at: datetime | None = None
    locked_because: str = ""
    """A sentence in the reader's language while it cannot be redeemed."""
    worth: str = ""
    """What a discount takes off, in the reader's language."""
    conditions: tuple[Text, ...] = ()
    drawn: bool = True
    """Whether its QR code is in the page; of others the script asks for it."""


class RewardRow(NamedTuple):
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
    worth: str = ""
    step: int = 0
    """For a credit: the step in which units are taken."""

    @property
    def most(self) -> int:
        """The most units of a credit that can be taken now."""
        return self.have - self.have % self.step if self.step else 0


class BalanceRow(NamedTuple):
    """What can be spent of one unit, what is on hold, and what is owed after a refund."""

    unit: UnitNames
    available: int
    pending: int = 0
    debt: int = 0


class ExpiringRow(NamedTuple):
    """Units that are lost after the day `on`."""

    unit: UnitNames
    amount: int
    on: date


class DeviceRow(NamedTuple):
    """A device that the card lives on: what it is, as far as it said, and since when."""

    device_id: str
    system: str
    since: date
    own: bool = False


class DevicesPanel(NamedTuple):
    """Where the card lives: on this browser (`here`), `elsewhere`, nowhere yet (`free`); `look` is
    a browser that keeps no cookies. `recover` is the path of the way back.

    `here` has a `code` that lets another device in, and `recovery` when a recovery code was made
    just now.
    """

    state: Literal["here", "elsewhere", "free", "look"]
    recover: str
    code: str = ""
    rows: tuple[DeviceRow, ...] = ()
    has_recovery: bool = False
    recovery: str = ""


class CardPage(NamedTuple):
    """`GET /card/{slug}`, or `/c/{token}` to look at: `path` says which; `etag` is that of
    `{path}/state`, quotes included. `link` is the path of the card's link.

    `on_device` is whether rewards can be taken and shown here; else vouchers have no code. `once`
    is a fresh idempotency nonce for the reward form. `notice` is one sentence said on top (joined
    just now, a form that did not go through), in the reader's language.
    """

    brand: Brand
    path: str
    name: str
    languages: tuple[str, ...]
    currency: str
    zone: str
    now: datetime
    etag: str
    seen: str
    """The note of what the page shows, with which its script asks for news."""
    once: str
    link: str
    devices: DevicesPanel
    on_device: bool = True
    hero: Hero = Hero("none")
    code: CodePanel | None = None
    ask_contact: bool = False
    """Whether to ask once for an e-mail or phone, so that the card is never lost."""
    running: tuple[RunningRow, ...] = ()
    tier: TierPanel | None = None
    benefits: tuple[BenefitRow, ...] = ()
    ladder: tuple[Step, ...] = ()
    vouchers: tuple[VoucherRow, ...] = ()
    rewards: tuple[RewardRow, ...] = ()
    balances: tuple[BalanceRow, ...] = ()
    expiring: tuple[ExpiringRow, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    older: bool = False
    """Whether there is more than the page shows."""
    privacy_url: str = ""
    in_app: bool = False
    """Whether the page is shown inside another app."""
    others: tuple[tuple[str, str], ...] = ()
    """The other cards that live on this phone: id and given name."""
    friends: FriendsPanel | None = None
    """None when the programme rewards nobody for bringing friends."""
    several: str = ""
    """That several rewards wait, in words."""
    notice: str = ""
    wallets: tuple[str, ...] = ()
    """The wallets of phones that the card can be put into from here: `apple`, `google`."""
    challenges: tuple[ChallengePanel, ...] = ()
    badges: tuple[BadgeRow, ...] = ()
    raffles: tuple[RafflePanel, ...] = ()
    leaderboards: LeaderboardsPanel | None = None
    """None when the programme has none."""


def etag(program: Program, card: Card, now: datetime, *, on_device: bool) -> str:
    """Changes whenever the page would: a new entry, programme or day, a device that is ended."""
    day = calendar.local_date(now, program.timezone).isoformat()
    return f'"{program.version}.{card.version}.{day}{"" if on_device else ".look"}"'


def local_day(shop: Shop, ms: int) -> date:
    """The merchant's day of an instant."""
    return calendar.local_date(calendar.from_ms(ms), shop.program.timezone)


def code(merchant_id: str, handle: str, now: datetime, *, on_device: bool) -> CodePanel:
    """The code the card shows now; elsewhere than on its device it only names the member."""
    epoch_s = calendar.to_ms(now) // 1000
    shown_by = tokens.CODE_OF_DEVICE if on_device else tokens.CODE_OF_LINK
    text = tokens.card_code(merchant_id, handle, epoch_s, shown_by)
    return _panel(text, "s", epoch_s)


def voucher_code(merchant_id: str, handle: str, voucher_id: str, now: datetime) -> CodePanel:
    """The code a voucher shows now."""
    epoch_s = calendar.to_ms(now) // 1000
    text = guest_codes.voucher_code(merchant_id, handle, voucher_id, epoch_s)
    return _panel(text, "v", epoch_s)


def _panel(text: str, kind: str, epoch_s: int) -> CodePanel:
    return CodePanel(
        text=text,
        url=f"{settings().base_url}/{kind}/{text}",
        expires_at=datetime.fromtimestamp(tokens.code_expires_s(epoch_s), UTC),
        lifetime_s=tokens.CODE_STEP_S,
    )


def view(
    shop: Shop,
    card: Card,
    profile: Profile,
    history: Iterable[Entry],
    words: Words,
    *,
    path: str,
    link: str,
    once: str,
    devices: DevicesPanel,
    on_device: bool,
    hero: Hero,
    notice: str = "",
    leaderboards: LeaderboardsPanel | None = None,
    ask_contact: bool = False,
    privacy_url: str = "",
) -> CardPage:
    """The whole page of a card."""
    program, now = shop.program, shop.now
    today = calendar.local_date(now, program.timezone)
    tag, card = etag(program, card, now, on_device=on_device), carryover.of(program, card, today)
    shown_events = tuple(events(program, history, words))
    return CardPage(
        brand=brand_of(program),
        path=path,
        name=names.given(profile.name, profile.language or words.lang),
        languages=program.languages,
        currency=program.currency,
        zone=program.timezone,
        now=now,
        etag=tag,
        seen=news.seen(shop.merchant_id, card),
        once=once,
        link=link,
        devices=devices,
        on_device=on_device,
        hero=hero,
        code=code(shop.merchant_id, profile.handle, now, on_device=on_device),
        running=tuple(games.running(program, card, now, words)),
        tier=ladder.progress(program, card, today),
        benefits=ladder.benefits(program, card, profile, today, words),
        ladder=ladder.steps(program, card, words),
        vouchers=tuple(_vouchers(shop, profile if on_device else None, card, today, words)),
        rewards=tuple(_rewards(program, card, today, words, hero)),
        balances=tuple(_balances(program, card, today)),
        expiring=tuple(_expiring(program, card, today)),
        history=shown_events[:HISTORY],
        older=len(shown_events) > HISTORY,
        privacy_url=privacy_url,
        several=_several(hero.times, words),
        notice=notice,
        challenges=tuple(games.challenges(program, card, today, words)),
        badges=games.badges(program, card),
        raffles=tuple(games.open_raffles(shop.merchant_id, program, card, today)),
        leaderboards=leaderboards,
        ask_contact=ask_contact,
    )


def _several(count: int, words: Words) -> str:
    """That so many rewards wait, with the number as a word while it is small."""
    named = (
        words.t("Two rewards are waiting for you"),
        words.t("Three rewards are waiting for you"),
        words.t("Four rewards are waiting for you"),
        words.t("Five rewards are waiting for you"),
    )
    if 2 <= count < len(named) + 2:
        return named[count - 2]
    return words.n("{n} reward is waiting for you", "{n} rewards are waiting for you", count)


def _vouchers(
    shop: Shop, profile: Profile | None, card: Card, today: date, words: Words
) -> Iterable[VoucherRow]:
    """The open vouchers; without a profile they have no codes."""
    program = shop.program
    why = "held" if card.holds else "debt" if in_debt(program, card) else ""
    locked = locked_words(why, words)
    ids = {held.code: voucher_id for voucher_id, held in card.open.items()}
    for place, held in enumerate(sorted(usable(card, today), key=_ends)):
        reward, voucher_id = program.terms(held.reward_id, held.version), ids[held.code]
        ends = integration.expires_at(held.expires_on, program.timezone)
        shown = None
        if profile:
            shown = voucher_code(shop.merchant_id, profile.handle, voucher_id, shop.now)
        yield VoucherRow(
            voucher_id=voucher_id,
            name=reward.name if reward else held.reward_id,
            code=shown.text if shown else "",
            url=shown.url if shown else "",
            expires_at=datetime.fromisoformat(ends) if ends else None,
            locked_because=locked,
            worth=left(program, reward, held, words) if reward else "",
            conditions=reward.conditions if reward else (),
            drawn=place < DRAWN,
        )


def _ends(held: OpenVoucher) -> str:
    return held.expires_on or "~"


def _rewards(
    program: Program, card: Card, today: date, words: Words, hero: Hero
) -> Iterable[RewardRow]:
    """What can be had or worked towards, except what the top of the card says already."""
    on_top = goal_of(program, card, today)
    for candidate in eligibility.rewards(program, card, today):
        reward = candidate.reward
        locked = candidate.locked_because.value if candidate.locked_because else ""
        if reward is on_top and reward.auto and locked not in NEVER_CHOSEN:
            continue
        if hero.kind == "enough" and hero.reward_id == reward.id and not reward.step_units:
            continue
        yield RewardRow(
            reward_id=reward.id,
            name=reward.name,
            unit=cast(Any, program.units[reward.unit].name),
            cost=reward.cost,
            have=card.available(reward.unit, today.isoformat()),
            affordable=candidate.affordable,
            locked_because=locked_words(locked, words) if locked in NEVER_CHOSEN else "",
            automatic=reward.auto,
            worth=_worth(program, reward, words),
            step=reward.step_units,
        )


def _worth(program: Program, reward: Reward, words: Words) -> str:
    """What a reward takes off; of a credit its rate, "100 points = €5.00"."""
    if reward.rate is None:
        return worth(reward, program.currency, words)
    units = words.amount(cast(Any, program.units[reward.unit].name), reward.rate.units)
    return f"{units} = {words.money(reward.rate.amount_minor, program.currency)}"


def _balances(program: Program, card: Card, today: date) -> Iterable[BalanceRow]:
    day = today.isoformat()
    for unit in program.units.values():
        yield BalanceRow(
            cast(Any, unit.name),
            card.available(unit.id, day),
            card.pending(unit.id, day),
            card.debt.get(unit.id, 0),
        )


def _expiring(program: Program, card: Card, today: date) -> Iterable[ExpiringRow]:
    for piece in eligibility.expiring(card, today):
        if piece.unit in program.units:
            name = cast(Any, program.units[piece.unit].name)
            yield ExpiringRow(name, piece.amount, date.fromisoformat(piece.on))
