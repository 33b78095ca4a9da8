"""The archive of a closed merchant: whole, checked, made in parts, without a secret in it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from gzip import compress, decompress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from regulars.domain.operations import Adjust, Origin
from regulars.domain.refusals import Refused
from regulars.jobs import closing as job
from regulars.jobs.due import DueFailedError
from regulars.program.shop import load_shop
from regulars.store import closing, keys, objects
from regulars.store.errors import StoreError
from regulars.store.marshal import Item
from tests.conftest import Clock
from tests.functional.closings import archive, closed, listed, run
from tests.functional.test_erasure import ANNA, everything
from tests.service import Merchant, Service

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cafe(service: Service, frozen: Clock) -> Merchant:
    return service.new_merchant()


def lived(cafe: Merchant) -> list[str]:
    """Members with sales, vouchers, a merge and an erasure; people, keys, a second programme."""
    document = cafe.call("GET", "/v1/program").json["program"]
    changed = {**document, "name": "Second Café"}
    assert cafe.call("PUT", "/v1/program", changed, headers={"if-match": "1"}).status == 200
    cafe.call("PATCH", "/v1/merchant", {"retention_months": 24, "postal_address": "Fő utca 1."})
    cafe.person(name="Kata", email="kata@example.com", role="manager", pin="1234")
    cafe.call("POST", "/v1/keys", {"name": "Till", "scopes": ["till"]})
    cafe.call("PUT", "/v1/hooks/square", {"secret": "a-secret-of-square-that-is-long"})
    anna = cafe.join(**{**ANNA, "birthday": "1990-05-21"})["member_id"]
    cafe.earn(anna, visits=9, spend_minor=4200, order_id="o1")
    ben, old, gone = (cafe.join(name=name)["member_id"] for name in ("Ben", "Old Ben", "Gone"))
    cafe.call("POST", f"/v1/members/{ben}/merge", {"from": old})
    cafe.call("DELETE", f"/v1/members/{gone}")
    return [anna, ben, old, gone]


class TestWhatIsInIt:
    def test_everything_that_the_merchant_has(self, cafe: Merchant, frozen: Clock) -> None:
        members = lived(cafe)
        tried = cafe.join(test=True, name="Tried", email="tried@example.com",
                          consents={"email": True})["member_id"]  # fmt: skip
        cafe.service.deliver_entries(cafe.sandbox_id, tried)
        entries = {
            one: cafe.call("GET", f"/v1/members/{one}/entries").json["items"] for one in members[:2]
        }
        closed(cafe)
        run(cafe, frozen)
        head, *lines = archive(cafe)
        assert head == {
            "type": "archive", "format": 1, "merchant_id": cafe.id,
            "closed_at": "2026-11-22T09:00:00Z",
        }  # fmt: skip
        assert {line["of"] for line in lines} == {"live", "sandbox"}
        live = [line for line in lines if line["of"] == "live"]

        def of(kind: str) -> list[dict[str, Any]]:
            return [line for line in live if line["type"] == kind]

        assert of("merchant")[0]["settings"]["retention_months"] == 24
        assert [line["version"] for line in of("program")] == [1, 2]
        assert of("program")[1]["program"]["name"] == "Second Café"
        assert {"Kata", "Owner"} <= {line["name"] for line in of("staff")}
        assert {line["name"] for line in of("api_key")} == {"First key", "Till"}
        assert {"merchant.closed", "program.published", "key.created"} <= {
            line["what"] for line in of("audit")
        }
        found = {line["member_id"]: line for line in of("member")}
        assert set(found) == set(members)
        anna, ben, old, gone = (found[one] for one in members)
        assert anna["profile"]["name"] == "Anna Canary"
        assert anna["card"]["visits"] == 9
        assert [c["given"] for c in anna["profile"]["consents"] if c["channel"] == "email"] == [
            True
        ]
        assert (old["merged_into"], ben["merged_into"]) == (members[1], None)
        assert (gone["profile"], bool(gone["erased_at"])) == (None, True)
        assert [line["member_id"] for line in of("voucher")] == [members[0]]
        assert [line["from"] for line in of("merge")] == [members[2]]
        for one, listed_there in entries.items():
            mine = [line for line in of("entry") if line["member_id"] == one]
            assert [line["hash"] for line in mine] == [it["hash"] for it in reversed(listed_there)]
        assert len([line for line in of("entry") if line["member_id"] == members[3]]) == 2
        (message,) = (line for line in lines if line["type"] == "message")
        assert (message["to"], message["of"]) == ("tried@example.com", "sandbox")

    def test_its_entries_can_be_checked_with_nothing_but_python(
        self, cafe: Merchant, frozen: Clock, tmp_path: Path
    ) -> None:
        anna = lived(cafe)[0]
        closed(cafe)
        run(cafe, frozen)
        mine = [it for it in archive(cafe) if it["type"] == "entry" and it["member_id"] == anna]
        code = (ROOT / "scripts" / "verify_export.py").read_text("utf-8")
        checker: dict[str, Any] = {"__name__": "checker"}
        exec(compile(code, "verify_export.py", "exec"), checker)  # noqa: S102 - it is our own
        assert list(checker["problems"](mine)) == []
        mine[1]["canonical"] = mine[1]["canonical"].replace("4200", "4300")
        assert list(checker["problems"](mine)) != []

    def test_no_secret_and_nothing_that_confirms_a_credential(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        lived(cafe)
        cafe.counter(role="manager")
        secrets = [cafe.created["api_key"], cafe.created["test_api_key"]]
        secrets += [*cafe.created["webhook_secrets"].values(), "a-secret-of-square"]
        for card in cafe.call("GET", "/v1/members").json["items"]:
            secrets.append(card["card_url"].rpartition("/")[2])
        for item in everything(cafe.service):
            secrets += _credentials(item)
        assert len(secrets) > 15
        closed(cafe)
        run(cafe, frozen)
        text = json.dumps(archive(cafe))
        assert [one for one in secrets if one in text] == []


def _credentials(item: Item) -> list[str]:
    """What in an item confirms somebody, hashed or not, and what names a card in a link."""
    named = ("sha256", "session", "pin", "secret", "access_token", "handle", "link_key", "recovery")
    found = [str(item[name]) for name in named if len(str(item.get(name, ""))) > 4]
    found += [device["digest"][:12] for device in item.get("devices", ())]
    return [
        *found,
        *(item["PK"].partition("#")[2] for _ in "1" if item["SK"] in {"LINK", "CONTACT"}),
    ]


class TestMadeInParts:
    def test_several_runs_make_the_same_as_one(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lived(cafe)
        for number in range(12):
            cafe.join(name=f"Guest {number}")
        monkeypatch.setattr("regulars.actions.archive.PAGE", 4)
        closed(cafe)
        shop = load_shop(cafe.service.table, cafe.id, closed=True)
        now = closing.read(shop.table, cafe.id)
        assert now is not None
        whole, _ = job._part((shop, load_shop(shop.table, cafe.sandbox_id, closed=True)), now,
                             job.Progress("none"))  # fmt: skip
        monkeypatch.setattr(objects, "PART_MIN", 900)
        monkeypatch.setattr(job, "TIME_S", -1)  # each run makes one part
        runs = 0
        while listed(cafe)["archive"] is None:
            run(cafe, frozen)
            runs += 1
            assert runs < 40
        assert runs > 4
        lines = [json.loads(line) for line in decompress(whole).decode().splitlines()]
        assert archive(cafe) == lines

    def test_two_workers_at_once_make_one(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        members = lived(cafe)
        monkeypatch.setattr(objects, "PART_MIN", 700)
        monkeypatch.setattr("regulars.actions.archive.PAGE", 2)
        closed(cafe)
        frozen.now += timedelta(hours=1)
        shop = load_shop(cafe.service.table, cafe.id, closed=True)

        def work(_: int) -> None:
            with suppress(Refused, StoreError):  # the next hour's run goes on
                job.work(shop, keys.MERCHANT_LEVEL)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, range(2)))
        for _ in range(3):  # moto is no S3 to two at once: a run may have to begin again
            job.work(shop, keys.MERCHANT_LEVEL)
        found = [it["member_id"] for it in archive(cafe) if it["type"] == "member"]
        assert sorted(found) == sorted(members)

    def test_what_was_under_way_when_it_was_closed_is_in_it(
        self, cafe: Merchant, frozen: Clock
    ) -> None:
        """A function that had read the programme a moment before may still book."""
        member = cafe.join()["member_id"]
        shop = load_shop(cafe.service.table, cafe.id)
        closed(cafe)
        run(cafe, frozen, timedelta(minutes=9))
        assert listed(cafe)["archive"] is None
        card = shop.ledger.card(member)
        assert card is not None
        late = Adjust(Origin("late", "api", entropy=bytes(16)), "stamp", 1, "late")
        shop.ledger.perform(shop.program, card, late, frozen.now)
        run(cafe, frozen, timedelta(minutes=51))
        found = [it["kind"] for it in archive(cafe) if it["type"] == "entry"]
        assert found == ["join", "adjust"]

    def test_an_upload_that_is_gone_is_begun_again(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """S3 takes away after a week what was not finished."""
        members = lived(cafe)
        closed(cafe)
        with monkeypatch.context() as patch:
            patch.setattr(objects, "PART_MIN", 900)
            patch.setattr(job, "TIME_S", -1)
            run(cafe, frozen)
        (progress,) = (it for it in everything(cafe.service) if it["PK"].startswith("JOB#archive:"))
        now = closing.read(cafe.service.table, cafe.id)
        assert now is not None
        name = f"archives/{cafe.id}/{now.at_ms}.ndjson.gz"
        objects._s3().abort_multipart_upload(
            Bucket="regulars-archive", Key=name, UploadId=progress["upload"]
        )
        run(cafe, frozen)
        assert listed(cafe)["archive"] is None
        run(cafe, frozen)
        found = [it["member_id"] for it in archive(cafe) if it["type"] == "member"]
        assert sorted(found) == sorted(members)

    def test_a_slow_run_does_not_bring_back_where_others_were(self, cafe: Merchant) -> None:
        table, now = cafe.service.table, closing.Closing(1, "closing", None)
        further, behind = job.Progress("u", part=4, lines=40), job.Progress("u", part=2, lines=20)
        for one in (further, behind):
            job._keep_progress(table, cafe.id, now, one)
            assert job._read_progress(table, cafe.id, now) == further
        job._forget_progress(table, cafe.id, now, behind)
        assert job._read_progress(table, cafe.id, now) == further
        job._forget_progress(table, cafe.id, now, further)
        assert job._read_progress(table, cafe.id, now) is None

    def test_a_part_is_as_large_as_s3_asks_for(self) -> None:
        assert objects.PART_MIN == 5 * 1024 * 1024


class TestWhole:
    def test_lines_are_counted_over_the_parts_of_a_file(self) -> None:
        chance = Random(5)  # noqa: S311 - it is to be foreseen
        content = b"".join(compress(b"x" * 30 + b"\n" * n) for n in (1, 0, 70_000, 3))
        for size in (1, 7, 4096, len(content)):
            pieces = [content[at : at + size] for at in range(0, len(content), size)]
            assert job.lines_in(pieces) == 70_004
        for cut in (len(content) - 1, chance.randrange(1, len(content)), 0):
            if cut:
                with pytest.raises(job.StuckError):
                    job.lines_in([content[:cut]])
        spoilt = bytearray(content)
        spoilt[len(content) // 2] ^= 255
        with pytest.raises(job.StuckError):
            job.lines_in([bytes(spoilt)])

    def test_until_it_is_whole_nobody_is_erased(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A line is lost on the way: the run fails, the alarm comes, the next one begins again."""
        member = cafe.join(**ANNA)["member_id"]
        closed(cafe)
        real = objects.put_part

        def loses(key: str, upload: str, number: int, data: bytes) -> None:
            lines = decompress(data).splitlines(keepends=True)
            real(key, upload, number, compress(b"".join(lines[:-1])))

        with monkeypatch.context() as patch:
            patch.setattr(objects, "put_part", loses)
            with pytest.raises(DueFailedError):
                run(cafe, frozen)
        shop = load_shop(cafe.service.table, cafe.id, closed=True)
        card = shop.ledger.stored_card(member)
        assert card is not None
        assert not card.erased_ms
        assert (listed(cafe)["state"], listed(cafe)["archive"]) == ("closing", None)
        run(cafe, frozen)
        run(cafe, frozen, timedelta(days=30))
        assert listed(cafe)["state"] == "closed"
        assert [it["member_id"] for it in archive(cafe) if it["type"] == "member"] == [member]

    def test_what_goes_wrong_fails_the_run(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody reads the list of what needs a person of a closed merchant."""
        closed(cafe)
        with monkeypatch.context() as patch:
            patch.setenv("ARCHIVE_BUCKET", "no-such-bucket")
            from regulars.core import config

            config.settings.cache_clear()
            with pytest.raises(DueFailedError):
                run(cafe, frozen)
        config.settings.cache_clear()
        run(cafe, frozen)
        assert listed(cafe)["archive"]

    def test_erasing_goes_on_where_a_run_stopped(
        self, cafe: Merchant, frozen: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        members = [cafe.join()["member_id"] for _ in range(7)]
        closed(cafe)
        run(cafe, frozen)
        monkeypatch.setattr(job, "PAGE", 2)
        monkeypatch.setattr(job, "TIME_S", -1)
        shop = load_shop(cafe.service.table, cafe.id, closed=True)
        left = []
        frozen.now += timedelta(days=30)
        while listed(cafe)["state"] != "closed":
            run(cafe, frozen)
            cards = [shop.ledger.stored_card(one) for one in members]
            left.append(sum(1 for card in cards if card and not card.erased_ms))
            assert len(left) < 20
        assert left[:4] == [5, 3, 1, 0]
