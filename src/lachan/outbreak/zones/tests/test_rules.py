"""The dated rules of zones, as numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones.rules import HIGHEST, Numbers, ZoneRules

AUTUMN = date(2021, 11, 1)


@pytest.mark.parametrize(
    ("cases", "adults", "care", "level", "raised", "unknown"),
    [
        (0, 80, True, 1, (), ()),
        (19, 80, True, 1, (), ()),
        (20, 80, True, 2, (), ()),
        (50, 80, True, 3, (), ()),
        (149, 80, True, 3, (), ()),
        (150, 80, True, 4, (), ()),
        (50, 69.9, True, 4, ("adults",), ()),
        (50, 70, False, 4, ("care",), ()),
        (0, 10, False, 3, ("adults", "care"), ()),
        (900, 10, False, 4, ("adults", "care"), ()),
        (50, None, None, 3, (), ("adults", "care")),
    ],
)
def test_resolution_128_by_number(
    cases: int,
    adults: float | None,
    care: bool | None,
    level: int,
    raised: tuple[str, ...],
    unknown: tuple[str, ...],
) -> None:
    found = ZoneRules.at(AUTUMN).assess(Numbers(cases, 100_000, adults, None, care))
    assert (found.level, found.raised, found.unknown) == (level, raised, unknown)


def test_the_directives_come_before_and_have_names_of_their_own() -> None:
    old, new = ZoneRules.at(date(2021, 10, 10)), ZoneRules.at(date(2021, 10, 11))
    assert old.name(4, "vi") == "Chỉ thị 16" and new.name(4, "vi").startswith("Cấp 4")
    assert "16/CT-TTg" in old.document and "128/NQ-CP" in new.document
    assert old.days == 14 and new.days == 7
    with pytest.raises(InvalidInput) as caught:
        ZoneRules.at(date(2020, 1, 1))
    assert caught.value.code == "policy_none_in_force"


def test_nobody_is_divided_by() -> None:
    with pytest.raises(InvalidInput) as caught:
        ZoneRules.at(AUTUMN).assess(Numbers(5, 0))
    assert caught.value.code == "zone_population"


@given(
    st.integers(0, 5000), st.integers(0, 500), st.integers(1, 2_000_000), st.none() | st.floats(0, 100),
    st.none() | st.booleans(),
)  # fmt: skip
def test_more_cases_never_lower_the_level(
    cases: int, more: int, people: int, adults: float | None, care: bool | None
) -> None:
    rules = ZoneRules.at(AUTUMN)
    one = rules.assess(Numbers(cases, people, adults, None, care))
    other = rules.assess(Numbers(cases + more, people, adults, None, care))
    assert 1 <= one.band <= one.level <= other.level <= HIGHEST
    start, end = rules.band_of(one.band)
    assert start <= one.rate and (end is None or one.rate < end)


@pytest.mark.parametrize(
    "change",
    [
        ("{ level = 2, from = 20.0 }", "{ level = 2, from = 60.0 }"),
        ('input = "care_ready"', 'input = "weather"'),
        ("{ level = 1, from = 0.0 }", "{ level = 1, from = 1.0 }"),
        ("per = 100000", "per = 0"),
        ('2 = { vi = "Cấp 2', '5 = { vi = "Cấp 2'),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    change: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.resources import files

    text = files("lachan").joinpath("policies/zones.toml").read_text(encoding="utf-8")
    head, tail = text.split("valid_from = 2021-10-11")
    assert change[0] in tail
    (tmp_path / "zones.toml").write_text(
        head + "valid_from = 2021-10-11" + tail.replace(*change), encoding="utf-8"
    )
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    with pytest.raises(InvalidInput) as caught:
        ZoneRules.at(AUTUMN)
    assert caught.value.code == "zone_policy"
