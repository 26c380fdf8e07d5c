from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.clock import (
    VN,
    FixedClock,
    PartialDate,
    SystemClock,
    day_bounds,
    local_day,
    ms_at,
    parse_date,
)
from lachan.kernel.errors import InvalidInput, KernelError
from lachan.kernel.tests.samples import anything, partial_dates

MOMENT = datetime(2021, 7, 9, 3, 0, tzinfo=UTC)


def test_clocks_give_utc():
    assert SystemClock().now().tzinfo is UTC
    assert FixedClock(MOMENT.astimezone(VN)).now() == MOMENT
    assert FixedClock(MOMENT.astimezone(VN)).now().tzinfo is UTC


def test_a_fixed_clock_moves_only_when_moved():
    clock = FixedClock(MOMENT)
    assert clock.now() == clock.now() == MOMENT
    clock.advance(timedelta(days=21))
    assert clock.now() == datetime(2021, 7, 30, 3, 0, tzinfo=UTC)
    clock.set(MOMENT)
    assert clock.now() == MOMENT


def test_naive_times_are_refused():
    naive = datetime(2021, 7, 9)  # noqa: DTZ001
    for use in (FixedClock, local_day, ms_at):
        with pytest.raises(KernelError, match="datetime_naive"):
            use(naive)


def test_the_vietnamese_day_begins_at_17_utc():
    assert local_day(datetime(2021, 7, 9, 16, 59, tzinfo=UTC)) == date(2021, 7, 9)
    assert local_day(datetime(2021, 7, 9, 17, 0, tzinfo=UTC)) == date(2021, 7, 10)
    assert day_bounds(date(2021, 7, 10)) == (
        datetime(2021, 7, 9, 17, tzinfo=UTC),
        datetime(2021, 7, 10, 17, tzinfo=UTC),
    )


def test_milliseconds_are_whole_and_floored():
    assert ms_at(datetime(1970, 1, 1, 0, 0, 1, 234_999, tzinfo=UTC)) == 1234
    assert ms_at(MOMENT.astimezone(timezone(timedelta(hours=7)))) == 1_625_799_600_000


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.floats(0, 0.999_999))
def test_every_moment_of_a_day_is_of_that_day(day, part):
    start, end = day_bounds(day)
    assert local_day(start + (end - start) * part) == day
    assert local_day(end) == day + timedelta(days=1)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_are_refused_or_bounded(day):
    try:
        start, end = day_bounds(day)
    except InvalidInput as error:
        assert error.code == "date_range"
    else:
        assert start < end


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("17/05/1990", "1990-05-17"),
        ("7/5/1990", "1990-05-07"),
        ("17.05.1990", "1990-05-17"),
        ("17-05-1990", "1990-05-17"),
        ("1990-05-17", "1990-05-17"),
        ("1990/5/17", "1990-05-17"),
        ("17051990", "1990-05-17"),
        ("29022000", "2000-02-29"),
        ("05/1990", "1990-05"),
        ("1990-05", "1990-05"),
        (" 1990 ", "1990"),
        ("00/00/1954", "1954"),
        ("00001954", "1954"),
        ("00/05/1954", "1954-05"),
    ],
)
def test_dates_are_read_as_people_type_them(text, iso):
    assert parse_date(text).iso() == iso


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_empty"),
        ("  ", "date_empty"),
        ("hôm qua", "date_format"),
        ("17/05/90", "date_year_two_digits"),
        ("170590", "date_year_two_digits"),
        ("31/02/2021", "date_day"),
        ("29/02/1900", "date_day"),
        ("17/13/1990", "date_month"),
        ("17/00/1990", "date_month"),
        ("1790", "date_year"),
        ("0000", "date_year"),
        ("17/05/2990", "date_year"),
        ("1990-05-17T00:00", "date_format"),
        ("１７/05/1990", "date_format"),
        ("9" * 10_000, "date_format"),
    ],
)
def test_dates_that_can_not_be_are_refused_with_the_reason(text, code):
    with pytest.raises(InvalidInput) as caught:
        parse_date(text)
    assert caught.value.code == code


def test_limits_refuse_only_what_can_not_lie_within_them():
    today = date(2021, 7, 9)
    assert parse_date("2021", latest=today).iso() == "2021"
    with pytest.raises(InvalidInput, match="date_too_late"):
        parse_date("10/07/2021", latest=today)
    assert parse_date("2021", earliest=today).iso() == "2021"
    with pytest.raises(InvalidInput, match="date_too_early"):
        parse_date("06/2021", earliest=today)


@given(partial_dates)
def test_a_partial_date_is_read_back_from_both_forms(when):
    assert parse_date(when.iso()) == parse_date(when.display()) == when
    assert when.earliest() <= when.latest()
    assert when.agrees_with(PartialDate(when.year))
    assert not when.agrees_with(PartialDate(when.year + 1))
    assert (when.whole() is None) == (when.day is None)


def test_a_day_without_a_month_is_no_date():
    with pytest.raises(InvalidInput, match="date_month"):
        PartialDate(1990, None, 17)


@given(anything)
def test_any_text_is_a_date_or_is_refused(text):
    try:
        assert parse_date(parse_date(text).iso()) == parse_date(text)
    except InvalidInput as error:
        assert error.code.startswith("date_")
