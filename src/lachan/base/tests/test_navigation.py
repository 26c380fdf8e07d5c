from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from lachan.base import navigation
from lachan.base.navigation import NavItem


def view(request: Any) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("cb/", view, name="home"),
    path("cb/diem/", view, name="places"),
    path("cb/so/", view, name="books"),
]


@pytest.fixture(autouse=True)
def menu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(navigation, "_registered", {})
    navigation.register(
        NavItem("home", "Hôm nay", "home", "", "home"),
        NavItem("registry", "Sổ", "books", "books.view", "book", order=20),
        NavItem("registry", "Điểm", "places", "places.view", "map-pin", order=10),
        NavItem("registry", "Chưa có trang", "nowhere", "", "ghost"),
    )
    with override_settings(ROOT_URLCONF=__name__):
        yield


def request(at: str, *held: str, signed_in: bool = True) -> Any:
    return SimpleNamespace(
        path=at,
        user=SimpleNamespace(is_authenticated=signed_in),
        scope=lambda permission: SimpleNamespace(paths=("56/",) if permission in held else ()),
    )


def titles(wings: list[navigation.Wing]) -> list[list[str]]:
    return [[str(link.title) for link in wing.items] for wing in wings]


def test_people_see_what_they_may_open_in_order() -> None:
    assert titles(navigation.items(request("/cb/", "books.view", "places.view"))) == [
        ["Hôm nay"],
        ["Điểm", "Sổ"],
    ]
    assert titles(navigation.items(request("/cb/", "books.view"))) == [["Hôm nay"], ["Sổ"]]


def test_a_wing_with_nothing_to_enter_is_left_out() -> None:
    assert titles(navigation.items(request("/cb/"))) == [["Hôm nay"]]


def test_nobody_signed_in_sees_no_menu() -> None:
    assert navigation.items(request("/cb/", "books.view", signed_in=False)) == []


def test_only_the_nearest_page_is_lit() -> None:
    wings = navigation.items(request("/cb/diem/7K2M/", "places.view"))
    assert [str(link.title) for wing in wings for link in wing.items if link.active] == ["Điểm"]


def test_an_item_for_a_wing_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no wing"):
        navigation.register(NavItem("nowhere", "X", "home", "", "home"))
