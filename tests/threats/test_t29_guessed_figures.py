"""T29: who has the link to the figures of one source reads those of another."""

from __future__ import annotations

import hmac

from regulars.store import sources
from tests.functional.test_sources import added
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against


@against(removal.of(hmac, "compare_digest", lambda *_: True))
def test_a_link_is_good_for_its_own_source_alone(removed: None, cafe: Merchant) -> None:
    one, other = added(cafe, "One"), added(cafe, "Other")
    token = one["figures_url"].rpartition("/")[2]
    guess = token.replace(one["source_id"], other["source_id"])
    assert cafe.service.request("GET", f"/figures/{token}").status == 200
    assert cafe.service.request("GET", f"/figures/{guess}").status == 404


@against(removal.of(sources, "_secret", lambda m, source: "0" * sources.SECRET_LENGTH))
def test_a_link_cannot_be_made_up(removed: None, cafe: Merchant) -> None:
    source = added(cafe)
    guess = f"{cafe.id}{source['source_id']}{'0' * sources.SECRET_LENGTH}"
    assert cafe.service.request("GET", f"/figures/{guess}").status == 404
