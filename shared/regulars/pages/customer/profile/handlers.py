"""A member's own data: seen, changed, handed over, and erased with the card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regulars.actions import erase, hand_over
from regulars.actions.change_profile import change_profile
from regulars.actions.consent import set_consent
from regulars.core import contacts
from regulars.core.limits import CLAIMS_OF_ONE
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.http.credentials import network_of
from regulars.messages.notify import notify
from regulars.pages import answer
from regulars.pages.customer import claims, consents
from regulars.pages.customer.card import opening
from regulars.pages.customer.card.opening import Opened
from regulars.pages.customer.card.showing import device_needed
from regulars.pages.customer.controller import controller_of
from regulars.pages.customer.join import form
from regulars.pages.customer.profile import view
from regulars.pages.customer.words import birthday_words
from regulars.pages.message import view as message
from regulars.render.brand import brand_of
from regulars.store import audit, keys, limits
from regulars.store.audit import Actor
from regulars.store.claims import Claim
from regulars.store.members import Members
from regulars.store.profiles import CONTACT_KINDS, Profile

Wrong = Mapping[str, tuple[str, str]]
"""By field what was typed there, and a code for what is wrong with it."""


def show(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/profile: on a device that the card lives on."""
    try:
        one = opening.by_cookie(request)
    except opening.NoCardError:
        return protocol.redirect(f"/j/{request.param('slug').lower()}")
    if one.device is None:
        return device_needed(request, one)
    return _page(request, one, 200)


def change(request: protocol.Request) -> protocol.Response:
    """POST /card/{slug}/profile: does what `do` names."""
    protocol.require_own_page(request)
    one = opening.by_cookie(request)
    if one.device is None:
        return device_needed(request, one)
    done = _DOES.get(request.form.get("do", ""))
    return done(request, one) if done else _page(request, one, 422)


def _save(request: protocol.Request, one: Opened) -> protocol.Response:
    """Change one fact; nothing takes it away."""
    name = request.form.get("fact", "")
    if name not in _FACTS:
        return _page(request, one, 422)
    typed = form.trimmed(request.form.get(name, ""))
    return _saved(request, one, name, typed) or _done(one)


def _contact(request: protocol.Request, one: Opened) -> protocol.Response:
    """Keep the address or number that the card asked for once."""
    typed = form.trimmed(request.form.get("contact", ""))
    name = "email" if "@" in typed or not typed else "phone"
    if not typed:
        return _page(request, one, 422, {name: (typed, "invalid")})
    return _saved(request, one, name, typed) or protocol.redirect(one.path)


def _later(request: protocol.Request, one: Opened) -> protocol.Response:
    """The member does not want to be asked again."""
    return protocol.redirect(one.path, (card_holders.asked(one.shop.merchant_id),))


def _saved(
    request: protocol.Request, one: Opened, name: str, typed: str
) -> protocol.Response | None:
    """Change a fact to what was typed; the page with what is wrong with it, or None."""
    shop = one.shop
    today = calendar.local_date(shop.now, shop.program.timezone)
    value, wrong = form.normal(name, typed, shop.program, today, one.words.lang)
    if name == "language" and value not in shop.program.languages:
        wrong = "invalid"
    if wrong:
        return _page(request, one, 422, {name: (typed, wrong)})
    before = one.profile
    after = _with(before, name, value, calendar.to_ms(shop.now))
    if after == before:
        return None
    if name == "email" and value:
        named = limits.named("claims", shop.merchant_id, one.member_id)
        counted = limits.Counted(named, CLAIMS_OF_ONE)
        limits.require(shop.table, counted, detail="Many addresses were typed for this card.")
    change_profile(shop, before, after._replace(version=before.version + 1))
    if name == "email" and value and value != before.email:
        owner = Members(shop.table, shop.merchant_id).who_has({"email": value}).get("email")
        notify(shop.merchant_id, claims.mail(shop, one.member_id, value, owner), shop.now)
    return None


def _with(profile: Profile, name: str, value: str, at_ms: int) -> Profile:
    """The profile with another fact. A new contact is only claimed, and the one before stays until
    it is confirmed."""
    if value == getattr(profile, name):
        kept = {kind: claim for kind, claim in profile.claims.items() if kind != name}
        return profile._replace(claims=kept)
    if name not in CONTACT_KINDS:
        changed: dict[str, Any] = {name: value}
        after = profile._replace(**changed)
        return after.with_proof(at_ms, "page", name) if name == "birthday" else after
    return profile.with_claim(name, Claim(value, at_ms)) if value else profile.without((name,))


def _agree(request: protocol.Request, one: Opened) -> protocol.Response:
    """Give or take back a consent, in the words that the page shows."""
    sentences = consents.sentences(one.words)
    channel, choice = request.form.get("channel", ""), request.form.get("agree", "")
    if channel not in sentences or choice not in {"yes", "no"}:
        return _page(request, one, 422)
    set_consent(
        Members(one.shop.table, one.shop.merchant_id), one.profile, channel,
        agreed=choice == "yes", at_ms=calendar.to_ms(one.shop.now), wording=sentences[channel],
    )  # fmt: skip
    return _done(one)


def _mail_again(request: protocol.Request, one: Opened) -> protocol.Response:
    """Send the mail that confirms an address again, at most once an hour."""
    claim, shop = one.profile.claims.get("email"), one.shop
    if claim is None:
        return _page(request, one, 422)
    owner = Members(shop.table, shop.merchant_id).who_has({"email": claim.value}).get("email")
    mail = claims.mail(shop, one.member_id, claim.value, owner, again=True)
    notify(shop.merchant_id, mail, shop.now)
    return _done(one)


def _hand_over(request: protocol.Request, one: Opened) -> protocol.Response:
    """Lead to everything that is kept of the member, as a file."""
    return protocol.redirect(hand_over.path(hand_over.Named(one.shop.merchant_id, one.member_id)))


def _leave(request: protocol.Request, one: Opened) -> protocol.Response:
    """Erase the member, and take the card off this browser."""
    shop, m = one.shop, one.shop.merchant_id
    actor = Actor("member", one.member_id, "", network=network_of(request.source))
    noted = audit.put(m, calendar.to_ms(shop.now), actor, "member.erased", one.member_id)
    erase.erase(shop, one.member_id, noted)
    gone = message.MessagePage(
        "plain",
        brand_of(shop.program),
        title=one.words.t("Your card is gone"),
        text=one.words.t("What we knew of you is erased. You can join again at any time."),
    )
    return answer.page(200, message.TEMPLATE, gone, one.words, (card_holders.forgotten(m),))


def _done(one: Opened) -> protocol.Response:
    return protocol.redirect(f"{one.path}/profile?done=1")


def _page(
    request: protocol.Request, one: Opened, status: int, wrong: Wrong | None = None
) -> protocol.Response:
    shop, profile = one.shop, one.profile
    (item,) = shop.table.get(keys.merchant(shop.merchant_id), consistent=False)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    several = len(shop.program.languages) > 1
    sentences = consents.sentences(one.words)
    shown = view.ProfilePage(
        brand=brand_of(shop.program),
        action=f"{one.path}/profile",
        card=one.path,
        name=profile.name,
        facts=tuple(
            _fact(one, name, (wrong or {}).get(name))
            for name in _FACTS
            if name != "language" or several
        ),
        agreements=tuple(
            view.Agreement(channel, sentence, bool(profile.consents.get(channel)))
            for channel, sentence in sentences.items()
        ),
        languages=shop.program.languages,
        controller=controller_of(item),
        min_age=shop.program.join.min_age,
        done="done" in request.query,
    )
    return answer.page(status, view.TEMPLATE, shown, one.words)


_FACTS = ("name", "email", "phone", "birthday", "language")


def _fact(one: Opened, name: str, wrong: tuple[str, str] | None) -> view.Fact:
    profile, value = one.profile, str(getattr(one.profile, name))
    claim = profile.claims.get(name)
    waiting = claim.value if claim else ""
    if name == "phone":
        value, waiting = (contacts.shown(it) if it else "" for it in (value, waiting))
    typed, error = wrong or (waiting or value, "")
    if name == "birthday" and value:
        value = birthday_words(value, one.words)
    return view.Fact(name, value, typed, error, waiting)  # type: ignore[arg-type]  # one of _FACTS


_DOES: Mapping[str, Callable[[protocol.Request, Opened], protocol.Response]] = {
    "save": _save,
    "contact": _contact,
    "later": _later,
    "agree": _agree,
    "mail": _mail_again,
    "copy": _hand_over,
    "leave": _leave,
}

ROUTES = {
    "GET /card/{slug}/profile": answer.as_page(show),
    "POST /card/{slug}/profile": answer.as_page(change),
}
