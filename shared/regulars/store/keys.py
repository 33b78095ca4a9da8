"""Every key of the table, and nothing else knows one.

| item | PK | SK | GSI1PK | GSI1SK |
|---|---|---|---|---|
| merchant (a live one is listed) | `M#<m>` | `MERCHANT` | `MERCHANTS` | `<created ms>#<m>` |
| programme now, version n | `M#<m>` | `PROGRAM`, `PROGRAM#<n>` | | |
| ... that waits for its time; sandbox clock | `M#<m>` | `WAITING#<n>`, `CLOCK` | | |
| programme being edited, after save n | `M#<m>` | `DRAFT`, `DRAFT#<n>` | | |
| how far a preview has come | `M#<m>` | `PREVIEW#<id>` | | |
| somebody who works there | `M#<m>` | `STAFF#<s>` | | |
| what they booked today | `M#<m>#STAFF#<s>` | `DAY` | | |
| ... an entry that was counted | `M#<m>#STAFF#<s>` | `COUNTED#<c>#<seq>` | | |
| ... the passkeys they sign in with | `M#<m>#STAFF#<s>` | `PASSKEYS` | | |
| device of the counter | `M#<m>` | `DEVICE#<d>` | | |
| shared counter: stock, a campaign's uses, a budget | `M#<m>#COUNT#<name>` | `COUNT` | | |
| where members come from, and what they bring | `M#<m>` | `SOURCE#<id>` | | |
| ... what one of them has brought so far | `M#<m>#C#<c>` | `SOURCE` | | |
| picture that was uploaded | `M#<m>` | `ASSET#<id>` | | |
| raffle as it was drawn | `M#<m>` | `RAFFLE#<id>` | | |
| ... the tickets of a member | `M#<m>#TICKETS` | `<raffle>#<c>` | | |
| leaderboard as it was counted | `M#<m>` | `BOARD#<id>` | | |
| campaign that is over, as it was counted | `M#<m>` | `CAMPAIGN#<id>` | | |
| digest of all heads of a day | `M#<m>#ROOTS` | `<day>` | | |
| ... how far it is, up to which day | `M#<m>#ROOT` | `PROGRESS`, `UPTO` | | |
| ... its pages of hashes | `M#<m>#ROOT#<day>` | `<level>#<first>` | | |
| what needs a person | `M#<m>#ATTENTION` | `<id>` | as `PK` | `<first met ms>#<id>` |
| ... a closed signal of fraud | as above | as above | `M#<m>#ATTENTION#CLOSED` | as above |
| signals were looked for up to; digest of a week | `M#<m>` | `FRAUD`, `WEEK#<monday>` | | |
| card state | `M#<m>#C#<c>` | `STATE` | | |
| ledger entry | `M#<m>#C#<c>` | `ENTRY#<seq>` | `M#<m>#H#<hour>` | `<recorded ms>#<c>#<seq>` |
| ... in a sandbox | as above | as above | `M#<m>#H` | as above |
| voucher | `M#<m>#C#<c>` | `VOUCHER#<v>` | | |
| refunds of an entry | `M#<m>#C#<c>` | `REFUNDED#<seq>` | | |
| what a member did | `M#<m>#C#<c>` | `ACTION#<a>` | `M#<m>#ACTIONS#<status>` | `<ms>#<c>.<a>` |
| merge of another card into it | `M#<m>#C#<c>` | `MERGE#<id>` | | |
| profile (all PII) | `M#<m>#C#<c>` | `PROFILE` | `M#<m>#MEMBERS` | `<enrolled ms>#<c>` |
| ... its place in a list | `M#<m>#C#<c>` | `LIST#<slot>` | `M#<m>#L#<list>` | by the list |
| how many are in a list | `M#<m>#L#<list>` | `MEMBERS` | | |
| file that is brought in | `M#<m>` | `IMPORT#<id>` | | |
| ... its lines | `M#<m>#IMPORT#<id>` | `PAGE#<n>` | | |
| ... what it did with a member | `M#<m>#C#<c>` | `DONE#<id>` | | |
| ... whose an id of the merchant's is | `M#<m>#IMPORTED#<hmac>` | `IMPORTED` | | |
| its passes in wallets of phones | `M#<m>#C#<c>` | `PASS` | | |
| ... the passes that a phone has | `WALLET#<sha256>` | `<serial>` | | |
| due mark of a card | `M#<m>#C#<c>` | `DUE#<job>` | `DUE#<hour>#<shard>` | `<m>#<c>#<job>` |
| due mark of a merchant | `M#<m>` | `DUE#<job>` | the same, with `-` for the card | |
| ... in a sandbox | as above | as above | `M#<m>#DUE` | `<hour>#<c>#<job>` |
| operation | `M#<m>#OP#<sha256 of op id>` | `OP` | | |
| voucher code | `M#<m>#CODE#<code>` | `CODE` | | |
| card handle | `M#<m>#HANDLE#<h>` | `HANDLE` | | |
| contact, and that it wants no mails | `M#<m>#CONTACT#<hmac>` | `CONTACT`, `STOPPED` | | |
| recovery code of a card | `M#<m>#RECOVERY#<hmac>` | `RECOVERY` | | |
| customer of a till | `M#<m>#CUSTOMER#<hmac>` | `CUSTOMER` | | |
| parked sale, refund | `M#<m>#PARKED#<sha256 of order>` | `SALE`, `REFUND#<id>` | | |
| ... a voucher redeemed with it | as above | `VOUCHER#<v>` | | |
| refund id | `M#<m>#REFUND#<sha256 of id>` | `REFUND` | | |
| sandbox message | `M#<m>#MESSAGES` | `<sent ms>#<id>` | | |
| card or staff link, earning code | `LINK#<sha256>` | `LINK` | | |
| API key | `KEY#<id>` | `KEY` | | |
| ... in the list of the merchant | `M#<m>#KEYS` | `<id>` | | |
| what was done, by whom | `M#<m>#AUDIT` | `<ms>#<random>` | | |
| sign-in to the console | `SIGNIN#<id>` | `SIGNIN` | | |
| passkey ceremony that was begun | `CEREMONY#<id>` | `CEREMONY` | | |
| form that waits for a sign-in | `TYPED#<hash of the secret>` | `TYPED` | | |
| whose a mailbox is | `MAILBOX#<hmac>` | `<m>#<s>` | | |
| slug | `SLUG#<s>` | `SLUG` | | |
| till hook, when its last event came | `HOOK#<id>` | `HOOK`, `SEEN` | | |
| what is counted for a limit | `LIMIT#<hmac>` | `LIMIT` | | |
| job cursor | `JOB#<name>` | `CURSOR` | | |

`<m>` merchant, `<c>` member, `<hour>` UTC as `2026-11-22T09`, `<n>` and `<seq>` zero-padded so that
they sort. A sandbox has a due list of its own, in order of time, because its clock is moved by
hand and every due hour on the way is walked through.
"""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

DUE_SHARDS = 8
"""Partitions per hour of the due list: 8 x 1,000 writes a second before it gets warm."""

MERCHANT_LEVEL = "-"
"""Stands for the card in due marks that belong to the merchant."""

Key = tuple[str, str]


def merchant(m: str) -> Key:
    return f"M#{m}", "MERCHANT"


MERCHANTS = "MERCHANTS"
"""GSI1: all live merchants, by when they were created."""


def program(m: str) -> Key:
    return f"M#{m}", "PROGRAM"


def program_version(m: str, version: int) -> Key:
    return f"M#{m}", f"PROGRAM#{version:08}"


VERSION_PREFIX, WAITING_PREFIX = "PROGRAM#", "WAITING#"


def waiting(m: str, version: int) -> Key:
    return f"M#{m}", f"{WAITING_PREFIX}{version:08}"


def draft(m: str, save: int = 0) -> Key:
    return f"M#{m}", f"DRAFT#{save:08}" if save else "DRAFT"


def clock(m: str) -> Key:
    return f"M#{m}", "CLOCK"


def preview(m: str, preview_id: str) -> Key:
    return f"M#{m}", f"PREVIEW#{preview_id}"


STAFF_PREFIX = "STAFF#"


def staff(m: str, staff_id: str) -> Key:
    return f"M#{m}", f"{STAFF_PREFIX}{staff_id}"


def staff_day(m: str, staff_id: str) -> Key:
    return f"M#{m}#STAFF#{staff_id}", "DAY"


def staff_entry(m: str, staff_id: str, c: str, seq: int) -> Key:
    """Marks an entry that the day of a person counts."""
    return f"M#{m}#STAFF#{staff_id}", f"COUNTED#{c}#{seq:010}"


def passkeys(m: str, staff_id: str) -> Key:
    return f"M#{m}#STAFF#{staff_id}", "PASSKEYS"


DEVICE_PREFIX = "DEVICE#"


def device(m: str, device_id: str) -> Key:
    return f"M#{m}", f"{DEVICE_PREFIX}{device_id}"


def count(m: str, name: str) -> Key:
    return f"M#{m}#COUNT#{name}", "COUNT"


SOURCE_PREFIX = "SOURCE#"


def source(m: str, source_id: str) -> Key:
    return f"M#{m}", f"{SOURCE_PREFIX}{source_id}"


def asset(m: str, asset_id: str) -> Key:
    return f"M#{m}", f"ASSET#{asset_id}"


def raffle(m: str, raffle_id: str) -> Key:
    return f"M#{m}", f"RAFFLE#{raffle_id}"


def ticket(m: str, raffle_id: str, c: str) -> Key:
    return f"M#{m}#TICKETS", f"{raffle_id}#{c}"


def leaderboard(m: str, board_id: str) -> Key:
    return f"M#{m}", f"BOARD#{board_id}"


def campaign(m: str, campaign_id: str) -> Key:
    return f"M#{m}", f"CAMPAIGN#{campaign_id}"


def week(m: str, monday: str) -> Key:
    return f"M#{m}", f"WEEK#{monday}"


def roots(m: str) -> str:
    return f"M#{m}#ROOTS"


def day_root(m: str, day: str) -> Key:
    return roots(m), day


def roots_progress(m: str) -> Key:
    return f"M#{m}#ROOT", "PROGRESS"


def roots_upto(m: str) -> Key:
    return f"M#{m}#ROOT", "UPTO"


def root_pages(m: str, day: str) -> str:
    return f"M#{m}#ROOT#{day}"


def root_page(m: str, day: str, level: int, first: str) -> Key:
    return root_pages(m, day), f"{level}#{first}"


def attention(m: str, item_id: str) -> Key:
    return f"M#{m}#ATTENTION", item_id


def attention_list(m: str) -> str:
    """GSI1: what needs a person at a merchant and is not closed, by when it was first met."""
    return f"M#{m}#ATTENTION"


def attention_closed(m: str) -> str:
    """GSI1: signals of fraud that were closed, by when they were first met."""
    return f"M#{m}#ATTENTION#CLOSED"


def fraud_upto(m: str) -> Key:
    return f"M#{m}", "FRAUD"


def card(m: str, c: str) -> str:
    """The partition of everything that belongs to one card."""
    return f"M#{m}#C#{c}"


def state(m: str, c: str) -> Key:
    return card(m, c), "STATE"


ENTRY_PREFIX = "ENTRY#"


def entry(m: str, c: str, seq: int) -> Key:
    return card(m, c), f"{ENTRY_PREFIX}{seq:010}"


VOUCHER_PREFIX = "VOUCHER#"


def voucher(m: str, c: str, voucher_id: str) -> Key:
    return card(m, c), f"{VOUCHER_PREFIX}{voucher_id}"


def refunded(m: str, c: str, seq: int) -> Key:
    return card(m, c), f"REFUNDED#{seq:010}"


def profile(m: str, c: str) -> Key:
    return card(m, c), "PROFILE"


DUE_PREFIX = "DUE#"


def due_mark(m: str, c: str, job: str) -> Key:
    return (f"M#{m}" if c == MERCHANT_LEVEL else card(m, c)), f"{DUE_PREFIX}{job}"


def operation(m: str, op_id: str) -> Key:
    return f"M#{m}#OP#{_short(op_id)}", "OP"


def code(m: str, voucher_code: str) -> Key:
    return f"M#{m}#CODE#{voucher_code}", "CODE"


def handle(m: str, card_handle: str) -> Key:
    return f"M#{m}#HANDLE#{card_handle}", "HANDLE"


def contact(m: str, contact_digest: str) -> Key:
    return f"M#{m}#CONTACT#{contact_digest}", "CONTACT"


def stopped(m: str, contact_digest: str) -> Key:
    return f"M#{m}#CONTACT#{contact_digest}", "STOPPED"


def recovery(m: str, code_digest: str) -> Key:
    return f"M#{m}#RECOVERY#{code_digest}", "RECOVERY"


def customer(m: str, customer_digest: str) -> Key:
    return f"M#{m}#CUSTOMER#{customer_digest}", "CUSTOMER"


def parked(m: str, order_op: str) -> str:
    """The partition of what waits for an order (refunds) or for its member (the sale)."""
    return f"M#{m}#PARKED#{_short(order_op)}"


def refund_id(m: str, given: str) -> Key:
    """What a refund id was used for."""
    return f"M#{m}#REFUND#{_short(given)}", "REFUND"


def messages(m: str) -> str:
    return f"M#{m}#MESSAGES"


def link(token_digest: str) -> Key:
    return f"LINK#{token_digest}", "LINK"


def api_key(key_id: str) -> Key:
    return f"KEY#{key_id}", "KEY"


def keys_of_merchant(m: str) -> str:
    """The partition of the list of a merchant's API keys."""
    return f"M#{m}#KEYS"


def key_of_merchant(m: str, key_id: str) -> Key:
    return keys_of_merchant(m), key_id


def audit(m: str) -> str:
    return f"M#{m}#AUDIT"


def sign_in(sign_in_id: str) -> Key:
    return f"SIGNIN#{sign_in_id}", "SIGNIN"


def ceremony(ceremony_id: str) -> Key:
    return f"CEREMONY#{ceremony_id}", "CEREMONY"


def typed_form(secret_digest: str) -> Key:
    return f"TYPED#{secret_digest}", "TYPED"


def mailbox(digest: str) -> str:
    """The partition of whoever has an address, over all merchants."""
    return f"MAILBOX#{digest}"


def slug(name: str) -> Key:
    return f"SLUG#{name}", "SLUG"


def hook(hook_id: str) -> Key:
    return f"HOOK#{hook_id}", "HOOK"


def hook_seen(hook_id: str) -> Key:
    return f"HOOK#{hook_id}", "SEEN"


def limit(name: str) -> Key:
    return f"LIMIT#{name}", "LIMIT"


def cursor(job: str) -> Key:
    return f"JOB#{job}", "CURSOR"


def in_time(at_ms: int, name: str) -> str:
    """Where something stands among others of its sort: by an instant, then by its name."""
    return f"{at_ms:013}#{name}"


def members(m: str) -> str:
    """GSI1: the members of a merchant by enrolment."""
    return f"M#{m}#MEMBERS"


def due(m: str, hour: str, c: str, job: str, *, sandbox: bool) -> Key:
    """GSI1: where a due mark stands."""
    if sandbox:
        return sandbox_due(m), f"{hour}#{c}#{job}"
    shard = crc32(f"{m}#{c}".encode()) % DUE_SHARDS
    return due_shard(hour, shard), f"{m}#{c}#{job}"


def due_shard(hour: str, shard: int) -> str:
    return f"DUE#{hour}#{shard}"


def sandbox_due(m: str) -> str:
    return f"M#{m}#DUE"


def merchant_of(pk: str) -> str | None:
    """The merchant a partition belongs to; None for global look-ups and the due list."""
    return pk.split("#")[1] if pk.startswith("M#") else None


def _short(op_id: str) -> str:
    """128 bits of a hash: ids of any length and alphabet, at a fixed cost."""
    return sha256(op_id.encode()).hexdigest()[:32]
