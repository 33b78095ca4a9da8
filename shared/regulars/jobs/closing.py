"""What follows when a merchant was closed: an archive first, its members erased at the end.

    closed ──> archive in parts ──> read back, whole? ──> owner gets the link ──> 30 days ──> erased

Each run works for some minutes, keeps how far it came and comes again. Running twice, or by two
workers at once, writes the same parts and erases nobody twice: while the merchant is closed nothing
of it changes. Nobody reads the list of what needs a person of a closed merchant, so whatever goes
wrong fails the run, and the operator's alarm tells.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from regulars.actions import archive, erase
from regulars.actions.due_marks import CLOSING, next_closing
from regulars.core import clock
from regulars.core.observability import logger
from regulars.core.tokens import mailbox_digest, twin
from regulars.domain.calendar import from_ms, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.messages.notification import Notification
from regulars.messages.notify import notify
from regulars.program.shop import Shop, load_shop
from regulars.store import api_keys, audit, closing, keys, objects, passkeys, staff
from regulars.store.audit import Actor
from regulars.store.cards import DamagedError
from regulars.store.closing import SETTLES_MS, Archive, Closing
from regulars.store.errors import ServiceError, StoreError
from regulars.store.marshal import Item
from regulars.store.members import shell
from regulars.store.table import AbsentOr, Below, Put, Table
from regulars.tills import hooks

TIME_S = 120
"""How long one run works; the next hour's goes on."""

SOON = timedelta(hours=1)
PAGE = 25
LINK_DAYS = 30
"""How long the link in the owner's mail is good; the platform is given new ones for longer."""

MEDIA_TYPE = "application/gzip"
CLOSED = "merchant_closed"
WORKER = Actor("job", CLOSING, "Closing")


class StuckError(StoreError):
    """The closing of a merchant cannot go on; it is tried again every hour."""


class Progress(NamedTuple):
    """How far an archive is."""

    upload: str
    part: int = 1
    """The next part."""
    side: int = 0
    """Of which the lines are: the live merchant (0), then the sandbox."""
    position: archive.Position | None = archive.Position()
    """Where the next part begins; None when all are written."""
    lines: int = 0


def work(shop: Shop, subject: str) -> None:
    """Do the next steps of closing a merchant, and come again; nothing for one that is open.

    Raises StuckError, or what will go well a moment later.
    """
    try:
        _work(shop)
    except StoreError:
        raise
    except Exception as error:
        if isinstance(error, Refused) and error.code.transient:
            raise
        raise StuckError(f"closing {shop.merchant_id}: {error!r}") from error


def _work(shop: Shop) -> None:
    table, live = shop.table, shop.merchant_id
    stop_at = clock.now() + timedelta(seconds=TIME_S)
    now = closing.read(table, live)
    pk, sk = keys.due_mark(live, keys.MERCHANT_LEVEL, CLOSING)
    no_mark: Item = {"PK": pk, "SK": sk}
    if now is None or now.phase == "closed":
        table.put(no_mark)
        return
    if to_ms(shop.now) < now.at_ms + SETTLES_MS:
        return  # the mark's hour has not passed, so it is met again
    if now.archive is None:
        made = _archive(shop, now, stop_at)
        if made is None:
            table.put(next_closing(live, shop.now + SOON))
            return
        now = now._replace(archive=made)
        closing.go_on(table, live, now)
    if now.phase == "closing":
        _notify_owner(live, now)
        if to_ms(shop.now) < now.erases_ms:
            table.put(next_closing(live, from_ms(now.erases_ms) + SOON))
            return
        now = now._replace(phase="erasing")
        closing.go_on(table, live, now)
    if not all(_erase_members(table, m, stop_at) for m in (live, twin(live))):
        table.put(next_closing(live, shop.now + SOON))
        return
    for m in (live, twin(live)):
        _empty_ways_in(table, m, to_ms(shop.now))
    noted = audit.put(live, to_ms(shop.now), WORKER, "merchant.erased", live)
    closing.go_on(table, live, now._replace(phase="closed"), noted, Put(no_mark))
    logger().info("a merchant was erased", extra={"merchant": live})


def _notify_owner(live: str, now: Closing) -> None:
    """Send the owner the link, once for each time the merchant is closed."""
    made_ms = now.archive.made_ms if now.archive else 0
    until_s = made_ms // 1000 + LINK_DAYS * 86_400
    facts = {"until": until_s, "erases": now.erases_ms}
    notify(live, Notification(keys.MERCHANT_LEVEL, CLOSED, str(now.at_ms), facts))


def _archive(shop: Shop, now: Closing, stop_at: datetime) -> Archive | None:
    """Write the archive from where the last run stopped; None when the time is over before it is
    whole, or it must begin again. Raises StuckError, StoreError."""
    table, live = shop.table, shop.merchant_id
    name = f"archives/{live}/{now.at_ms}.ndjson.gz"
    progress = _read_progress(table, live, now)
    if progress is None:
        _keep_progress(table, live, now, Progress(objects.begin(name, MEDIA_TYPE)))
        progress = _read_progress(table, live, now)
    if progress and progress.position and not objects.is_open(name, progress.upload):
        _forget_progress(table, live, now, progress)
        return None
    sides = (shop, load_shop(table, twin(live), closed=True))
    while progress and progress.position:
        data, following = _part(sides, now, progress)
        objects.put_part(name, progress.upload, progress.part, data)
        progress = following._replace(part=progress.part + 1)
        _keep_progress(table, live, now, progress)
        if clock.now() >= stop_at:
            return None
    if progress is None:
        return None
    objects.finish(name, progress.upload)  # of one that is gone another run has made the archive
    try:
        return _checked(name, progress.lines, to_ms(shop.now))
    except ServiceError as error:
        if error.code not in objects.GONE:
            raise
        _forget_progress(table, live, now, progress)
        return None
    except StuckError:
        _forget_progress(table, live, now, progress)
        raise


def _part(sides: tuple[Shop, Shop], now: Closing, progress: Progress) -> tuple[bytes, Progress]:
    """Return the next part, compressed by itself, and where the one after it begins; every part but
    the last has PART_MIN bytes or more. The same place gives the same part."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    pieces: list[bytes] = []
    lines = [archive.first_line(sides[0].merchant_id, now.at_ms)] if progress.part == 1 else []
    while True:
        pieces += [packer.compress(f"{line}\n".encode()) for line in lines]
        pieces.append(packer.flush(zlib.Z_SYNC_FLUSH))
        progress = progress._replace(lines=progress.lines + len(lines))
        if progress.position is None or sum(map(len, pieces)) >= objects.PART_MIN:
            return b"".join([*pieces, packer.flush()]), progress
        lines, position = archive.page(sides[progress.side], progress.position)
        if position is None and progress.side == 0:
            progress, position = progress._replace(side=1), archive.Position()
        progress = progress._replace(position=position)


def _checked(name: str, lines: int, now_ms: int) -> Archive:
    """Read the archive back, and return what it is. Raises StuckError when it cannot be unpacked,
    or has other than so many lines."""
    digest, size = hashlib.sha256(), 0

    def chunks() -> Iterable[bytes]:
        nonlocal size
        for chunk in objects.read(name):
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    found = lines_in(chunks())
    if found != lines:
        raise StuckError(f"an archive has {found} lines of {lines}")
    return Archive(name, digest.hexdigest(), size, now_ms)


def lines_in(chunks: Iterable[bytes]) -> int:
    """Count the lines in the pieces of a file that was compressed in parts. Raises StuckError when
    it cannot be unpacked, or ends in the middle of one."""
    found, stream = 0, zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for chunk in chunks:
            left = chunk
            while left:
                if stream.eof:
                    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
                found += stream.decompress(left).count(b"\n")
                left = stream.unused_data
    except zlib.error as error:
        raise StuckError(f"an archive cannot be unpacked: {error}") from error
    if not stream.eof:
        raise StuckError("an archive ends too early")
    return found


def _progress_key(live: str, now: Closing) -> keys.Key:
    return keys.cursor(f"archive:{live}:{now.at_ms}")


def _read_progress(table: Table, live: str, now: Closing) -> Progress | None:
    (item,) = table.get(_progress_key(live, now))
    if item is None or not item["part"]:
        return None
    section, start = item["section"], item["start"]
    position = None if section is None else archive.Position(section, start)
    return Progress(item["upload"], item["part"], item["side"], position, item["lines"])


def _keep_progress(table: Table, live: str, now: Closing, progress: Progress) -> None:
    """Onwards only: a slow run does not bring back where others were before."""
    pk, sk = _progress_key(live, now)
    at = progress.position
    item: Item = {
        "PK": pk, "SK": sk, "upload": progress.upload, "part": progress.part,
        "side": progress.side, "section": at.section if at else None,
        "start": at.start if at else None, "lines": progress.lines,
    }  # fmt: skip
    table.put(item, AbsentOr(Below("part", progress.part)))


def _forget_progress(table: Table, live: str, now: Closing, progress: Progress) -> None:
    """Let the next run begin the archive again: its upload is gone. Where another run is further,
    it has finished it."""
    pk, sk = _progress_key(live, now)
    table.put({"PK": pk, "SK": sk, "part": 0}, Below("part", progress.part + 1))


def _erase_members(table: Table, merchant_id: str, stop_at: datetime) -> bool:
    """Erase the members of a merchant from where the last run stopped; False when the time is over
    before the last."""
    shop = load_shop(table, merchant_id, closed=True)
    cursor = keys.cursor(f"erasing:{merchant_id}")
    (kept,) = table.get(cursor)
    start: Any = kept["start"] if kept else None
    while kept is None or start is not None:
        page = table.query(keys.members(merchant_id), index=True, limit=PAGE, start=start)
        for item in page.items:
            if not item.get("erased"):
                _erase(shop, item)
        start = page.next
        kept = {"PK": cursor[0], "SK": cursor[1], "start": start}
        table.put(kept)
        if start is not None and clock.now() >= stop_at:
            return False
    return True


def _erase(shop: Shop, profile_item: Item) -> None:
    """Erase a member; of a profile that cannot be read nothing but its place in the list stays."""
    try:
        erase.erase(shop, str(profile_item["PK"].rpartition("#")[2]))
    except Refused as refused:
        if refused.code is not RefusalCode.NOT_FOUND:  # erased with the card it was merged into
            raise
    except DamagedError:
        names = ("PK", "SK", "GSI1PK", "GSI1SK")
        bare = {name: profile_item[name] for name in names}
        shop.table.put({**bare, "erased": to_ms(shop.now)})


def _empty_ways_in(table: Table, merchant_id: str, now_ms: int) -> None:
    """Take out who worked there, on which devices, and what keys and tills were known by."""
    pk, _ = keys.merchant(merchant_id)
    for item in table.items(pk, prefix=keys.STAFF_PREFIX, consistent=True):
        person = staff.person_of(item)
        if person.email:
            box = keys.mailbox(mailbox_digest(person.email))
            table.put(shell((box, f"{merchant_id}#{person.staff_id}"), now_ms))
        gone = person._replace(name="", email="", pin="", gone_ms=person.gone_ms or now_ms, rest={})
        table.put(staff.person_item(merchant_id, gone))
        table.put(passkeys.emptied(merchant_id, person.staff_id, now_ms).item)
    for item in table.items(pk, prefix=keys.DEVICE_PREFIX, consistent=True):
        device = staff.device_of(item)
        gone_for_good = device._replace(
            name="",
            sha256="",
            session="",
            who="",
            rest={},
            revoked_ms=device.revoked_ms or now_ms,
        )
        table.put(staff.device_item(merchant_id, gone_for_good))
    for key in api_keys.of_merchant(table, merchant_id):
        revoked = key._replace(name="", revoked_ms=key.revoked_ms or now_ms, rest={})
        for write in api_keys.puts(revoked):
            table.put(write.item)
    for write in hooks.emptied(table, merchant_id):
        table.put(write.item)
