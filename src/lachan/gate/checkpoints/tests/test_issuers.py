"""The list of issuers of EU certificates reaches devices."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from lachan.gate.checkpoints.models import Hc1Issuers
from lachan.gate.checkpoints.selectors import bundle as content
from lachan.gate.checkpoints.services.issuers import InvalidInput, import_issuers
from lachan.gate.declarations.tests import small
from lachan.kernel.codes.hc1 import Hc1Trust
from lachan.kernel.tests.hc1_writer import Issuer


def test_an_imported_list_is_in_the_next_bundle(province: None, now: datetime) -> None:
    issuer = Issuer.make("ES256")
    assert content.hc1_keys() == []
    found = import_issuers(json.dumps([issuer.base64, "not one"]).encode(), now=now)
    assert len(found.trust.keys) == 1 and [position for position, _ in found.refused] == [1]
    assert Hc1Trust.from_json(content.hc1_keys()).of(issuer.kid)
    [event] = small.events("issuers.imported")
    assert json.loads(event.data) == {"taken": 1, "refused": 1}


def test_the_latest_list_counts(province: None, now: datetime) -> None:
    first, second = Issuer.make("ES256"), Issuer.make("ES256")
    for issuer in (first, second):
        import_issuers(json.dumps([issuer.base64]).encode(), now=now)
    trust = Hc1Trust.from_json(content.hc1_keys())
    assert trust.of(second.kid) and not trust.of(first.kid)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'["x"]', b"\xff"])
def test_a_file_without_a_certificate_changes_nothing(province: None, now: datetime, data: bytes) -> None:
    with pytest.raises(InvalidInput):
        import_issuers(data, now=now)
    assert not Hc1Issuers.objects.exists()
