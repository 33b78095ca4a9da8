"""A pass for Google's wallet: the link that saves it, and the calls that change it.

A class is the shop's programme, an object the card of one member. The link holds both, signed; what
was saved is changed over REST, silently: Google tells a member of three changes a day at most.
"""

from __future__ import annotations

from typing import Any, Final

import httpx
import jwt

from regulars.core import clock
from regulars.core.config import settings
from regulars.core.observability import logger
from regulars.core.passes import Serial
from regulars.domain.calendar import to_ms
from regulars.render.brand import Brand
from regulars.render.colors import palette
from regulars.render.layout import code_groups
from regulars.wallet.calls import Line, UnreachableError, timeout
from regulars.wallet.certificates import Google
from regulars.wallet.content import Content
from regulars.wallet.content import Line as Shown

ADDRESS = "https://walletobjects.googleapis.com"  # seam: tests answer themselves
TOKENS = "https://oauth2.googleapis.com/token"  # seam: tests answer themselves
SAVE: Final = "https://pay.google.com/gp/v/save/"
SCOPE: Final = "https://www.googleapis.com/auth/wallet_object.issuer"
TOKEN_S: Final = 3600
EARLY_S: Final = 300
"""So long before its end a token is not used any more."""
NOTHING: Final = "-"
"""Stands in the place of what must not be empty, and says nothing of anybody."""

Document = dict[str, Any]


class RefusedError(Exception):
    """Google does not take what we send; somebody has to look at the account."""


def save_link(content: Content, own: Google) -> str:
    """Return the link behind the button: Google asks the member, and saves the pass.

    Class and object are put there before, and the link names them: browsers may cut a longer one
    (1,800 characters). Where Google does not answer us, the link holds them whole.
    """
    classes, objects = class_of(content, own), object_of(content, own)
    try:
        _put("loyaltyClass", classes, own)
        _put("loyaltyObject", objects, own)
    except (UnreachableError, RefusedError) as error:
        logger().warning("Google was not told of a pass", extra={"why": repr(error)[:200]})
    else:
        classes, objects = {"id": classes["id"]}, {"id": objects["id"], "classId": classes["id"]}
    claims = {
        "iss": own.account,
        "aud": "google",
        "typ": "savetowallet",
        "iat": _now_s(),
        "origins": [settings().base_url],
        "payload": {"loyaltyClasses": [classes], "loyaltyObjects": [objects]},
    }
    return SAVE + jwt.encode(claims, own.key, algorithm="RS256", headers={"kid": own.key_id})


def class_of(content: Content, own: Google) -> Document:
    """Return the class of a shop: its name, color and picture."""
    return {
        "id": _class_id(content.serial, own),
        "issuerName": content.brand.name,
        "programName": content.brand.name,
        "programLogo": _picture(_logo(content.brand, content), content.brand.name),
        "hexBackgroundColor": palette(content.brand.color)["brand"],
        "reviewStatus": "UNDER_REVIEW",
    }


def object_of(content: Content, own: Google) -> Document:
    """Return the object of a card; of one that is over nothing but that."""
    identity = {"id": object_id(content.serial, own), "classId": _class_id(content.serial, own)}
    if content.is_over:
        shown = {"label": NOTHING, "balance": {"string": NOTHING}}
        return {
            **identity, "state": "INACTIVE", "accountId": NOTHING, "accountName": NOTHING,
            "loyaltyPoints": shown, "barcode": None, "heroImage": None, "linksModuleData": None,
            "textModulesData": [_text("news", Shown("", content.news))],
        }  # fmt: skip
    words = content.words
    texts = [_text("news", Shown(words.t("Now"), content.news))]
    texts += [_text(name, it) for name, it in _named(content)]
    document = {
        **identity,
        "state": "ACTIVE",
        "accountId": code_groups(content.code),
        "accountName": content.name or words.t("Your card"),
        "barcode": {
            "type": "QR_CODE", "value": content.code_url,
            "alternateText": code_groups(content.code),
        },
        "textModulesData": texts,
        "linksModuleData": {
            "uris": [
                {"id": f"link{n}", "uri": it.value, "description": it.label}
                for n, it in enumerate(content.links)
            ]
        },
    }  # fmt: skip
    if content.counted:
        shown = {"label": content.counted.label, "balance": {"string": content.counted.value}}
        document["loyaltyPoints"] = shown
    if content.punched:
        name = f"stamps-{content.punched.have}-of-{content.punched.places}.png"
        document["heroImage"] = _picture(f"{content.page_url}/wallet/pictures/{name}", content.news)
    return document


def object_id(serial: Serial, own: Google) -> str:
    """Return what Google calls a pass."""
    return f"{own.issuer}.{serial}"


def change(content: Content, own: Google) -> bool:
    """Change what Google holds of a card. Returns False when nobody has it in a wallet.

    Raises UnreachableError for what can be tried again, RefusedError for what cannot.
    """
    body = object_of(content, own)
    answer = _call("PATCH", f"loyaltyObject/{body['id']}", body, own)
    return answer.status_code == 200 and bool(answer.json().get("hasUsers", True))


def change_class(content: Content, own: Google) -> None:
    """Change what Google holds of a shop, if it holds something; raises as `change` does."""
    body = class_of(content, own)
    _call("PATCH", f"loyaltyClass/{body['id']}", body, own)


def _put(kind: str, body: Document, own: Google) -> None:
    """Put a class or an object there, in the place of what is there already."""
    if _call("POST", kind, body, own).status_code == 409:
        _call("PATCH", f"{kind}/{body['id']}", body, own)


NAMED: Final = frozenset({200, 404, 409})
"""What Google answers that says something of what was named."""


def _call(method: str, path: str, body: Document, own: Google) -> httpx.Response:
    headers = {"Authorization": f"Bearer {_token(own)}"}
    url = f"{ADDRESS}/walletobjects/v1/{path}"
    answer = _line.call(method, url, json=body, headers=headers)
    if answer.status_code == 401:
        _tokens.clear()
        raise UnreachableError("the token was refused")
    if answer.status_code not in NAMED:
        raise RefusedError(f"{answer.status_code}")
    return answer


_tokens: dict[str, tuple[str, int]] = {}
"""The token of each account, and until when it is used (seconds since 1970)."""


def _token(own: Google) -> str:
    """A token for the calls, kept for most of its hour."""
    kept, until_s = _tokens.get(own.account, ("", 0))
    if kept and _now_s() < until_s:
        return kept
    claims = {
        "iss": own.account, "scope": SCOPE, "aud": TOKENS, "iat": _now_s(),
        "exp": _now_s() + TOKEN_S,
    }  # fmt: skip
    signed = jwt.encode(claims, own.key, algorithm="RS256", headers={"kid": own.key_id})
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}
    answer = _line.call("POST", TOKENS, data=form)
    if answer.status_code != 200:
        raise RefusedError(f"no token: {answer.status_code}")
    given = answer.json()
    lasts_s = int(given.get("expires_in", TOKEN_S)) - EARLY_S
    _tokens[own.account] = (str(given["access_token"]), _now_s() + lasts_s)
    return _tokens[own.account][0]


_line = Line(lambda: httpx.Client(timeout=timeout(), trust_env=False))


def forget() -> None:
    """Let go of connection and tokens, as a process that has just begun."""
    _line.forget()
    _tokens.clear()


def _class_id(serial: Serial, own: Google) -> str:
    return f"{own.issuer}.{serial.merchant_id}"


def _logo(brand: Brand, content: Content) -> str:
    if brand.logo:
        return f"{settings().base_url}{brand.logo}"
    return f"{content.page_url}/pictures/icon-512.png"


def _picture(uri: str, shown: str) -> Document:
    described = {"defaultValue": {"language": "en", "value": shown}}
    return {"sourceUri": {"uri": uri}, "contentDescription": described}


def _named(content: Content) -> list[tuple[str, Shown]]:
    lines = [("reward", content.reward), ("tier", content.tier)]
    named = [(name, line) for name, line in lines if line]
    return [*named, *((f"about{n}", it) for n, it in enumerate(content.about))]


def _text(name: str, shown: Shown) -> Document:
    return {"id": name, "header": shown.label, "body": shown.value}


def _now_s() -> int:
    return to_ms(clock.now()) // 1000
