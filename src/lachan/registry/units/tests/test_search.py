from __future__ import annotations

from datetime import date

import pytest

from lachan.base.scope import Scope
from lachan.registry.units import selectors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
BEFORE, AFTER = date(2021, 7, 20), date(2026, 1, 1)


def first(text: str, **more: object) -> str:
    found = selectors.search(text, **more)  # type: ignore[arg-type]
    return selectors.label(found[0].path) if found else ""


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("vinh hoa", "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa"),
        ("Vĩnh Hoà", "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa"),
        ("hoa vinh", "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa"),
        ("phuong vinh ho", "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa"),
        ("vinh luong, nha trang", "Xã Vĩnh Lương, TP Nha Trang, Khánh Hòa"),
        ("22327", "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa"),
        ("cam tan", "Xã Cam Tân, Huyện Cam Lâm, Khánh Hòa"),
        ("cẩm tân", "Xã Cẩm Tân, Huyện Cẩm Thủy, Thanh Hóa"),
        ("trang tien ha noi", "Phường Tràng Tiền, Quận Hoàn Kiếm, Hà Nội"),
    ],
)
def test_what_people_type_finds_the_commune(typed: str, label: str) -> None:
    assert first(typed) == label


def test_a_place_name_above_finds_its_communes_not_scattered_words() -> None:
    found = selectors.search("nha trang", limit=20)
    assert all(unit.path.startswith("56/568/") for unit in found)


def test_levels_structures_and_limits() -> None:
    assert first("khanh hoa", level=None) == "Tỉnh Khánh Hòa"
    assert selectors.search("gia lai", "2025", level=1)[0].path == "52/"
    assert selectors.search("binh dinh", "2025", level=1) == []
    assert selectors.search("binh dinh", "2021", level=1)[0].path == "52/"
    assert selectors.label(selectors.search("quy nhon", "2025")[0].path) == "Phường Quy Nhơn, Gia Lai"
    assert first("bac nha trang", structure="2025") == "Phường Bắc Nha Trang, Khánh Hòa"
    assert first("bac nha trang") == ""
    assert len(selectors.search("xa", limit=7)) == 7
    only = selectors.search("vinh", within=Scope.of(["56/570/", "58/"]), limit=50)
    assert only and all(unit.path.startswith(("56/570/", "58/")) for unit in only)


@pytest.mark.parametrize("typed", ["", "   ", ",", "zzzzqq", "\x00", "́", "9" * 5000, "a" * 5000, "🙂"])
def test_nonsense_finds_nothing_and_never_fails(typed: str) -> None:
    assert selectors.search(typed) == []


def test_a_unit_of_2025_sees_its_predecessors() -> None:
    paths = selectors.scope_paths("56/22333/", BEFORE)
    assert {"56/22333/", "56/568/22327/", "56/568/22330/", "56/568/22333/"} <= set(paths)


def test_a_merged_commune_does_not_come_to_see_its_neighbours() -> None:
    assert selectors.scope_paths("56/568/22327/", AFTER) == ("56/568/22327/",)


def test_a_district_sees_the_communes_made_of_its_own_once_they_exist() -> None:
    assert "56/22333/" in selectors.scope_paths("56/568/", AFTER)
    assert selectors.scope_paths("56/568/", BEFORE) == ("56/568/",)


def test_a_province_sees_the_one_that_joined_it_from_that_day() -> None:
    assert selectors.scope_paths("56/", BEFORE) == ("56/",)
    assert selectors.scope_paths("56/", date(2025, 7, 1)) == ("56/", "58/")


@pytest.mark.parametrize(
    ("cell", "parent", "paths"),
    [
        ("Phường Vĩnh Hòa", "Nha Trang", ["56/568/22327/"]),
        ("P. Vĩnh Hòa", "", ["56/568/22327/"]),
        ("vinh hoa, tp. nha trang", "", ["56/568/22327/"]),
        ("22327", "", ["56/568/22327/"]),
        ("56/568/22327/", "", ["56/568/22327/"]),
        ("56/568/", "", []),
        ("Vĩnh Hòa", "Cam Ranh", []),
        ("Xã Không Có", "", []),
        ("", "", []),
        ("p. ", "", []),
    ],
)
def test_a_cell_of_a_table_means_a_commune_or_none(cell: str, parent: str, paths: list[str]) -> None:
    assert [unit.path for unit in selectors.match(cell, parent=parent)] == paths


def test_labels_of_what_is_unknown_are_the_path() -> None:
    assert selectors.label("99/999/") == "99/999/"
    assert selectors.label("") == ""
    assert selectors.label("56/568/") == "TP Nha Trang, Khánh Hòa"
    assert selectors.label("52/", "2025") == "Tỉnh Gia Lai"
    assert selectors.label("52/", "2021") == "Tỉnh Bình Định"


def test_children_and_communes() -> None:
    assert len(selectors.children("", "2021")) == 63
    assert len(selectors.children("", "2025")) == 34
    assert [unit.code for unit in selectors.children("56/", "2021")][:1] == ["570"]
    assert len(selectors.children("56/", "2025")) == 65
    assert len(selectors.communes_under(Scope.of(["56/568/"]))) == 22
    assert selectors.commune_of("22333", "2025").path == "56/22333/"
    assert selectors.commune_of("00000") is None


def test_every_label_means_its_own_unit() -> None:
    for structure in ("2021", "2025"):
        for path in selectors.communes_under(Scope.of(["01/", "56/", "58/", "79/"]), structure):
            assert [unit.path for unit in selectors.match(selectors.label(path), structure)] == [path]
    assert [unit.path for unit in selectors.match("TP Nha Trang, Khánh Hòa", level=None)] == ["56/568/"]
    assert [unit.path for unit in selectors.match("Tỉnh Khánh Hòa", level=None)] == ["56/"]
