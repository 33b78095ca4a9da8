"""Checks what a booking names besides the member: the location and the staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from regulars.core import checks
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.staff import person_of


def require_known(shop: Shop, body: Mapping[str, Any], *, by_key: bool) -> None:
    """Raise INVALID for a location or a staff id that the merchant does not have.

    A merchant that has listed none takes any. Only a key names staff: a device is its own.
    """
    checks.require([*_location(shop, body.get("location")), *_staff(shop, body, by_key=by_key)])


def _location(shop: Shop, location: str | None) -> Iterator[tuple[str, str]]:
    known = shop.program.locations
    if location and known and location not in known:
        yield "location", checks.must_be_one_of(known)


def _staff(shop: Shop, body: Mapping[str, Any], *, by_key: bool) -> Iterator[tuple[str, str]]:
    staff_id = body.get("staff")
    if not staff_id or not by_key:
        return
    (item,) = shop.table.get(keys.staff(shop.merchant_id, staff_id), consistent=False)
    if item is None:  # perhaps only not yet visible to a cheap read
        page = shop.table.query(
            keys.merchant(shop.merchant_id)[0], prefix=keys.STAFF_PREFIX, consistent=True
        )
        known = [person_of(one).staff_id for one in page.items]
        if known and staff_id not in known:
            yield "staff", checks.must_be_one_of(known)
