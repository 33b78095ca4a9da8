"""A member's own data: handed over (GDPR art. 15 and 20), or erased (art. 17)."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from regulars.actions import book, find, hand_over
from regulars.actions import erase as erasing
from regulars.api import exports
from regulars.api.merchant_settings import controller
from regulars.api.sandbox import message_view
from regulars.core import clock, tokens
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.i18n.words import Words
from regulars.program.shop import Shop, load_shop
from regulars.store import audit as log
from regulars.store import (
    card_keys,
    cards,
    closing,
    connect,
    keys,
    merchant_settings,
    merges,
    wallets,
)
from regulars.store.card_devices import ID_LENGTH
from regulars.store.marshal import Item
from regulars.store.profiles import Profile, profile_of
from regulars.views import audit, integration

ANSWER_MAX = 4 * 1024 * 1024
"""Bytes of an answer, which Lambda and API Gateway carry with room to spare; more is fetched,
compressed, from a link."""

ARCHIVE_LINK_S = 30 * 86_400
"""How long a link to an archive is good at most."""


def export(request: protocol.Request) -> protocol.Response:
    """GET /v1/members/{id}/export: at once, or as 303 to a link where there is much."""
    shop = credentials.gather(connect.table(), request).shop
    member_id = request.param("id")
    answer = protocol.json_answer(200, exported(shop, member_id))
    if len(answer["body"].encode()) <= ANSWER_MAX:
        return answer
    link = hand_over.path(hand_over.Named(shop.merchant_id, member_id))
    return protocol.redirect(f"{settings().base_url}{link}")


def download(request: protocol.Request) -> protocol.Response:
    """GET /e/{token}: an export, compressed, or the way to an archive; a link that is over is as
    unknown as any other."""
    if archive := tokens.read_shop_token("archive", request.param("token"), ARCHIVE_LINK_S):
        return _way_to_archive(*archive)
    named = hand_over.opened(request.param("token"))
    if named is None:
        raise Refused(RefusalCode.NOT_FOUND)
    shop, member_id = load_shop(connect.table(), named.merchant_id), named.member_id
    if member_id in {exports.CSV, exports.JSON}:
        return exports.download(shop, member_id)
    answer = protocol.json_answer(
        200,
        exported(shop, member_id),
        {
            "Content-Encoding": "gzip",
            "Content-Disposition": f'attachment; filename="{member_id}.json"',
        },
    )
    packed = gzip.compress(answer["body"].encode(), 9, mtime=0)
    return {**answer, "body": b64encode(packed).decode(), "isBase64Encoded": True}


def _way_to_archive(live: str, until_s: int) -> protocol.Response:
    """Lead to the archive of a closed merchant, by a link that is good for some minutes."""
    from regulars.store import objects  # boto3's S3 is loaded when somebody fetches one

    now_ms = calendar.to_ms(clock.now())
    closed = closing.read(connect.table(), live)
    archive = closed.archive if closed else None
    if archive is None or min(until_s * 1000, archive.until_ms) <= now_ms:
        raise Refused(RefusalCode.NOT_FOUND)
    return protocol.redirect(objects.link(archive.key, f"{live}.ndjson.gz", hand_over.LINK_S))


def erase(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/members/{id}: from now on the card is as unknown as one that never was."""
    gathered = credentials.gather(connect.table(), request)
    shop, member_id = gathered.shop, request.param("id")
    now_ms, actor = calendar.to_ms(gathered.now), credentials.actor(gathered.caller, request)
    noted = log.put(shop.merchant_id, now_ms, actor, "member.erased", member_id)
    erasing.erase(shop, member_id, noted)
    by = calendar.to_ms(shop.now + erasing.ALL_DONE_WITHIN)
    return protocol.json_answer(202, {"erased_by": calendar.rfc3339(by)})


def exported(shop: Shop, member_id: str) -> dict[str, Any]:
    """Everything that is kept of a member; raises NOT_FOUND."""
    m, program = shop.merchant_id, shop.program
    parts: dict[str, Item] = {
        item["SK"]: item for item in shop.table.items(keys.card(m, member_id), consistent=True)
    }
    state, profile_item = (
        parts.get(keys.state(m, member_id)[1]), parts.get(keys.profile(m, member_id)[1])
    )  # fmt: skip
    member = find.member_card_of(shop, state, profile_item)
    if member.card.member_id != member_id:  # it was merged into another
        return exported(shop, member.card.member_id)
    profile, words = member.profile, member.words
    view = integration.card(program, member.card, shop.now, words)
    return {
        "generated_at": calendar.rfc3339(calendar.to_ms(shop.now)),
        "controller": controller(merchant_settings.read(shop.table, m)),
        "profile": {
            **integration.profile(profile),
            "name": profile.name or None,
            "referred_by": profile.referred_by or None,
        },
        "card": book.personal(view, member),
        "entries": _entries(shop, member_id, parts, words),
        "vouchers": [
            book.scannable(
                integration.voucher(program, cards.voucher_of(item), words, shop.now), member
            )
            for sk, item in parts.items()
            if sk.startswith(keys.VOUCHER_PREFIX)
        ],
        "messages": list(_messages(shop, profile)),
        "surveys": [],
        "devices": [
            *(
                _device(one.device_id, one.system or None, one.at_ms, one.by)
                for one in profile.devices
            ),
            *_in_wallets(wallets.of(parts.get(card_keys.wallet(m, member_id)[1]), member_id)),
        ],
        "merges": [
            _merge(shop, merges.of(item), words)
            for sk, item in parts.items()
            if sk.startswith(card_keys.MERGE_PREFIX)
        ],
    }


def _device(device_id: str, system: str | None, since_ms: int, by: str) -> dict[str, Any]:
    since = calendar.rfc3339(since_ms)
    return {"device_id": device_id, "system": system, "since": since, "by": by}


def _in_wallets(wallet: wallets.Wallet) -> Iterator[dict[str, Any]]:
    """The phones that have the card in their wallet."""
    for phone in wallet.phones:
        yield _device(phone.phone[:ID_LENGTH], "Apple Wallet", phone.since_ms, "wallet")
    if wallet.google:
        yield _device("google", "Google Wallet", wallet.google.since_ms, "wallet")


def _entries(
    shop: Shop, member_id: str, parts: Mapping[str, Item], words: Words
) -> list[dict[str, Any]]:
    """The entries among the items of a card, newest first."""
    return [
        audit.stored_entry(shop.program, member_id, item, words)
        for sk, item in sorted(parts.items(), reverse=True)
        if sk.startswith(keys.ENTRY_PREFIX)
    ]


def _merge(shop: Shop, one: merges.KeptMerge, words: Words) -> dict[str, Any]:
    """A card that became part of another, with what is kept of it as long as it is."""
    parts: dict[str, Item] = {}
    if not one.undone_ms:
        items = shop.table.items(keys.card(shop.merchant_id, one.other), consistent=True)
        parts = {item["SK"]: item for item in items}
    kept = parts.get(keys.profile(shop.merchant_id, one.other)[1])
    return {
        "merge_id": one.merge_id,
        "from": one.other,
        "merged_at": calendar.rfc3339(one.at_ms),
        "undone_at": calendar.rfc3339(one.undone_ms) if one.undone_ms else None,
        "profile": integration.profile(profile_of(kept)) if kept else None,
        "entries": _entries(shop, one.other, parts, words),
    }


def _messages(shop: Shop, profile: Profile) -> Iterator[dict[str, Any]]:
    """The messages that a sandbox has kept about this card, of before they said so by address;
    nobody else keeps any."""
    for item in shop.table.items(keys.messages(shop.merchant_id), consistent=True):
        about = item["c"] == profile.member_id if "c" in item else item["to"] in profile.contacts()
        if about:
            yield message_view(item)


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/members/{id}/export": export,
    "DELETE /v1/members/{id}": erase,
    "GET /e/{token}": download,
}
