"""Every route of the HTTP API: method, path, function, models. One table for three readers:
the OpenAPI document, the contract tests, and people."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel

from regulars.api import answers as a
from regulars.api import answers_access as access
from regulars.api import answers_cards as cards
from regulars.api import answers_checks as checks
from regulars.api import answers_codes as codes
from regulars.api import answers_fraud as of_fraud
from regulars.api import answers_imports as imports
from regulars.api import answers_ledger as ledger
from regulars.api import answers_merchants as merchants
from regulars.api import answers_merging as merged
from regulars.api import answers_personal as personal
from regulars.api import answers_programs as programs
from regulars.api import answers_sources as of_sources
from regulars.api import models as m
from regulars.api import models_access as of_access
from regulars.api import models_codes as of_codes
from regulars.api import models_imports as of_imports
from regulars.api import models_merchants as of_merchants
from regulars.api import models_sources as sent_sources
from regulars.program.document import ProgramDocument


class Route(NamedTuple):
    """One operation. `auth` is who may call it; `ledger` ones need an Idempotency-Key."""

    method: str
    path: str
    function: str
    summary: str
    auth: str
    body: type[BaseModel] | None = None
    answers: tuple[tuple[int, type[BaseModel]], ...] = ()
    ledger: bool = False
    query: tuple[str, ...] = ()
    pictures: bool = False
    """Whether the body is a picture."""

    @property
    def key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


LISTED = ("q", "tier", "segment", "birthday_month", "last_visit_from", "last_visit_before")
"""What narrows a list of members."""

API = (
    Route("POST", "/v1/merchants", "api", "Create a merchant and its sandbox", "platform",
          m.NewMerchant, ((201, a.MerchantCreated),)),
    Route("GET", "/v1/merchants", "api", "List the merchants", "platform",
          answers=((200, merchants.MerchantList),), query=("limit", "cursor")),
    Route("PATCH", "/v1/merchants/{id}", "api", "Set the limits of a merchant", "platform",
          of_merchants.MerchantLimits, ((200, merchants.ListedMerchant),)),
    Route("DELETE", "/v1/merchants/{id}", "api", "Close a merchant and its sandbox", "platform",
          answers=((202, merchants.ListedMerchant),)),
    Route("POST", "/v1/merchants/{id}/owner", "api", "Name another mailbox of the owner",
          "platform", of_merchants.OwnerBody, ((200, merchants.ListedMerchant),)),
    Route("GET", "/v1/merchant", "api", "Read what the merchant has set", "key",
          answers=((200, merchants.MerchantView),)),
    Route("PATCH", "/v1/merchant", "api", "Change what the merchant has set", "key",
          of_merchants.MerchantChange, ((200, merchants.ChangedMerchant),)),
    Route("GET", "/v1/templates", "api", "List the templates", "none",
          answers=((200, programs.TemplateList),)),
    Route("GET", "/v1/templates/{id}", "api", "Read a template", "none",
          answers=((200, programs.TemplateView),)),
    Route("GET", "/v1/program", "api", "Read the programme in force", "key",
          answers=((200, programs.Published),), query=("version",)),
    Route("PUT", "/v1/program", "api", "Publish a programme", "key",
          ProgramDocument, ((200, programs.Version), (202, programs.Scheduled)),
          query=("confirm_losses", "preview_id", "publish_at", "note")),
    Route("POST", "/v1/program/preview", "api", "See what a programme would change", "key",
          ProgramDocument, ((200, programs.Previewed),), query=("cursor",)),
    Route("GET", "/v1/program/schema", "api", "Read the JSON Schema of a programme", "none"),
    Route("GET", "/v1/program/versions", "api", "List the versions of the programme", "key",
          answers=((200, programs.VersionList),), query=("limit", "cursor")),
    Route("DELETE", "/v1/program/versions/{n}", "api", "Take back a version that waits", "key"),
    Route("GET", "/v1/raffles/{id}", "api", "Check a raffle", "key",
          answers=((200, programs.RaffleView),)),
    Route("GET", "/v1/leaderboards/{id}", "api", "Read a leaderboard", "key",
          answers=((200, programs.LeaderboardView),)),
    Route("POST", "/v1/members", "api", "Enrol a member", "key",
          m.NewMember, ((201, cards.EnrolledCard), (200, cards.CardView)), ledger=True),
    Route("GET", "/v1/members", "api", "Find members", "key",
          answers=((200, cards.CardList),), query=(*LISTED, "limit", "cursor")),
    Route("POST", "/v1/imports", "api", "Bring in members from a file", "key",
          answers=((202, imports.ImportView),), ledger=True,
          query=("format", "mapping", "dry_run")),
    Route("GET", "/v1/imports", "api", "List imports", "key",
          answers=((200, imports.ImportList),)),
    Route("GET", "/v1/imports/{id}", "api", "Read an import", "key",
          answers=((200, imports.ImportView),)),
    Route("POST", "/v1/imports/{id}/start", "api", "Start an import", "key",
          of_imports.StartImport, ((200, imports.ImportView),)),
    Route("POST", "/v1/imports/{id}/undo", "api", "Undo an import", "key",
          answers=((200, imports.ImportView),)),
    Route("GET", "/v1/export/members.json", "api", "Export the members", "key",
          answers=((200, imports.ExportedMembers),), query=("member_ids",)),
    Route("GET", "/v1/export/members.csv", "api", "Export the members as CSV", "key",
          query=("member_ids",)),
    Route("GET", "/v1/members/counts", "api", "Count members", "key",
          answers=((200, cards.MemberCounts),)),
    Route("GET", "/v1/members/{id}", "api", "Read a card", "key",
          answers=((200, merged.ReadCard),)),
    Route("PATCH", "/v1/members/{id}", "api", "Change a profile", "key",
          m.MemberChange, ((200, cards.CardView),)),
    Route("DELETE", "/v1/members/{id}", "api", "Erase a member", "key",
          answers=((202, personal.Erased),)),
    Route("GET", "/v1/members/{id}/entries", "api", "Read the ledger of a card", "key",
          answers=((200, ledger.EntryList),), query=("limit", "cursor")),
    Route("GET", "/v1/members/{id}/profile", "api", "Read a profile", "key",
          answers=((200, cards.MemberProfile),)),
    Route("POST", "/v1/members/{id}/confirm", "api", "Confirm a contact", "key or staff",
          m.ConfirmBody, ((200, cards.ContactView), (202, personal.CodeAsked))),
    Route("POST", "/v1/members/{id}/link", "api", "Replace the link of a card", "key",
          answers=((200, cards.CardLink),)),
    Route("GET", "/v1/members/{id}/export", "api", "Hand over all that is kept of a member", "key",
          answers=((200, personal.MemberExport),)),
    Route("GET", "/v1/members/{id}/verify", "api", "Re-compute the ledger of a card", "key",
          answers=((200, checks.Verified),)),
    Route("POST", "/v1/members/{id}/repair", "api", "Rebuild a card from its ledger", "key",
          m.RepairBody, ((200, checks.Repaired),)),
    Route("GET", "/v1/members/{id}/proof", "api", "Prove the head of a card on a day", "key",
          answers=((200, checks.Proof),), query=("day",)),
    Route("GET", "/v1/ledger/roots", "api", "List the daily digests of all heads", "key",
          answers=((200, checks.RootList),), query=("from", "to", "limit", "cursor")),
    Route("GET", "/v1/members/{id}/rewards", "api", "See what a card can have", "key",
          answers=((200, cards.RewardList),)),
    Route("POST", "/v1/earn", "stamp", "Book a visit or a sale", "key or staff",
          m.EarnBody, ((200, ledger.Earned),), ledger=True),
    Route("POST", "/v1/adjust", "api", "Correct a balance", "key",
          m.AdjustBody, ((200, ledger.Booked),), ledger=True),
    Route("POST", "/v1/members/{id}/give", "api", "Give units to another member", "key",
          m.GiveBody, ((200, ledger.OnTwoCards),), ledger=True),
    Route("POST", "/v1/members/{id}/merge", "api", "Merge two cards of one member", "key",
          m.MergeBody, ((200, merged.Merged),), ledger=True),
    Route("DELETE", "/v1/members/{id}/merges/{merge_id}", "api", "Undo a merge", "key",
          answers=((200, merged.Unmerged),)),
    Route("POST", "/v1/codes", "api", "Make a code that guests scan", "key",
          of_codes.NewCode, ((201, codes.CodeView),)),
    Route("GET", "/v1/actions", "api", "List what members say they did", "key or staff",
          answers=((200, codes.WaitingActionList),), query=("status", "limit", "cursor")),
    Route("POST", "/v1/actions/{id}", "api", "Decide about what a member did", "key or staff",
          of_codes.ActionDecision, ((200, codes.DecidedAction),)),
    Route("POST", "/v1/actions", "api", "Reward something a member did", "key or staff",
          m.ActionBody, ((200, ledger.Earned),), ledger=True),
    Route("POST", "/v1/gifts", "staff", "Give an unexpected gift", "key or staff",
          m.GiftBody, ((200, ledger.Earned),), ledger=True),
    Route("POST", "/v1/members/{id}/tier", "api", "Give a tier, or end it", "key",
          m.TierGrantBody, ((200, ledger.Earned),), ledger=True),
    Route("POST", "/v1/entries/{id}/confirm", "api", "End the hold on an entry", "key or staff",
          None, ((200, ledger.Booked),), ledger=True),
    Route("POST", "/v1/entries/{id}/move", "api", "Move a sale to the right member", "key",
          m.MoveBody, ((200, ledger.OnTwoCards),), ledger=True),
    Route("POST", "/v1/refunds", "api", "Refund an order", "key",
          m.RefundBody, ((200, ledger.Refunded), (202, ledger.Parked)), ledger=True),
    Route("POST", "/v1/refunds/{id}/void", "api", "Take a refund back", "key",
          None, ((200, ledger.Voided),), ledger=True),
    Route("POST", "/v1/vouchers", "api", "Take a reward", "key",
          m.NewVoucher, ((201, cards.VoucherView),), ledger=True),
    Route("POST", "/v1/vouchers/{code}/redeem", "redeem", "Redeem a voucher", "key or staff",
          m.RedeemBody, ((200, cards.VoucherView),), ledger=True),
    Route("POST", "/v1/vouchers/{code}/reverse", "redeem", "Take a redemption back",
          "key or staff", m.ReverseBody, ((200, cards.VoucherView),), ledger=True),
    Route("POST", "/v1/vouchers/{code}/cancel", "api", "Give a voucher back", "key",
          m.CancelVoucher, ((200, cards.VoucherView),), ledger=True),
    Route("GET", "/v1/hooks", "api", "List the till hooks", "key", answers=((200, a.HookList),)),
    Route("PUT", "/v1/hooks/{provider}", "api", "Set up a till hook", "key",
          m.HookSettings, ((200, a.HookView),)),
    Route("GET", "/v1/keys", "api", "List the API keys", "key",
          answers=((200, access.ApiKeyList),)),
    Route("POST", "/v1/keys", "api", "Create an API key", "key",
          of_access.NewApiKey, ((201, access.NewApiKeyView),)),
    Route("POST", "/v1/keys/{id}/roll", "api", "Replace an API key", "key",
          of_access.RollBody, ((201, access.NewApiKeyView),)),
    Route("DELETE", "/v1/keys/{id}", "api", "Revoke an API key", "key"),
    Route("GET", "/v1/staff", "api", "List who works there", "key or staff",
          answers=((200, access.PersonList),)),
    Route("POST", "/v1/staff", "api", "Add a person", "key or staff",
          of_access.NewPerson, ((201, access.PersonView),)),
    Route("PATCH", "/v1/staff/{id}", "api", "Change a person", "key or staff",
          of_access.PersonChange, ((200, access.PersonView),)),
    Route("DELETE", "/v1/staff/{id}", "api", "Take a person off", "key or staff"),
    Route("POST", "/v1/staff/{id}/devices", "api", "Make a link for a device", "key or staff",
          of_access.NewDevice, ((201, access.Enrollment),)),
    Route("GET", "/v1/devices", "api", "List the devices of the counter", "key or staff",
          answers=((200, access.DeviceList),)),
    Route("DELETE", "/v1/devices/{id}", "api", "Take a device off", "key or staff"),
    Route("POST", "/v1/assets", "posters", "Upload a picture", "key",
          answers=((201, of_sources.Asset),), pictures=True),
    Route("GET", "/v1/sources", "api", "List where members come from", "key",
          answers=((200, of_sources.SourceList),)),
    Route("POST", "/v1/sources", "api", "Add a source", "key",
          sent_sources.NewSource, ((201, of_sources.SourceView),)),
    Route("PATCH", "/v1/sources/{id}", "api", "Rename or archive a source", "key",
          sent_sources.SourceChange, ((200, of_sources.SourceView),)),
    Route("GET", "/v1/audit", "api", "Read who did what", "key",
          answers=((200, access.AuditList),), query=("from", "who", "what", "limit", "cursor")),
    Route("GET", "/v1/fraud", "api", "List signals of fraud", "key or staff",
          answers=((200, of_fraud.SignalList),), query=("state", "limit", "cursor")),
    Route("POST", "/v1/fraud/{id}", "api", "Settle a signal of fraud", "key or staff",
          of_access.FraudBody, ((200, of_fraud.SignalDone),)),
    Route("GET", "/v1/attention", "api", "List what needs a person", "key",
          answers=((200, checks.AttentionList),), query=("kind", "limit", "cursor")),
    Route("POST", "/v1/attention/{id}", "api", "Settle what needs a person", "key",
          m.AttentionBody, ((200, checks.AttentionView),)),
    Route("GET", "/v1/test/clock", "api", "Read the sandbox clock", "test key",
          answers=((200, a.Clock),)),
    Route("POST", "/v1/test/clock", "api", "Move the sandbox clock forward", "test key",
          m.ClockMoveBody, ((200, a.ClockMoved),)),
    Route("GET", "/v1/test/messages", "api", "Read what would have been sent", "test key",
          answers=((200, a.MessageList),), query=("limit", "cursor")),
    Route("POST", "/v1/test/hooks/{provider}", "api", "Send a signed sample event", "test key",
          m.SampleEvent, ((200, a.Sent),)),
    Route("GET", "/v1/health", "api", "Say that the service is up", "none",
          answers=((200, a.Health),)),
    Route("GET", "/v1/openapi.json", "api", "Read this document", "none"),
)  # fmt: skip

PAGES = (
    Route("GET", "/", "join", "Where a card is, and where owners sign in", "none"),
    Route("GET", "/assets/{name}", "assets", "A script of the pages", "none"),
    Route("GET", "/q/{file}", "posters", "A shop's code, or a poster", "none"),
    Route("GET", "/j/{slug}", "join", "The join page", "none"),
    Route("POST", "/j/{slug}", "join", "Join", "none"),
    Route("GET", "/t/{token}", "join", "What a scanned code gives", "none"),
    Route("POST", "/t/{token}", "join", "Put it on the card, or on a new one", "none"),
    Route("GET", "/j/{slug}/recover", "card", "Ask for a card that was lost", "none"),
    Route("POST", "/j/{slug}/recover", "card", "Get a card back", "none"),
    Route("GET", "/c/{token}", "card", "To the card, or to look at it", "link"),
    Route("GET", "/c/{token}/code", "card", "The rotating code", "link"),
    Route("GET", "/c/{token}/state", "card", "What has changed", "link"),
    Route("POST", "/c/{token}/vouchers", "card", "Take a reward", "link"),
    Route("POST", "/c/{token}/leaderboard", "card", "Take part in leaderboards, or stop", "link"),
    Route("POST", "/c/{token}/device", "card", "Let the card live here", "link"),
    Route("GET", "/card/{slug}", "card", "The card page", "card"),
    Route("GET", "/card/{slug}/manifest", "card", "The card as an app", "none"),
    Route(
        "GET", "/card/{slug}/pictures/{name}", "card", "Icons and the join link's picture", "none"
    ),
    Route("GET", "/card/sw.js", "card", "The worker that keeps the last known card", "none"),
    Route("GET", "/card/{slug}/code", "card", "The rotating code, of a voucher too", "card"),
    Route("GET", "/card/{slug}/state", "card", "What has changed", "card"),
    Route("POST", "/card/{slug}/vouchers", "card", "Take a reward", "card"),
    Route("POST", "/card/{slug}/leaderboard", "card", "Take part in leaderboards, or stop", "card"),
    Route("POST", "/card/{slug}/actions", "card", "Say that something was done", "card"),
    Route("POST", "/card/{slug}/device", "card", "Let the card live here", "card"),
    Route("POST", "/card/{slug}/devices", "card", "End another device", "card"),
    Route("POST", "/card/{slug}/forget", "card", "Not me: take the card off this browser", "card"),
    Route("POST", "/card/{slug}/switch", "card", "To the other card on this phone", "card"),
    Route("POST", "/card/{slug}/recovery", "card", "Make a recovery code", "card"),
    Route("GET", "/card/{slug}/history", "card", "What happened, month by month", "card"),
    Route("GET", "/card/{slug}/profile", "card", "The member's own data", "card"),
    Route("POST", "/card/{slug}/profile", "card", "Change them, take a copy, or leave", "card"),
    Route("GET", "/card/{slug}/wallet/apple", "wallet", "The pass for Apple's wallet", "card"),
    Route(
        "GET", "/card/{slug}/wallet/google", "wallet", "Save the pass to Google's wallet", "card"
    ),
    Route("GET", "/card/{slug}/wallet/pictures/{name}", "wallet", "The stamps on a pass", "none"),
    Route(
        "POST",
        "/wallet/apple/v1/devices/{device}/registrations/{pass_type}/{serial}",
        "wallet",
        "Tell a phone of a pass",
        "pass",
    ),
    Route(
        "DELETE",
        "/wallet/apple/v1/devices/{device}/registrations/{pass_type}/{serial}",
        "wallet",
        "Tell a phone no more",
        "pass",
    ),
    Route(
        "GET",
        "/wallet/apple/v1/devices/{device}/registrations/{pass_type}",
        "wallet",
        "Which passes of a phone have changed",
        "none",
    ),
    Route(
        "GET",
        "/wallet/apple/v1/passes/{pass_type}/{serial}",
        "wallet",
        "A pass as it is now",
        "pass",
    ),
    Route("POST", "/wallet/apple/v1/log", "wallet", "What a phone says went wrong", "none"),
    Route("GET", "/s/{code}", "card", "A card's code, scanned by a phone", "none"),
    Route("GET", "/v/{code}", "card", "A voucher's code, scanned by a phone", "none"),
    Route("GET", "/e/{token}", "api", "Fetch a large export, or an archive", "link"),
    Route("GET", "/m/{token}", "card", "Ask whose an address is", "link"),
    Route("POST", "/m/{token}", "card", "Confirm an address", "link"),
    Route("GET", "/figures/{token}", "card", "The figures of one source", "link"),
    Route("GET", "/logos/{name}", "card", "A shop's logo", "none"),
    Route("GET", "/u/{token}", "card", "Ask before unsubscribing", "link"),
    Route("POST", "/u/{token}", "card", "Unsubscribe", "link"),
    Route("GET", "/staff/counter", "staff", "The counter screen", "staff"),
    Route("GET", "/staff/{token}", "staff", "Ask before a device is enrolled", "link"),
    Route("POST", "/staff/{token}", "staff", "Enrol a device", "link"),
    Route("POST", "/staff/api/who", "staff", "Sign in by name and PIN", "device"),
    Route("GET", "/staff/display", "staff", "The display on the counter", "staff"),
    Route("GET", "/staff/api/display", "staff", "What the display shows now", "staff"),
    Route("POST", "/staff/api/codes", "staff", "Make a code for a guest", "staff"),
    Route("GET", "/staff/api/codes/{id}", "staff", "See whether a code was used", "staff"),
    Route("GET", "/staff/api/member", "staff", "Find a member", "staff"),
    Route("POST", "/staff/api/undo", "staff", "Undo", "staff", ledger=True),
    Route("GET", "/staff/worker.js", "staff", "Keep the counter's page", "none"),
    Route("GET", "/staff/api/state", "staff", "Who is at the counter", "staff"),
    Route("POST", "/staff/api/key", "staff", "Get the key of a device", "device"),
    Route("POST", "/staff/api/bookings", "staff", "Send what was booked offline", "device"),
    Route("POST", "/staff/sign-out", "staff", "Sign out", "staff"),
    Route("GET", "/console", "console", "The console", "staff"),
    Route("GET", "/console/", "console", "The console", "staff"),
    Route("GET", "/console/{page+}", "console", "A page of the console", "staff"),
    Route("POST", "/console/{page+}", "console", "A form of the console", "staff"),
    Route("POST", "/hooks/{provider}/{hook_id}", "hooks", "An event of a till", "signature"),
)

ROUTES = API + PAGES

UNKNOWN = Route("ANY", "$default", "api", "What no route is for", "none")
