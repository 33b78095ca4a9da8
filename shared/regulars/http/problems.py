"""Problem documents (RFC 9457): the one table from refusal to HTTP status."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from regulars.domain.refusals import Code, Refused

STATUS: dict[Code, HTTPStatus] = {
    Code.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.MALFORMED: HTTPStatus.BAD_REQUEST,
    Code.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    Code.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.IDEMPOTENCY_KEY_REQUIRED: HTTPStatus.BAD_REQUEST,
    Code.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.IDEMPOTENCY_MISMATCH: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.SLUG_TAKEN: HTTPStatus.CONFLICT,
    Code.CONTACT_TAKEN: HTTPStatus.CONFLICT,
    Code.STALE_VERSION: HTTPStatus.PRECONDITION_FAILED,
    Code.CAP_REACHED: HTTPStatus.CONFLICT,
    Code.DEBT: HTTPStatus.CONFLICT,
    Code.TIER_REQUIRED: HTTPStatus.CONFLICT,
    Code.OUT_OF_STOCK: HTTPStatus.CONFLICT,
    Code.LIMIT_REACHED: HTTPStatus.CONFLICT,
    Code.INSUFFICIENT_BALANCE: HTTPStatus.CONFLICT,
    Code.VOUCHER_REDEEMED: HTTPStatus.CONFLICT,
    Code.VOUCHER_CANCELLED: HTTPStatus.CONFLICT,
    Code.VOUCHER_EXPIRED: HTTPStatus.CONFLICT,
    Code.ALREADY_REVERSED: HTTPStatus.CONFLICT,
    Code.REFUND_EXCEEDS: HTTPStatus.CONFLICT,
    Code.UNDO_EXPIRED: HTTPStatus.CONFLICT,
    Code.CONFLICT: HTTPStatus.CONFLICT,
    Code.RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    Code.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}

TITLE: dict[Code, str] = {
    Code.TOO_LARGE: "The request is too large",
    Code.MALFORMED: "The request cannot be read",
    Code.UNAUTHORIZED: "Who is asking is not known",
    Code.FORBIDDEN: "Not allowed with this credential",
    Code.NOT_FOUND: "Not found",
    Code.IDEMPOTENCY_KEY_REQUIRED: "An Idempotency-Key is needed",
    Code.INVALID: "The request is not valid",
    Code.IDEMPOTENCY_MISMATCH: "The key was used for something else",
    Code.SLUG_TAKEN: "The slug is taken",
    Code.CONTACT_TAKEN: "Another member has this contact",
    Code.STALE_VERSION: "It was changed since it was read",
    Code.CAP_REACHED: "The limit of visits is reached",
    Code.DEBT: "The card owes after a refund",
    Code.TIER_REQUIRED: "For members of a tier only",
    Code.OUT_OF_STOCK: "Out of stock",
    Code.LIMIT_REACHED: "The limit for this reward is reached",
    Code.INSUFFICIENT_BALANCE: "There is not enough on the card",
    Code.VOUCHER_REDEEMED: "The voucher was redeemed before",
    Code.VOUCHER_CANCELLED: "The voucher was cancelled",
    Code.VOUCHER_EXPIRED: "The voucher has expired",
    Code.ALREADY_REVERSED: "It was taken back before",
    Code.REFUND_EXCEEDS: "More than was sold cannot be refunded",
    Code.UNDO_EXPIRED: "It is too late to undo",
    Code.CONFLICT: "Others are changing it at this moment",
    Code.RATE_LIMITED: "Too many requests",
    Code.UNAVAILABLE: "The service is busy",
    Code.INTERNAL: "Something went wrong on our side",
}

RETRY_AFTER_S = {Code.CONFLICT: 1, Code.RATE_LIMITED: 10, Code.UNAVAILABLE: 2}


PATH_SHOWN = 200


def document(refused: Refused) -> tuple[int, dict[str, Any]]:
    """Status and problem document of a refusal.

    NOT_FOUND says nothing more, so that foreign and unknown ids are answered alike.
    """
    status = STATUS[refused.code]
    detail = "" if refused.code is Code.NOT_FOUND else refused.detail
    return status.value, {
        "type": f"urn:regulars:problem:{refused.code}",
        "title": TITLE[refused.code],
        "status": status.value,
        "code": refused.code.value,
        "detail": detail or TITLE[refused.code],
        "errors": [{"path": _shown(path), "message": message} for path, message in refused.errors],
    }


def _shown(path: str) -> str:
    """A path as it can be answered: the names in it are the sender's, of any length and made of
    anything that JSON can escape."""
    return path[:PATH_SHOWN].encode("utf-8", "replace").decode()
