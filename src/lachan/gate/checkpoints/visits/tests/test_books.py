"""The visitor books of a jurisdiction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lachan.gate.checkpoints.visits.services import enter_guest
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db
BOOKS = "/cb/so-khach/"


def test_books_with_a_line_are_listed_and_any_other_is_found(
    province: None, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    kept, empty = Place.objects.order_by("code")[:2]
    enter_guest(kept, "Trần Văn Khách", "Phòng 2", "Họp", None, now)
    client = at(officer("huyen", "district_officer", "56/"))
    page = client.get(BOOKS)
    assert [(row[0].pk, row[2]) for row in page.context["rows"]] == [(kept.pk, 1)]
    assert page.context["total"] == 1 and f"/so-khach/{kept.code}/" in page.content.decode()
    assert "Trần Văn Khách" not in page.content.decode()
    for typed in (empty.name, empty.code):
        assert [row[0].pk for row in client.get(BOOKS, {"q": typed}).context["rows"]] == [empty.pk]
    for nothing in ({"q": "zzz"}, {"q": "\x00"}, {"don_vi": "79/"}):
        assert client.get(BOOKS, nothing).context["rows"] == []
    assert client.get(f"/so-khach/{kept.code}/").status_code == 200


def test_books_keep_to_the_jurisdiction_and_the_right(
    province: None, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    enter_guest(Place.objects.order_by("code")[0], "Trần Văn Khách", "", "", None, now)
    assert at(officer("khac", "district_officer", "79/")).get(BOOKS).context["rows"] == []
    assert at(officer("chot", "checkpoint_officer", "56/")).get(BOOKS).status_code == 403
