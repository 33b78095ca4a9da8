"""Problem documents (RFC 9457): the one table from refusal to HTTP status."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from regulars.domain.refusals import RefusalCode, Refused

STATUS: dict[RefusalCode, HTTPStatus] = {
    RefusalCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    RefusalCode.MALFORMED: HTTPStatus.BAD_REQUEST,
    RefusalCode.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    RefusalCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    RefusalCode.CONFIRM_NEEDED: HTTPStatus.FORBIDDEN,
    RefusalCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    RefusalCode.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    RefusalCode.IDEMPOTENCY_KEY_REQUIRED: HTTPStatus.BAD_REQUEST,
    RefusalCode.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalCode.IDEMPOTENCY_MISMATCH: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalCode.SLUG_TAKEN: HTTPStatus.CONFLICT,
    RefusalCode.CONTACT_TAKEN: HTTPStatus.CONFLICT,
    RefusalCode.DEVICE_NEEDED: HTTPStatus.FORBIDDEN,
    RefusalCode.CODE_USED: HTTPStatus.GONE,
    RefusalCode.CODE_EXPIRED: HTTPStatus.GONE,
    RefusalCode.STALE_VERSION: HTTPStatus.PRECONDITION_FAILED,
    RefusalCode.PREVIEW_NEEDED: HTTPStatus.CONFLICT,
    RefusalCode.LOSSES: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalCode.CAP_REACHED: HTTPStatus.CONFLICT,
    RefusalCode.STAFF_LIMIT: HTTPStatus.CONFLICT,
    RefusalCode.HELD: HTTPStatus.CONFLICT,
    RefusalCode.DEBT: HTTPStatus.CONFLICT,
    RefusalCode.TIER_REQUIRED: HTTPStatus.CONFLICT,
    RefusalCode.OUT_OF_STOCK: HTTPStatus.CONFLICT,
    RefusalCode.LIMIT_REACHED: HTTPStatus.CONFLICT,
    RefusalCode.INSUFFICIENT_BALANCE: HTTPStatus.CONFLICT,
    RefusalCode.VOUCHER_REDEEMED: HTTPStatus.CONFLICT,
    RefusalCode.VOUCHER_CANCELLED: HTTPStatus.CONFLICT,
    RefusalCode.VOUCHER_EXPIRED: HTTPStatus.CONFLICT,
    RefusalCode.ALREADY_REVERSED: HTTPStatus.CONFLICT,
    RefusalCode.REFUND_MISMATCH: HTTPStatus.CONFLICT,
    RefusalCode.ORDER_OF_ANOTHER_MEMBER: HTTPStatus.CONFLICT,
    RefusalCode.UNDO_EXPIRED: HTTPStatus.CONFLICT,
    RefusalCode.ALREADY_SPENT: HTTPStatus.CONFLICT,
    RefusalCode.CONFLICT: HTTPStatus.CONFLICT,
    RefusalCode.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    RefusalCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}

TITLE: dict[RefusalCode, str] = {
    RefusalCode.TOO_LARGE: "The request is too large",
    RefusalCode.MALFORMED: "The request cannot be read",
    RefusalCode.UNAUTHORIZED: "Who is asking is not known",
    RefusalCode.FORBIDDEN: "Not allowed with this credential",
    RefusalCode.CONFIRM_NEEDED: "Show again who you are",
    RefusalCode.NOT_FOUND: "Not found",
    RefusalCode.METHOD_NOT_ALLOWED: "The path does not know this method",
    RefusalCode.UNSUPPORTED_MEDIA_TYPE: "The body has another content type than is read here",
    RefusalCode.IDEMPOTENCY_KEY_REQUIRED: "An Idempotency-Key is needed",
    RefusalCode.INVALID: "The request is not valid",
    RefusalCode.IDEMPOTENCY_MISMATCH: "The key was used for something else",
    RefusalCode.SLUG_TAKEN: "The slug is taken",
    RefusalCode.CONTACT_TAKEN: "Another member has this contact",
    RefusalCode.DEVICE_NEEDED: "This needs the device that the card lives on",
    RefusalCode.CODE_USED: "The code was used before",
    RefusalCode.CODE_EXPIRED: "The code is over",
    RefusalCode.STALE_VERSION: "It was changed since it was read",
    RefusalCode.PREVIEW_NEEDED: "A finished preview is needed first",
    RefusalCode.LOSSES: "Members would lose what they hold",
    RefusalCode.CAP_REACHED: "The limit of visits is reached",
    RefusalCode.STAFF_LIMIT: "The limit of this person is reached",
    RefusalCode.HELD: "The card is on hold",
    RefusalCode.DEBT: "The card owes after a refund",
    RefusalCode.TIER_REQUIRED: "For members of a tier only",
    RefusalCode.OUT_OF_STOCK: "Out of stock",
    RefusalCode.LIMIT_REACHED: "The limit for this reward is reached",
    RefusalCode.INSUFFICIENT_BALANCE: "There is not enough on the card",
    RefusalCode.VOUCHER_REDEEMED: "The voucher was redeemed before",
    RefusalCode.VOUCHER_CANCELLED: "The voucher was cancelled",
    RefusalCode.VOUCHER_EXPIRED: "The voucher has expired",
    RefusalCode.ALREADY_REVERSED: "It was taken back before",
    RefusalCode.REFUND_MISMATCH: "This refund id was used for another refund",
    RefusalCode.ORDER_OF_ANOTHER_MEMBER: "This order belongs to another member",
    RefusalCode.UNDO_EXPIRED: "It is too late to undo",
    RefusalCode.ALREADY_SPENT: "What came over with the merge was used",
    RefusalCode.CONFLICT: "Others are changing it at this moment",
    RefusalCode.RATE_LIMITED: "Too many requests",
    RefusalCode.UNAVAILABLE: "The service is busy",
    RefusalCode.INTERNAL: "Something went wrong on our side",
}

RETRY_AFTER_S = {RefusalCode.CONFLICT: 1, RefusalCode.RATE_LIMITED: 10, RefusalCode.UNAVAILABLE: 2}


PATH_SHOWN = 200


def retry_after(refused: Refused) -> dict[str, str]:
    """Return the header that says when the same request may succeed; none where it never does."""
    wait_s = refused.retry_after_s or RETRY_AFTER_S.get(refused.code, 0)
    return {"Retry-After": str(wait_s)} if wait_s else {}


def document(refused: Refused) -> tuple[int, dict[str, Any]]:
    """Status and problem document of a refusal.

    NOT_FOUND says nothing more, so that foreign and unknown ids are answered alike.
    """
    status = STATUS[refused.code]
    detail = "" if refused.code is RefusalCode.NOT_FOUND else refused.detail
    return status.value, {
        "type": f"urn:regulars:problem:{refused.code}",
        "title": TITLE[refused.code],
        "status": status.value,
        "code": refused.code.value,
        "detail": detail or TITLE[refused.code],
        "errors": [{"path": _shown(path), "message": message} for path, message in refused.errors],
        **refused.more,
    }


def _shown(path: str) -> str:
    """A path as it can be answered: the names in it are the sender's, of any length and made of
    anything that JSON can escape."""
    return path[:PATH_SHOWN].encode("utf-8", "replace").decode()
