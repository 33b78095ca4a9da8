"""Pages and mails: view models in, HTML out.

A handler fills one of the frozen dataclasses of `views.py` and calls `render(view, words)`; it
never builds HTML. The names below are loaded on first use, because the function that serves the
scripts lives on a fast cold start and needs neither templates nor views.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.web.pages.mailing import mail
    from regulars.web.pages.qr import qr_svg
    from regulars.web.pages.rendering import Page, csp, headers, render
    from regulars.web.pages.views import (
        Balance,
        Block,
        Brand,
        CardView,
        Change,
        Code,
        ConfirmView,
        Event,
        Expiring,
        Goal,
        JoinView,
        Leaderboard,
        Leaderboards,
        MailView,
        MessageView,
        Rank,
        Reward,
        StaffView,
        Tier,
        UnsubscribeView,
        Voucher,
    )

__all__ = [
    "Balance",
    "Block",
    "Brand",
    "CardView",
    "Change",
    "Code",
    "ConfirmView",
    "Event",
    "Expiring",
    "Goal",
    "JoinView",
    "Leaderboard",
    "Leaderboards",
    "MailView",
    "MessageView",
    "Page",
    "Rank",
    "Reward",
    "StaffView",
    "Tier",
    "UnsubscribeView",
    "Voucher",
    "csp",
    "headers",
    "mail",
    "qr_svg",
    "render",
]

_HOMES = {
    "mail": "mailing",
    "qr_svg": "qr",
    "Page": "rendering",
    "csp": "rendering",
    "headers": "rendering",
    "render": "rendering",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'views')}"), name)
