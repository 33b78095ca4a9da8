"""Browsers inside other apps: they forget what they hold, and share nothing with the phone's."""

from __future__ import annotations

from typing import Final

from regulars.http import protocol

SIGNS: Final = (
    "FBAN/", "FBAV/", "FB_IAB", "Instagram", "Line/", "MicroMessenger", "musical_ly", "TikTok",
    "BytedanceWebview", "Snapchat", "Pinterest/", "LinkedInApp", "Twitter for", "KAKAOTALK",
    "Viber", "GSA/", "; wv)",
)  # fmt: skip
"""By what such a browser names itself; the last one is Android's own sign of any of them."""


def is_in_app(request: protocol.Request) -> bool:
    """Tell whether a request comes from the browser inside another app, as far as it says so."""
    user_agent = request.headers.get("user-agent", "")
    return any(sign in user_agent for sign in SIGNS)
