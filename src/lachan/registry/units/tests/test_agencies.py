from __future__ import annotations

from datetime import date

import pytest

from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.models import Event
from lachan.registry.units import selectors, services
from lachan.registry.units.models import Agency, Unit
from lachan.registry.units.services import AgencyDetails
from lachan.registry.units.tests.conftest import NOW

pytestmark = pytest.mark.django_db
JULY, AUGUST = date(2021, 7, 1), date(2021, 7, 15)


@pytest.fixture(autouse=True)
def _units() -> None:
    more = {"structure": "2021", "folded": "x", "valid_from": date(2021, 7, 1)}
    Unit.objects.create(path="56/", code="56", level=1, name="Khánh Hòa", full_name="Tỉnh Khánh Hòa", **more)
    Unit.objects.create(
        path="56/568/",
        code="568",
        level=2,
        name="Nha Trang",
        full_name="TP Nha Trang",
        parent_id="56/",
        **more,
    )


def make(name: str, parent: Agency | None = None, unit: str = "56/") -> Agency:
    return services.create_agency(AgencyDetails(name, "health", unit, parent, JULY), by=None, now=NOW)


def refused(code: str) -> pytest.RaisesContext[InvalidInput]:  # type: ignore[name-defined]
    return pytest.raises(InvalidInput, match=code)


def test_the_tree_reads_from_the_top_down() -> None:
    top = make("Sở Y tế")
    centre = make("Trung tâm Y tế Nha Trang", top, "56/568/")
    make("Trạm Y tế Vĩnh Hòa", centre, "56/568/")
    shown = [(depth, row.name) for depth, row in selectors.agency_tree(Scope.of(["56/"]), AUGUST)]
    assert shown == [(0, "Sở Y tế"), (1, "Trung tâm Y tế Nha Trang"), (2, "Trạm Y tế Vĩnh Hòa")]
    inside = selectors.agency_tree(Scope.of(["56/568/"]), AUGUST)
    assert (inside[0][0], inside[0][1].name) == (0, "Trung tâm Y tế Nha Trang")
    assert selectors.agency_tree(Scope(), AUGUST) == []
    assert selectors.agency_tree(Scope.of(["56/"]), date(2020, 1, 1)) == []


def test_a_move_keeps_where_it_stood() -> None:
    a, b = make("A"), make("B")
    child = make("C", a)
    moved = services.move_agency(child, "56/568/", b, since=AUGUST, by=None, now=NOW)
    assert (moved.parent, moved.unit) == (b, "56/568/")
    spans = [(row.parent.name, row.valid_from, row.valid_to) for row in selectors.placements(moved)]
    assert spans == [("B", AUGUST, None), ("A", JULY, AUGUST)]
    assert Event.objects.filter(kind="agency.moved", subject=child.pk).count() == 1


def test_what_is_refused() -> None:
    a = make("A")
    b = make("B", a)
    with refused("agency_cycle"):
        services.move_agency(a, "56/", b, since=AUGUST, by=None, now=NOW)
    with refused("agency_cycle"):
        services.move_agency(a, "56/", a, since=AUGUST, by=None, now=NOW)
    with refused("agency_has_children"):
        services.close_agency(a, on=AUGUST, by=None, now=NOW)
    with refused("unit_not_known"):
        make("C", unit="99/")
    with refused("agency_date"):
        services.rename_agency(a, "D", "health", since=date(2021, 6, 1), by=None, now=NOW)
    with refused("agency_date"):
        services.rename_agency(a, "D", "health", since=date(2022, 6, 1), by=None, now=NOW)
    with refused("not_an_option"):
        services.rename_agency(a, "D", "nonsense", since=AUGUST, by=None, now=NOW)
    services.close_agency(b, on=AUGUST, by=None, now=NOW)
    with refused("agency_closed"):
        services.close_agency(b, on=AUGUST, by=None, now=NOW)
    with refused("agency_parent_closed"):
        services.create_agency(
            AgencyDetails("E", "health", "56/", Agency.objects.get(pk=b.pk), AUGUST), by=None, now=NOW
        )
    assert [row.name for row in selectors.agencies(Scope.of(["56/"]), AUGUST)] == ["A"]


def test_search_without_accents() -> None:
    make("Mặt trận Tổ quốc tỉnh")
    scope = Scope.of(["56/"])
    assert selectors.agencies(scope, AUGUST, "to quoc").count() == 1
    assert selectors.agencies(scope, AUGUST, "quoc t").count() == 1
    assert selectors.agencies(scope, AUGUST, "%").count() == 0
