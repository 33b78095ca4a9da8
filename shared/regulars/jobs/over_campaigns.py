"""Counting campaigns that are over, once for each: with the digest of the week they ended in."""

from __future__ import annotations

from regulars.actions.due_marks import DIGEST
from regulars.domain import calendar
from regulars.insights import campaigns
from regulars.program.shop import Shop


def count(shop: Shop) -> None:
    """Count every campaign that is over and was not counted as it is now."""
    today = calendar.local_date(shop.now, shop.program.timezone).isoformat()
    over = campaigns.over(shop.program, today)
    known = campaigns.read(shop, over)
    new = [one for one in over if one.id not in known]
    for campaign_id, figures in campaigns.count(shop, new, DIGEST).items():
        (campaign,) = (one for one in new if one.id == campaign_id)
        shop.table.put(campaigns.item_of(shop, campaign, figures))
