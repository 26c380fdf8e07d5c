"""What hangs at a door: one page, a code that a phone reads, 15 cm wide, both languages, what is kept and how long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.conf import settings
from django.urls import reverse

from lachan.gate.checkpoints.visits import sheets
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.registry.places.models import Place
from lachan.registry.places.tests.test_poster import MM, pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(province: None) -> Place:
    return Place.objects.order_by("code")[0]


def test_the_poster_leads_to_the_door_and_is_wide_enough(
    place: Place, now: Any, client: Any, tmp_path: Path
) -> None:
    dpi = 100
    drawn = pages(sheets.check_in(place, local_day(now), "pdf"), tmp_path, dpi)
    assert len(drawn) == 1
    found = zxingcpp.read_barcodes(drawn[0])
    assert [code.text for code in found] == [sheets.address(place)]
    assert (found[0].position.top_right.x - found[0].position.top_left.x) / dpi * MM >= 150
    assert client.get(found[0].text.removeprefix(settings.PUBLIC_URL)).status_code == 200


def test_the_words_say_what_is_kept_and_how_long(now: Any) -> None:
    words = sheets.check_in_words(EdgeTerms.at(local_day(now)).checkin_kept.days)
    assert words["vi"].keys() == words["en"].keys()
    assert "21 ngày" in words["vi"]["paper"] and "21 days" in words["en"]["paper"]
    tablet = sheets.tablet_words(minutes=15, hours=24)
    assert tablet["vi"].keys() == tablet["en"].keys()


@pytest.mark.parametrize("name", ["Ắ" * 160, "WWWWWWWWWW " * 14, 'a #panic() "x" $y$ \\ @ref <b>', "Đ"])
def test_any_name_stays_on_one_page(place: Place, now: Any, name: str, tmp_path: Path) -> None:
    place.name, place.address = name, "x " * 99
    wanted = {"poster": sheets.address(place), "tablet": f"{settings.PUBLIC_URL}/quet/"}
    day = local_day(now)
    for kind, pdf in (("poster", sheets.check_in(place, day, "pdf")), ("tablet", sheets.tablet(place, day))):
        drawn = pages(pdf, tmp_path, 100)
        assert len(drawn) == 1, kind
        assert [code.text for code in zxingcpp.read_barcodes(drawn[0])] == [wanted[kind]]
        for path in tmp_path.glob("x*"):
            path.unlink()


@pytest.mark.parametrize("name", ["visit_poster", "visit_poster_svg", "door_tablet"])
def test_files_of_open_places_only(place: Place, client: Any, name: str) -> None:
    answer = client.get(reverse(f"checkpoints:{name}", args=[place.code]))
    assert answer.status_code == 200 and place.code in answer["Content-Disposition"]
    assert answer.content[:4] in (b"%PDF", b"<svg")
    assert client.get(reverse(f"checkpoints:{name}", args=["KHONGCO1"])).status_code == 404
    Place.objects.filter(pk=place.pk).update(status=Place.Status.CLOSED)
    assert client.get(reverse(f"checkpoints:{name}", args=[place.code])).status_code == 404
