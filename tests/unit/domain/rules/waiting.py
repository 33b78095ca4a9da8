"""What waits: automatic rewards for room, pending units for their day."""

from __future__ import annotations

from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import POINTS, Story, earn, opened, rewards
from tests.unit.domain.shop import unit


@holds("Rewards that wait")
def rewards_that_wait(row: Cells) -> Cells:
    review = {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 1}
    gold = {"id": "gold", "name": "Gold", "enter": [{"metric": "membership", "period": "month"}]}
    shop = opened(
        units=POINTS,
        earn=[*earn("1 stamp per visit"), review],
        rewards=[
            *rewards("coffee for 10", "stamp", auto=True)[0],
            *rewards("biscuit for 1", "stamp")[0],
        ],
        tiers=[gold],
    )
    story = Story(shop)
    story.step("225 visits")
    story.pay("1.00", visits="0")
    story.step("redeems")
    if row["then"].startswith("correction"):
        shop.adjust("stamp", int(row["then"].removeprefix("correction ")))
    else:
        story.step(row["then"])
    entry = shop.decided[-1]
    issued = [one for one in entry.vouchers if one.status == "issued" and one.reward_id == "coffee"]
    return {"coffees issued": str(len(issued)), "stamps left": str(shop.available("stamp"))}


@holds("Pending units and debt")
def pending_units_and_debt(row: Cells) -> Cells:
    shop = opened(units=[unit("point", hold_days=14)], earn=earn("1 point per 1.00"))
    story = Story(shop).run(row["before"])
    shop.adjust("point", -10, allow_debt=True)
    story.run(row["what happens"])
    return {
        "owes": str(shop.card.debt.get("point", 0)),
        "pending": str(shop.card.pending("point", shop.today)),
        "to spend": str(shop.available()),
    }
