"""People by unit from a table: every row has a fate, a mistake is put right by the right table, and silence isn't green."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones import services
from lachan.outbreak.zones.models import FiguresImport, UnitFigures
from lachan.outbreak.zones.selectors.figures import figures
from lachan.outbreak.zones.services import figures as importing
from lachan.outbreak.zones.services.figures import Fate
from lachan.outbreak.zones.tests.conftest import AUTUMN
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db
ON = date(2021, 11, 1)
TITLE = "DÂN SỐ CÁC XÃ,,,,\n"
HEADER = "STT,Mã đơn vị,Dân số,Ngày,Nguồn\n"
TABLE = (
    TITLE
    + HEADER
    + """1,22327,"20.500",31/10/2021,Cục Thống kê
2,56/568/22330/,18 250,,
3,22420,9000,,
4,99999,1,,
5,22327,"20.500",31/10/2021,Cục Thống kê
6,22330,nhiều,,
7,22330,100,2021,
8,22330,100,01/12/2021,
"""
)


@pytest.fixture
def keeper(province: None, officer: Any) -> Any:
    """Whoever keeps the figures of the town."""
    return officer("huyen", "district_officer", "56/568/")


def upload(text: str, by: Any, source: str = "Niên giám 2020") -> FiguresImport:
    return importing.upload("dan-so.csv", text.encode(), ON, source, by=by, now=AUTUMN)


def fates(kept: FiguresImport, by: Any) -> list[Fate]:
    return importing.fates(kept, by.scope("zones.propose", AUTUMN), AUTUMN)


def take(kept: FiguresImport, by: Any) -> dict[str, int]:
    return dict(importing.apply(kept, by.scope("zones.propose", AUTUMN), by=by, now=AUTUMN))


def test_every_row_has_a_fate(keeper: Any) -> None:
    kept = upload(TABLE, keeper)
    told = [(one.number, one.fate, one.code) for one in fates(kept, keeper)]
    assert told == [
        (3, "new", ""), (4, "new", ""), (5, "refused", "place_unit_out_of_scope"), (6, "refused", "unit_unknown"),
        (7, "refused", "figures_twice"), (8, "refused", "figures_population"), (9, "refused", "figures_day_unread"),
        (10, "refused", "figures_day"),
    ]  # fmt: skip
    assert not UnitFigures.objects.exists(), "a look writes nothing"
    assert take(kept, keeper) == {"new": 2, "refused": 6}
    found = figures(small.HOA, ON)
    assert (found.population, dict(found.sources)["population"]) == (20_500, "Cục Thống kê")
    assert figures(small.HAI, ON).population == 18_250
    assert dict(figures(small.HAI, ON).sources)["population"] == "Niên giám 2020"
    with pytest.raises(InvalidInput, match="import_done"):
        take(kept, keeper)
    assert Event.objects.filter(kind="zone.figures_imported").count() == 1


def test_the_same_again_changes_nothing_and_the_right_table_puts_a_mistake_right(keeper: Any) -> None:
    right, wrong = HEADER + "1,22327,20500,,\n", HEADER + "1,22327,2050,,\n"
    assert take(upload(right, keeper), keeper) == {"new": 1}
    assert take(upload(right, keeper), keeper) == {"same": 1}
    kept = upload(wrong, keeper)
    [one] = fates(kept, keeper)
    assert (one.fate, one.before, one.population) == ("changed", 20_500, 2_050)
    take(kept, keeper)
    assert figures(small.HOA, ON).population == 2_050
    assert take(upload(right, keeper), keeper) == {"changed": 1}
    assert figures(small.HOA, ON).population == 20_500


def test_a_table_that_is_none_is_refused(keeper: Any) -> None:
    for text in ("a,b\n1,2\n", "Tên,Dân số\nVĩnh Hòa,1\n"):
        with pytest.raises(InvalidInput, match="figures_columns"):
            upload(text, keeper)
    with pytest.raises(InvalidInput, match="figures_day"):
        importing.upload("x.csv", TABLE.encode(), date(2021, 12, 1), "", by=keeper, now=AUTUMN)
    [one] = fates(upload(HEADER + "1,22327,5000,,\n", keeper, source=""), keeper)
    assert one.code == "figures_source"


def test_the_night_says_whom_it_passes_over(keeper: Any) -> None:
    take(upload(HEADER + "1,22327,20500,,\n", keeper), keeper)
    services.propose_due(AUTUMN)
    event = Event.objects.get(kind="zone.passed_over")
    assert '"22330"' in event.data and '"22327"' not in event.data
    assert event.unit == "56/"


def test_the_pages_lead_from_what_is_missing_to_the_numbers(
    keeper: Any, at: Any, officer: Any, monkeypatch: Any
) -> None:
    from lachan.kernel.clock import FixedClock

    monkeypatch.setattr("lachan.base.middleware.CLOCK", FixedClock(AUTUMN))
    client = at(keeper)
    zones = client.get(reverse("zones:list")).content.decode()
    assert "chưa có dân số" in zones and "Vĩnh Hải" in zones and reverse("zones:people") in zones
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(client.get(reverse("zones:people_template")))))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Mã đơn vị" and {"22327", "22330"} <= {
        str(row[0]).removesuffix(".0") for row in rows[1:]
    }
    given = {
        "file": SimpleUploadedFile("dan-so.csv", TABLE.encode()),
        "on": "2021-11-01",
        "source": "Niên giám",
    }
    kept = client.post(reverse("zones:people"), given)["Location"]
    looked = client.get(kept).content.decode()
    assert "Xem trước khi nhập" in looked and "20.500" in looked and "Không nhận" in looked
    assert "Đã nhập 2 đơn vị" in client.post(kept, follow=True).content.decode()
    assert (
        "Vĩnh Hải" not in client.get(reverse("zones:list")).content.decode().split('data-testid="zones"')[0]
    )
    bad = {**given, "file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")}
    assert client.post(reverse("zones:people"), bad).status_code == 422
    other = officer("huyen.khac", "district_officer", "56/568/")
    assert at(other).get(kept).status_code == 404
