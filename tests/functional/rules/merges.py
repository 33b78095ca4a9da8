"""Over HTTP: two cards that become one, and two again."""

from __future__ import annotations

from tests.functional.rules.holders import holds
from tests.functional.rules.story import House, Story
from tests.service import Reply
from tests.unit.domain.rules.document import Cells
from tests.unit.domain.rules.merges import UNDONE, of_two_cards
from tests.unit.domain.rules.words import NOTHING, money


def merged(house: House, row: Cells) -> tuple[Story, Story, Reply]:
    """Both cards after what happened to each, and what the merge answered."""
    kept = house.opened(**of_two_cards())
    other = kept.of(kept.join())
    for story, column in ((kept, "kept card"), (other, "other card")):
        if row[column] != NOTHING:
            story.run(row[column])
    body = {"from": other.member_id}
    reply = kept.cafe.call("POST", f"/v1/members/{kept.member_id}/merge", body)
    assert reply.status == 200, reply.text
    kept.taken += [one["code"] for one in kept.card()["vouchers"]]
    return kept, other, reply


def shown(story: Story) -> list[str]:
    """Points, debt and cups of a card."""
    return [str(story.available()), str(story.owed()), str(len(story.vouchers("cup")))]


@holds("What two cards come to")
def two_cards(house: House, row: Cells) -> Cells:
    story, _, _ = merged(house, row)
    points, owes, cups = shown(story)
    return {
        "points": points,
        "stamps": str(story.available("stamp")),
        "cups": cups,
        "owes": owes,
        "spend": money(story.card()["spend_minor"]),
        "tier": story.tier(),
    }


@holds("A merge that is undone")
def undone(house: House, row: Cells) -> Cells:
    kept, other, reply = merged(house, row)
    if row["since"] != NOTHING:
        kept.run(row["since"])
    merge_id = reply.json["merge_id"]
    undo = kept.cafe.call("DELETE", f"/v1/members/{kept.member_id}/merges/{merge_id}")
    answer = UNDONE if undo.status == 200 else undo.code
    names = ("points", "owes", "cups")
    gone = shown(other) if answer == UNDONE else [NOTHING] * 3
    return {
        "undone": answer,
        **dict(zip(names, shown(kept), strict=True)),
        **{f"other {name}": cell for name, cell in zip(names, gone, strict=True)},
    }
