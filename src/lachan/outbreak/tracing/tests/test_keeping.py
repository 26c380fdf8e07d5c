"""What tracing keeps no longer than its term, and what it keeps for somebody who is followed still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lachan.gate.declarations.services import retention
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure, Interview, Reveal
from lachan.outbreak.tracing.tests.world import NOW, case_of, edge, moment, somebody

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=800)


def test_past_its_term_everything_goes_but_what_leads_to_somebody_followed(
    province: None, tracer: Any
) -> None:
    ill, gone, here = somebody("a"), somebody("b"), somebody("c")
    case = case_of(ill)
    services.confirm([edge(ill, gone, moment(18)), edge(ill, here, moment(18))], by=tracer, now=NOW)
    services.sync("covid19", [gone, here], now=NOW)
    services.name_in_interview(case, "Bảy", "", {}, by=tracer, now=NOW)
    services.reveal(gone, "call", by=tracer, now=NOW)
    Contact.objects.filter(alias=gone).update(status="done")
    retention.purge(NOW + timedelta(days=20))
    assert Exposure.objects.count() == 2 and Contact.objects.count() == 2
    retention.purge(NOW + YEARS)
    assert list(Exposure.objects.values_list("target", flat=True)) == [here]
    assert list(Contact.objects.values_list("alias", flat=True)) == [here]
    assert not Interview.objects.exists() and not Reveal.objects.exists()
