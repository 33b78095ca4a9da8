"""From the messages queue: the phones that have a pass of a card are told that it changed.

A phone that was told of a change is not told of it again, whatever the queue repeats; changes that
come close together are told once. A pass that is over is told of a last time, and then nothing is
kept of where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.actions import wallets
from regulars.core.observability import count, logger
from regulars.core.passes import Serial
from regulars.domain.calendar import to_ms
from regulars.program.shop import Shop, load_shop
from regulars.store import connect
from regulars.store import wallets as kept
from regulars.store.wallets import AtGoogle, Phone, Wallet
from regulars.wallet import apple_push, calls, certificates, google
from regulars.wallet.content import Found, ended, found

FAILED = (calls.UnreachableError, apple_push.RefusedError, google.RefusedError)
GOOGLE_WAITS_MS = 24 * 3600 * 1000
"""How long a pass may take from the button to Google's wallet; after that nobody has saved it, and
what Google holds is emptied."""


class NotToldError(Exception):
    """Somebody was not told; the queue brings the message again."""


class _Passes:
    """The passes of one card, each read once."""

    def __init__(self, shop: Shop, member_id: str) -> None:
        self.shop = shop
        self.member_id = member_id
        self._read: dict[int, Found | None] = {}

    def of(self, link: int) -> Found | None:
        """The pass with a number; None when there never was one."""
        if link not in self._read:
            serial = Serial(self.shop.merchant_id, self.member_id, link)
            self._read[link] = found(self.shop.table, serial)
        return self._read[link]

    def is_over(self, link: int) -> bool:
        """Whether nothing is to be kept of where a pass is."""
        one = self.of(link)
        return one is None or one.content.is_over


def notify(body: Mapping[str, Any]) -> None:
    """Tell whoever was not told yet; raises NotToldError when that did not work for all."""
    shop, member_id = _named(body)
    before = kept.read(shop.table, shop.merchant_id, member_id)
    passes = _Passes(shop, member_id)
    done: dict[tuple[str, int], Phone | None] = {}
    at_google, failed = before.google, []
    for phone in before.phones:
        try:
            done[phone.phone, phone.link] = _told(passes, before.changed_s, phone)
        except FAILED as error:
            failed.append(error)
    try:
        at_google = at_google and _google_told(passes, before.changed_s, at_google)
    except FAILED as error:
        failed.append(error)

    def note(now: Wallet) -> Wallet:
        phones = (done.get((it.phone, it.link), it) for it in now.phones)
        is_same = now.google == before.google
        return now._replace(
            phones=tuple(it for it in phones if it), google=at_google if is_same else now.google
        )

    wallets.change(shop, member_id, note)
    if failed:
        raise NotToldError(f"{len(failed)} were not done: {failed[0]!r}")


def given_up(body: Mapping[str, Any], error: Exception) -> bool:
    """Note that nobody could be told, now that the queue brings the message no more: it lies among
    the dead. Of a card that is over nothing is kept all the same."""
    shop, member_id = _named(body)
    count("WalletsFailed")
    logger().error("phones were not told", extra={"member": member_id, "why": repr(error)[:200]})
    passes = _Passes(shop, member_id)

    def forget(now: Wallet) -> Wallet:
        phones = tuple(it for it in now.phones if not passes.is_over(it.link))
        is_gone = now.google is not None and passes.is_over(now.google.link)
        return now._replace(phones=phones, google=None if is_gone else now.google)

    wallets.change(shop, member_id, forget)
    return False


def _named(body: Mapping[str, Any]) -> tuple[Shop, str]:
    about = body["wallet"]
    shop = load_shop(connect.table(), about["merchant_id"], closed=True)
    return shop, str(about["member_id"])


def _told(passes: _Passes, changed_s: int, phone: Phone) -> Phone | None:
    """Tell a phone with Apple's wallet; None when it need not be told of anything any more."""
    is_over = passes.is_over(phone.link)
    if phone.told_s >= changed_s and not is_over:
        return phone
    own = certificates.apple()
    if own is None:
        return None if is_over else phone
    is_there = apple_push.push(own, phone.push_token)
    if is_there:
        count("WalletsTold")
    return None if is_over or not is_there else phone._replace(told_s=changed_s)


def _google_told(passes: _Passes, changed_s: int, at: AtGoogle) -> AtGoogle | None:
    """Change what Google holds; None when nothing is to be changed there any more."""
    one, own = passes.of(at.link), certificates.google()
    is_over = passes.is_over(at.link)
    if at.told_s >= changed_s and not is_over:
        return at
    if own is None or one is None:
        return None if is_over else at
    if not is_over and at.version != one.version:
        google.change_class(one.content, own)
    is_saved = google.change(one.content, own)
    if is_saved:
        count("WalletsTold")
    if is_over:
        return None
    if not is_saved and to_ms(passes.shop.now) >= at.since_ms + GOOGLE_WAITS_MS:
        was = one.content
        google.change(ended(was.serial, was.brand, was.words, was.logo), own)
        return None
    return at._replace(told_s=changed_s, version=one.version)
