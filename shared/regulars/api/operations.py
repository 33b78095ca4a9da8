"""What each operation of the API does in words, and which refusals it answers besides the general.

The table of routes says the rest. A test holds that every operation is here, and every test of the
service holds each refusal to its operation's list.
"""

from __future__ import annotations

from regulars.api.operations_access import ACCESS, Text
from regulars.api.operations_imports import IMPORTS
from regulars.api.operations_posters import POSTERS
from regulars.api.routes import Route
from regulars.domain.refusals import RefusalCode as Code
from regulars.http import roles

TAGS = {
    "Merchants": "Merchants are created by the platform; each has a sandbox beside it, and "
    "settings of its own.",
    "Programme": "The rules and rewards of a merchant: one document with versions.",
    "Members": "Who holds a card, and the card.",
    "Ledger": "What was booked on a card, and whether it is whole.",
    "Earning": "Visits, sales, actions and gifts.",
    "Rewards": "Taking, redeeming and giving back rewards.",
    "Imports": "Members from a file, and into one.",
    "Corrections": "Refunds and corrections by hand.",
    "Tills": "Where tills report sales.",
    "Sources": "Where members come from, and pictures of the shop.",
    "Access": "Who may do what: keys, and the log of what was done.",
    "Sandbox": "The merchant's copy for trying things: test keys only.",
    "Service": "The service about itself.",
}


_RULES = (Code.HELD, Code.DEBT, Code.TIER_REQUIRED, Code.OUT_OF_STOCK, Code.LIMIT_REACHED)
_TAKEN = (Code.VOUCHER_REDEEMED, Code.VOUCHER_CANCELLED, Code.VOUCHER_EXPIRED)

OPERATIONS: dict[str, Text] = {
    "POST /v1/merchants": Text(
        "Merchants",
        "Creates a live merchant and its sandbox from a template. The answer shows both keys, the "
        "join link, the link that signs the first device in, and the addresses for tills. Keys "
        "are shown this once.",
        (Code.SLUG_TAKEN,),
    ),
    "GET /v1/merchants": Text(
        "Merchants",
        "Lists the live merchants, newest first. One that was created before there was this list "
        "stands in it after its next weekly digest or its next change.",
    ),
    "PATCH /v1/merchants/{id}": Text(
        "Merchants",
        "Sets how many requests the keys of a merchant, or of a sandbox, may make, and where the "
        "weekly digest goes. Fields that are left out stay. Usual are 50 a second and 500 at once; "
        "devices move in proportion. `closed: false` opens a merchant again that was closed, with "
        "its sandbox, until its members are erased.",
        (Code.UNDO_EXPIRED, Code.CONFLICT),
    ),
    "DELETE /v1/merchants/{id}": Text(
        "Merchants",
        "Closes a merchant with its sandbox: from now on its keys, devices, hooks, pages and cards "
        "are as unknown as what never was, and nobody is written to. An archive of everything is "
        "made within hours: the owner gets a link by mail, and `GET /v1/merchants` shows one. 30 "
        "days later the members are erased. The slug stays taken. Doing it again changes nothing.",
        (Code.CONFLICT,),
    ),
    "POST /v1/merchants/{id}/owner": Text(
        "Merchants",
        "Names another mailbox of the owner, when the old one is lost, for the merchant and its "
        "sandbox. The old and the new address are told.",
        (Code.CONFLICT,),
    ),
    "GET /v1/merchant": Text(
        "Merchants",
        "Reads what the merchant has set about itself: who keeps members' data, from whom mails "
        "come, and when nobody is written to. The sandbox has settings of its own.",
    ),
    "PATCH /v1/merchant": Text(
        "Merchants",
        "Changes the fields that are sent; `null` takes back what need not be set. Mails and the "
        "join page say it at once. `retention_months` erases members who have not used their card "
        "for so long, from a week on after it was set or made shorter: `retention_from`. With "
        "`dry_run` nothing is changed, and `would_erase` says how many that are by now.",
        (Code.CONFLICT, Code.SLUG_TAKEN),
    ),
    "GET /v1/templates": Text("Programme", "Lists the programmes that a merchant can begin with."),
    "GET /v1/templates/{id}": Text(
        "Programme", "Reads a template: a whole programme document that can be published as it is."
    ),
    "GET /v1/program": Text(
        "Programme",
        "Reads the version in force, or an earlier one with `version`. `ETag` is the version; "
        "with `If-None-Match` an unchanged programme is answered 304 without a body.",
        (Code.NOT_FOUND,),
    ),
    "PUT /v1/program": Text(
        "Programme",
        "Publishes a new version over the one named by `If-Match`, or over any with `*`. What "
        "would take from members what they hold is refused as `losses`, unless `confirm_losses` "
        "says that it is meant. With `publish_at` "
        "it waits (202) and is checked again at that time. Nothing is published by halves.",
        (Code.STALE_VERSION, Code.LOSSES, Code.PREVIEW_NEEDED, Code.CONFLICT),
    ),
    "POST /v1/program/preview": Text(
        "Programme",
        "Decides what publishing would do to every member, and writes nothing. With many members "
        "the answer has `more`; the same call with `cursor` goes on.",
    ),
    "GET /v1/program/schema": Text(
        "Programme", "Reads the JSON Schema of a programme document, for editors and for checks."
    ),
    "GET /v1/program/versions": Text(
        "Programme",
        "Lists the versions of the programme, newest first; those that wait for their time or were "
        "refused at it stand on the first page.",
    ),
    "DELETE /v1/program/versions/{n}": Text(
        "Programme", "Takes back a version that waits for its time. Others cannot be taken back."
    ),
    "GET /v1/raffles/{id}": Text(
        "Programme",
        "Reads a raffle's commitment and, after the draw, its seed, tickets and winners: with them "
        "anyone can repeat the draw.",
    ),
    "GET /v1/leaderboards/{id}": Text(
        "Programme",
        "Reads a leaderboard as it was counted last, without members who have withdrawn since.",
    ),
    "POST /v1/members": Text(
        "Members",
        "Enrols a member and answers the card. When one member has all the contacts given, "
        "the answer is 200 with that card. Else there is a new card (201); contacts that another "
        "member has stay there, and `not_taken` names them. Contacts given here count as confirmed "
        "by the merchant; what another card only claims is free.",
    ),
    "GET /v1/members": Text(
        "Members",
        "Lists cards, newest members first. `q` finds by e-mail address, telephone number or its "
        "last four digits, or how parts of a name begin, and sorts by name; the others narrow the "
        "list. A change shows within seconds in what is found by it.",
    ),
    "GET /v1/members/{id}": Text(
        "Members",
        "Reads a card as it is now. For a card that was merged into another the answer is "
        "`merged_into`, the id of the one that is kept; every other call that names it is led "
        "there.",
    ),
    "PATCH /v1/members/{id}": Text(
        "Members",
        "Changes the fields that are sent; `null` takes a value away. Consents change one by one. "
        "The ledger does not move.",
        (Code.CONTACT_TAKEN, Code.CONFLICT),
    ),
    "GET /v1/members/{id}/profile": Text(
        "Members",
        "Reads what is known of a member apart from the card: contacts with when and by whom they "
        "were confirmed, consents with when and by whom they were given. A contact that was typed "
        "on a page is only claimed until it is confirmed: tills do not find the card by it, and no "
        "offers go there.",
    ),
    "POST /v1/members/{id}/confirm": Text(
        "Members",
        "Confirms a contact that the card claims: the first call lets a code be entered for 15 "
        "minutes (202), the second enters it. An address is sent six digits. A telephone is not "
        "written to: the code is the one that the guest's card shows, entered by staff who have "
        "seen that the number is the guest's. Whoever confirms first has the contact; nothing that "
        "was booked moves. The counter, which does not see it, names it as `phone` or `email`.",
        (Code.CONTACT_TAKEN, Code.CODE_USED, Code.CODE_EXPIRED, Code.CONFLICT),
    ),
    "POST /v1/members/{id}/link": Text(
        "Members",
        "Gives a card a new link; the one before leads nowhere from now on. Devices that the card "
        "lives on keep it. The audit log says so.",
        (Code.CONFLICT,),
    ),
    "DELETE /v1/members/{id}": Text(
        "Members",
        "Erases a member (GDPR, article 17): from now on nobody finds the card, and its link is "
        "dead. Name, contacts and consents are gone at once, the rest within a day. The entries of "
        "the ledger stay, without a person, so that sums and roots stay what they were.",
        (Code.CONFLICT,),
    ),
    "GET /v1/members/{id}/export": Text(
        "Members",
        "Hands over everything that is kept of a member, in one answer, for the member who asks "
        "for it (GDPR, articles 15 and 20). Where that is more than 4 MB the answer is a 303 to a "
        "link from which it can be fetched, compressed, for 15 minutes.",
    ),
    "GET /v1/members/{id}/entries": Text(
        "Ledger",
        "Lists the entries of a card, newest first, with all that is hashed.",
    ),
    "GET /v1/members/{id}/verify": Text(
        "Ledger",
        "Computes sequence, hash chain, balances and state again from the entries, and names each "
        "difference.",
    ),
    "POST /v1/members/{id}/repair": Text(
        "Ledger",
        "Rebuilds the state of a card from its entries; with `dry_run` it only says what differs.",
        (Code.CONFLICT,),
    ),
    "GET /v1/members/{id}/proof": Text(
        "Ledger",
        "Proves that the head of a card was part of the digest of a day: the path to its root.",
        (Code.CONFLICT,),
    ),
    "GET /v1/ledger/roots": Text(
        "Ledger", "Lists the digest of all heads for each day, newest first."
    ),
    "GET /v1/members/{id}/rewards": Text(
        "Rewards",
        "Lists each reward as it stands for the card: whether it can be had, what is missing, and "
        "the code that taking it would answer.",
    ),
    "POST /v1/earn": Text(
        "Earning",
        "Books a visit or a sale of the member named by id, contact or the code on the card. The "
        "same `order_id` is booked once, whatever the key; with other money or items the "
        "difference is booked. With a key, limits are no refusal: the sale is booked and "
        "`refused` says what was not granted. A signed-in device is refused with `cap_reached`.",
        (
            Code.NOT_FOUND, Code.CAP_REACHED, Code.STAFF_LIMIT, Code.ORDER_OF_ANOTHER_MEMBER,
            Code.ALREADY_REVERSED,
        ),
    ),
    "POST /v1/adjust": Text(
        "Corrections",
        "Adds units to a card, or takes some, with a reason. A balance does not fall below zero "
        "unless `allow_debt` says so.",
        (Code.NOT_FOUND, Code.INSUFFICIENT_BALANCE),
    ),
    "POST /v1/codes": Text(
        "Earning",
        "Makes a code that guests scan with their own phone; what it gives is read as in "
        "`/v1/earn`, or it is an `action`. `once` is good for 90 seconds and one card. `receipt` "
        "is for one card and 30 days, and its `order_id` is booked once, whichever way it comes. "
        "`event` is for the door of an event: once on each card, for a day if `valid_until` does "
        "not say. `printed` hangs on a wall: each card can use it as often as the programme's "
        "`limits.printed` say, and the visit is held until staff or a sale confirm it; after 7 "
        "days it is taken back. The link is shown this once.",
    ),
    "GET /v1/actions": Text(
        "Earning",
        "Lists what members say they did and the owner has to decide (`proof: owner`), or has "
        "decided: `status` is `waiting`, `granted` or `refused`.",
    ),
    "POST /v1/actions/{id}": Text(
        "Earning",
        "Rewards what a member says they did, or refuses it, with a note that the card shows. "
        "What is granted is booked once.",
        (Code.LIMIT_REACHED, Code.CONFLICT),
    ),
    "POST /v1/actions": Text(
        "Earning",
        "Rewards something besides a visit or a sale, by the programme's rules on actions. The "
        "same `ref` counts once. Staff can say so of actions with `proof: staff`.",
        (Code.NOT_FOUND, Code.LIMIT_REACHED),
    ),
    "POST /v1/gifts": Text(
        "Earning",
        "Gives a surprise that the programme allows staff to give, within its budget.",
        (Code.NOT_FOUND, Code.STAFF_LIMIT, *_RULES),
    ),
    "POST /v1/members/{id}/tier": Text(
        "Members",
        "Gives a right to a tier: bought, by invitation or by hand. `until` in the past ends it. A "
        "membership without `until` lasts its period, from the end of one that still runs. Staff "
        "give memberships that were paid at their price, and nothing else.",
    ),
    "POST /v1/members/{id}/give": Text(
        "Corrections",
        "Gives units of one member to another, in one step. They keep the dates of their lots and "
        "count for no tier. What is pending or locked in vouchers cannot be given.",
        (Code.NOT_FOUND, Code.HELD, Code.DEBT, Code.INSUFFICIENT_BALANCE),
    ),
    "POST /v1/members/{id}/merge": Text(
        "Corrections",
        "Merges the card of `from` into this one, in one step: units with the dates of their lots, "
        "debt, windows, rights to tiers, counts, open vouchers with their codes, contacts. "
        "Refunds of what was bought with either reach this card. With `dry_run` nothing is "
        "written. It can be undone for 30 days.",
        (Code.NOT_FOUND, Code.LIMIT_REACHED, Code.CONFLICT),
    ),
    "DELETE /v1/members/{id}/merges/{merge_id}": Text(
        "Corrections",
        "Undoes a merge within 30 days: both cards are what they were, and what was earned since "
        "stays on this one. When units or vouchers that came over were used, or a sale of the "
        "other card was refunded or changed, it is refused with `already_spent`. Sent again it "
        "answers the same.",
        (Code.NOT_FOUND, Code.UNDO_EXPIRED, Code.ALREADY_SPENT, Code.CONFLICT),
    ),
    "POST /v1/entries/{id}/confirm": Text(
        "Corrections",
        "Ends the hold on what an entry granted (`hold_days` of its unit): what is left of it can "
        "be spent at once, and expires when it would have. A visit that was held, because a code "
        "on a wall was scanned, is earned as of when it was; staff can confirm those. The id is "
        "the `entry_id`.",
        (Code.NOT_FOUND, Code.ALREADY_REVERSED),
    ),
    "POST /v1/entries/{id}/move": Text(
        "Corrections",
        "Moves a sale that was booked on the wrong member to the right one, in one step: it is "
        "earned there as if it had been sold there, and its refunds go with it. The id is the "
        "`entry_id` of the sale.",
        (Code.NOT_FOUND, Code.ALREADY_REVERSED),
    ),
    "POST /v1/refunds": Text(
        "Corrections",
        "Takes back what an order granted, in the share that was refunded. An order that is not "
        "known yet is answered 202: the refund is kept and booked when the order comes. The same "
        "`refund_id` is booked once.",
        (Code.NOT_FOUND, Code.ALREADY_REVERSED, Code.REFUND_MISMATCH),
    ),
    "POST /v1/refunds/{id}/void": Text(
        "Corrections",
        "Takes a refund back, for thirty days: the sale stands again as before. The id of the "
        "refund is used up.",
        (Code.ALREADY_REVERSED, Code.UNDO_EXPIRED, Code.LIMIT_REACHED),
    ),
    "POST /v1/vouchers": Text(
        "Rewards",
        "Takes a reward: its cost is locked in a voucher, whose code redeems it once. Of a credit "
        "the member takes as many `units` as they like.",
        (Code.NOT_FOUND, Code.INSUFFICIENT_BALANCE, *_RULES),
    ),
    "POST /v1/vouchers/{code}/redeem": Text(
        "Rewards",
        "Redeems a voucher, once, when the reward is handed over. A credit is used in part or "
        "whole, once for each order, until nothing is left. The code is the stable one, or the one "
        "that the guest's page shows and that changes every 30 seconds. Staff need the one that is "
        "shown, or `seen`; else the entry says `unverified`.",
        (*_TAKEN, Code.HELD, Code.DEBT, Code.LIMIT_REACHED, Code.INSUFFICIENT_BALANCE),
    ),
    "POST /v1/vouchers/{code}/reverse": Text(
        "Rewards",
        "Takes a redemption back: by staff for five minutes, with a key for thirty days. The "
        "voucher is good again until its own end. Of a credit it is what was used last, or with "
        "the `order_id`.",
        (*_TAKEN, Code.ALREADY_REVERSED, Code.UNDO_EXPIRED, Code.STAFF_LIMIT),
    ),
    "POST /v1/vouchers/{code}/cancel": Text(
        "Rewards",
        "Gives a voucher back before it is redeemed: the same units return, with their dates; of a "
        "credit those of what is left.",
        _TAKEN,
    ),
    "GET /v1/hooks": Text(
        "Tills", "Lists where each till posts, and whether its events come.",
    ),
    "PUT /v1/hooks/{provider}": Text(
        "Tills", "Sets how a till's events are recognised. Fields that are left out stay."
    ),
    **ACCESS,
    **IMPORTS,
    **POSTERS,
    "GET /v1/attention": Text(
        "Ledger", "Lists what needs a person: damaged cards, events that could not be booked ..."
    ),
    "POST /v1/attention/{id}": Text(
        "Ledger", "Settles what needs a person, in one of the ways that the item names.",
        (Code.CONFLICT,),
    ),
    "GET /v1/test/clock": Text("Sandbox", "Reads what the sandbox takes for now."),
    "POST /v1/test/clock": Text(
        "Sandbox",
        "Moves the sandbox's clock forward and runs every job that falls due on the way.",
        (Code.CONFLICT,),
    ),
    "GET /v1/test/messages": Text(
        "Sandbox", "Lists what would have been sent, newest first. A sandbox sends nothing."
    ),
    "POST /v1/test/hooks/{provider}": Text(
        "Sandbox",
        "Sends an event, signed as that till would sign it, through the real path.",
    ),
    "GET /v1/health": Text("Service", "Says that the service is up, without asking the table."),
    "GET /v1/openapi.json": Text("Service", "Reads this document."),
}  # fmt: skip


def refusals(route: Route) -> tuple[Code, ...]:
    """Return every code that an operation may answer, in the order of the closed list."""
    may = {Code.INTERNAL, *OPERATIONS[route.key].refusals}
    if route.auth != "none":
        may |= {Code.UNAUTHORIZED, Code.RATE_LIMITED, Code.UNAVAILABLE}
    if "key" in route.auth:
        may.add(Code.FORBIDDEN)  # its scopes do not allow it
    if route.key in roles.SENSITIVE or route.path.startswith("/v1/staff"):
        may.add(Code.CONFIRM_NEEDED)
    if "{" in route.path or route.auth == "test key":
        may.add(Code.NOT_FOUND)
    sends = route.body is not None or route.method == "POST"
    if sends or route.query:
        may.add(Code.INVALID)
    if sends:
        may |= {Code.MALFORMED, Code.TOO_LARGE, Code.UNSUPPORTED_MEDIA_TYPE}
    if route.ledger:
        may |= {Code.IDEMPOTENCY_KEY_REQUIRED, Code.IDEMPOTENCY_MISMATCH, Code.CONFLICT}
    return tuple(code for code in Code if code in may)
