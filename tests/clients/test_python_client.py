"""A client that `openapi-python-client` generates runs the whole story against the service."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Shop

PACKAGE = "generated_regulars_client"


@pytest.fixture
def generated(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the generated package, which can be imported."""
    command = [sys.executable, "-m", "openapi_python_client"]
    command += ["generate", "--path", str(document), "--meta", "none"]
    command += ["--output-path", str(tmp_path / PACKAGE), "--config", str(tmp_path / "none.yml")]
    command += ["--fail-on-warning"]
    kinds = ("png", "jpeg", "webp")
    pictures = "".join(f"  image/{kind}: application/octet-stream\n" for kind in kinds)
    (tmp_path / "none.yml").write_text(f"post_hooks: []\ncontent_type_overrides:\n{pictures}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield PACKAGE
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_join_earn_reward_redeem_refund(generated: str, shop: Shop) -> None:
    def model(name: str) -> Any:
        return getattr(importlib.import_module(f"{generated}.models"), name)

    with importlib.import_module(generated).AuthenticatedClient(
        base_url=shop.url, token=shop.key
    ) as client:

        def call(operation: str, status: int, *path: str, **more: Any) -> Any:
            module = importlib.import_module(f"{generated}.api.{operation}")
            answer = module.sync_detailed(*path, client=client, **more)
            assert answer.status_code == status, answer.content
            return answer.parsed

        new = model("NewMember")(name="Anna", email="anna@example.com")
        card = call("members.post_members", 201, body=new, idempotency_key="join")
        assert call("members.post_members", 200, body=new, idempotency_key="other").seq == card.seq
        for visit in range(10):
            body = model("EarnBody")(
                member_id=card.member_id, spend_minor=840, order_id=f"bill-{visit}"
            )
            earned = call("earning.post_earn", 200, body=body, idempotency_key=f"sale-{visit}")
        assert earned.card.balances["stamp"].available == 11
        assert earned.entry.recorded_at.tzinfo is not None, "an instant is read as one"

        rewards = call("rewards.get_members_id_rewards", 200, card.member_id)
        assert ("coffee", True) in [(one.reward_id, one.affordable) for one in rewards.items]
        take = model("NewVoucher")(member_id=card.member_id, reward_id="coffee")
        voucher = call("rewards.post_vouchers", 201, body=take, idempotency_key="take")
        redeem = "rewards.post_vouchers_code_redeem"
        done = call(redeem, 200, voucher.code, idempotency_key="redeem")
        assert done.status == "redeemed"
        again = call(redeem, 409, voucher.code, idempotency_key="again")
        assert (type(again).__name__, again.code) == ("Problem", "voucher_redeemed")

        refund = model("RefundBody")(order_id="bill-9", refund_id="back-1")
        refunded = call("corrections.post_refunds", 200, body=refund, idempotency_key="refund")
        assert refunded.card.balances["stamp"].available == 0
        unknown = model("RefundBody")(order_id="bill-99", refund_id="back-2")
        parked = call("corrections.post_refunds", 202, body=unknown, idempotency_key="parked")
        assert parked.status == "parked"
        profile = call("members.get_members_id_profile", 200, card.member_id)
        assert profile.contacts[0].value == "anna@example.com"
