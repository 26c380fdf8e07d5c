from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.importing import days, values

TODAY = date(2021, 7, 22)


@pytest.mark.parametrize(
    ("cells", "order", "reason"),
    [
        (["5/7/2021", "13/07/2021"], "dmy", "beyond_twelve"),
        (["7/5/2021", "07/13/2021"], "mdy", "beyond_twelve"),
        (["5/7/2021", "3/7/2021"], "dmy", "usual"),
        (["7/10/2021", "7/9/2021"], "mdy", "future"),
        (["13/07/2021", "07/13/2021", "14/07/2021"], "dmy", "mixed"),
        ([date(2021, 7, 5), 44382], "dmy", "certain"),
        (["", None, "-"], "dmy", "certain"),
    ],
)
def test_the_order_of_a_column_by_its_evidence(cells: list[Any], order: str, reason: str) -> None:
    found = days.decide(cells, TODAY)
    assert (found.order, found.reason) == (order, reason)


def test_the_officers_word_outweighs_the_evidence() -> None:
    assert days.decide(["13/07/2021"], TODAY, "mdy").order == "mdy"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("05/07/2021", date(2021, 7, 5)), ("5.7.21", date(2021, 7, 5)), ("5-7-2021", date(2021, 7, 5)),
        ("2021-07-05", date(2021, 7, 5)), ("2021-07-05 13:40:00", date(2021, 7, 5)), ("05/07/2021 13:40", date(2021, 7, 5)),
        ("8h30 ngày 05/07/2021", date(2021, 7, 5)), (44382, date(2021, 7, 5)), (44382.55, date(2021, 7, 5)),
        ("44382", date(2021, 7, 5)), (datetime(2021, 7, 5, 8, 30), date(2021, 7, 5)),  # noqa: DTZ001
        ("5/7", date(2021, 7, 5)), ("5/12", date(2020, 12, 5)), ("", None), ("-", None), (None, None),
    ],
)  # fmt: skip
def test_one_cell(cell: Any, wanted: date | None) -> None:
    assert days.read(cell, days.Reading("dmy", "usual"), TODAY) == wanted


@pytest.mark.parametrize(
    ("cell", "code"), [("31/02/2021", "date_day"), ("hôm qua", "date_format"), ("7/25/2021", "date_day")]
)
def test_what_isnt_a_day_is_refused(cell: str, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        days.read(cell, days.Reading("dmy", "usual"), TODAY)


def test_in_a_column_of_two_kinds_only_what_is_clear_is_read() -> None:
    mixed = days.decide(["13/07/2021", "07/13/2021"], TODAY)
    assert days.read("14/07/2021", mixed, TODAY) == date(2021, 7, 14)
    assert days.read("07/14/2021", mixed, TODAY) == date(2021, 7, 14)
    assert days.read("7/9/2021", mixed, TODAY) == date(2021, 7, 9)  # the other way it would be September
    assert days.read("7/7/2021", mixed, TODAY) == date(2021, 7, 7)
    with pytest.raises(InvalidInput, match="date_ambiguous"):
        days.read("5/6/2021", mixed, TODAY)


def test_days_that_a_spreadsheet_exchanged_are_put_right_and_told() -> None:
    """American settings: 25/7 stayed text; 5/7, 6/7 and 12/7 became days of May, June and December."""
    column = ["21/07/2021", date(2021, 5, 7), date(2021, 6, 7), date(2021, 12, 7)]
    found = days.decide(column, TODAY)
    assert found.swapped == 3
    assert [days.read(cell, found, TODAY) for cell in column[1:]] == [
        date(2021, 7, 5),
        date(2021, 7, 6),
        date(2021, 7, 12),
    ]


@given(
    st.lists(st.dates(date(2021, 1, 1), TODAY), min_size=1, max_size=30),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_with_evidence_every_day_comes_back(wanted: list[date], style: str) -> None:
    cells = [day.strftime(style) for day in wanted]
    found = days.decide(cells, TODAY)
    if found.reason == "beyond_twelve":
        assert [days.read(cell, found, TODAY) for cell in cells] == wanted


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.none(), st.booleans(), st.datetimes()))
def test_any_cell_is_a_day_or_a_refusal(cell: Any) -> None:
    reading = days.decide([cell], TODAY)
    try:
        found = days.read(cell, reading, TODAY)
    except InvalidInput:
        return
    assert found is None or isinstance(found, date)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("1980", "1980"), ("17/05/1980", "1980-05-17"), (1980, "1980"), (29358, "1980-05-17"), ("05/1980", "1980-05"),
        ("35", "1986"), (35.0, "1986"), ("8 tháng", "2020"), ("", ""),
    ],
)  # fmt: skip
def test_births_years_and_ages(cell: Any, wanted: str) -> None:
    assert values.birth(cell, days.Reading("dmy", "usual"), TODAY) == wanted


@pytest.mark.parametrize(
    ("function", "cell", "wanted"),
    [
        (values.phone, 912345678, "0912345678"), (values.phone, "0162.345.6789; 0912", "01623456789"),
        (values.document, 56080001234, "056080001234"), (values.document, "056 080 001 234", "056080001234"),
        (values.document, 12345678, "012345678"), (values.document, "'225012345", "225012345"),
    ],
)  # fmt: skip
def test_numbers_get_their_zeros_back(function: Any, cell: Any, wanted: str) -> None:
    assert function(cell) == wanted


def test_words_of_results_and_places() -> None:
    assert values.one_of("Dương tính (+)", values.RESULTS, "result") == "positive"
    assert values.one_of("âm tính", values.RESULTS, "result") == "negative"
    assert values.one_of("Khu phong tỏa", values.DETECTIONS, "detection") == "lockdown"
    assert values.one_of("Cách ly tại nhà", values.DETECTIONS, "detection") == "home"
    assert values.one_of("Cộng đồng", values.DETECTIONS, "detection") == "community"
    assert values.one_of("Tử vong", values.OUTCOMES, "outcome") == "deceased"
    assert values.one_of("", values.OUTCOMES, "outcome") is None
    with pytest.raises(InvalidInput):
        values.one_of("gì đó", values.DETECTIONS, "detection")
    assert str(values.ct("ORF1ab: 22,5; N: 21.1")) == "21.1"
