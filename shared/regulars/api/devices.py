"""Devices of the counter: which there are, and taking one off."""

from __future__ import annotations

from typing import Any

from regulars.core import clock
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol, sessions
from regulars.http.credentials import Gathered
from regulars.store import audit, connect, staff
from regulars.store.staff import Device


def list_devices(request: protocol.Request) -> protocol.Response:
    """GET /v1/devices: those that may be used; a manager sees those of own places."""
    gathered = credentials.gather(connect.table(), request)
    found = staff.devices(connect.table(), gathered.shop.merchant_id)
    items = [_view(one) for one in found if _sees(gathered, one)]
    return protocol.json_answer(200, {"items": items, "next": None})


def revoke(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/devices/{id}: from now on nobody is signed in on it, or can sign in."""
    gathered = credentials.gather(connect.table(), request)
    m = gathered.shop.merchant_id
    device = staff.device(connect.table(), m, request.param("id"))
    if device is None or not _sees(gathered, device):
        raise Refused(RefusalCode.NOT_FOUND)
    now_ms = to_ms(clock.now())
    noted = audit.put(
        m, now_ms, credentials.actor(gathered.caller, request), "device.revoked",
        device.device_id, before={"name": device.name, "location": device.location},
    )  # fmt: skip
    gone = sessions.signed_out(device)._replace(revoked_ms=now_ms)
    staff.write(connect.table(), [staff.put_device(m, gone), noted])
    return protocol.empty(204)


def _sees(gathered: Gathered, device: Device) -> bool:
    places = gathered.caller.places
    return not places or device.location in places


def _view(device: Device) -> dict[str, Any]:
    return {
        "device_id": device.device_id,
        "name": device.name,
        "location": device.location,
        "last_seen_at": rfc3339(device.seen_ms),
        "staff": list(device.staff),
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/devices": list_devices,
    "DELETE /v1/devices/{id}": revoke,
}
