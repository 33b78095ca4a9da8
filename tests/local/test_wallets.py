"""A run on this machine has the wallets for which certificates lie in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.settings import certificates_in, wallets_with


@pytest.mark.parametrize(
    ("names", "wallets"),
    [((), "none"), (("apple", "wwdr"), "apple"), (("google",), "google"),
     (("apple", "google", "wwdr"), "both")],
)  # fmt: skip
def test_what_lies_there_is_what_there_is(
    tmp_path: Path, names: tuple[str, ...], wallets: str
) -> None:
    folder = tmp_path / "wallet"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.json").write_text('{"of": "' + name + '"}', "utf-8")
    found = certificates_in(folder)
    assert set(found) == set(names)
    assert wallets_with(found) == wallets


def test_without_a_folder_there_is_nothing(tmp_path: Path) -> None:
    assert certificates_in(tmp_path / "wallet") == {}
