"""Dated policies: what is in force when, what is refused at load, what a province may change."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.policies import CONFIDENCE, DatedPolicy, Entry, all_policies, load

ENTRY = '[[entry]]\nvalid_from = {start}\n{end}document = "Công văn {start}"\nsource_confidence = "memory"\ndays = {days}\n'


def entry(start: str, days: int, end: str = "") -> str:
    return ENTRY.format(start=start, days=days, end=f"valid_to = {end}\n" if end else "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    return tmp_path


def refused(name: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        load(name)
    return str(caught.value)


def test_the_end_is_the_first_day_of_what_follows(folder: Path) -> None:
    (folder / "x.toml").write_text(entry("2021-10-11", 7) + entry("2021-05-29", 21, "2021-10-11"))
    policy = load("x")
    assert [policy.at(date(2021, 10, day))["days"] for day in (10, 11)] == [21, 7]
    assert policy.at(date(2099, 1, 1)).document == "Công văn 2021-10-11"
    assert policy.at(date(2021, 6, 1)).version == "x/2021-05-29"


def test_before_the_first_and_in_a_gap_nothing_is_in_force(folder: Path) -> None:
    (folder / "x.toml").write_text(entry("2021-01-01", 1, "2021-02-01") + entry("2021-03-01", 2))
    for day in (date(2020, 12, 31), date(2021, 2, 1), date(2021, 2, 28)):
        with pytest.raises(InvalidInput, match="policy_none_in_force"):
            load("x").at(day)


def test_a_moment_is_not_a_day(folder: Path) -> None:
    (folder / "x.toml").write_text(entry("2021-01-01", 1))
    with pytest.raises(TypeError):
        load("x").at(datetime(2021, 7, 1, 18, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (entry("2021-01-01", 1) + entry("2021-06-01", 2), "policy_overlap"),
        (entry("2021-01-01", 1, "2021-06-02") + entry("2021-06-01", 2), "policy_overlap"),
        (entry("2021-01-01", 1, "2021-01-01"), "policy_dates"),
        (entry('"2021-01-01"', 1).replace('"Công văn "2021-01-01""', '"x"'), "policy_dates"),
        ("", "policy_no_entries"),
        ("entry = 3", "policy_no_entries"),
        ("[[entry", "policy_syntax"),
        (entry("2021-01-01", 1).replace("Công văn 2021-01-01", " "), "policy_no_document"),
        (entry("2021-01-01", 1).replace("memory", "hearsay"), "policy_confidence"),
    ],
)
def test_refused_at_load(folder: Path, text: str, code: str) -> None:
    (folder / "x.toml").write_text(text)
    assert refused("x") == code


@pytest.mark.parametrize("name", ["nothing", "../secrets", "", "a/b"])
def test_unknown_names(folder: Path, name: str) -> None:
    assert refused(name) == "policy_unknown"


def test_a_province_replaces_a_policy(folder: Path) -> None:
    (folder / "retention.toml").write_text(entry("2020-01-01", 5))
    assert load("retention").at(date(2021, 1, 1)).payload == {"days": 5}


def test_a_province_adds_to_a_policy(folder: Path) -> None:
    (folder / "retention.toml").write_text("extends = true\n" + entry("2030-01-01", 5))
    policy = load("retention")
    assert policy.at(date(2030, 1, 1))["days"] == 5
    assert "declarations" in policy.at(date(2029, 12, 31))["kinds"]


def test_an_addition_that_contradicts_is_refused(folder: Path) -> None:
    (folder / "retention.toml").write_text("extends = true\n" + entry("2021-01-01", 5))
    assert refused("retention") == "policy_overlap"


@given(
    st.lists(st.dates(date(2020, 1, 1), date(2022, 1, 1)), min_size=2, max_size=6, unique=True), st.dates()
)
def test_at_most_one_entry_speaks(starts: list[date], day: date) -> None:
    starts.sort()
    ends = [*starts[1:], None]
    policy = DatedPolicy(
        "p", [Entry("p", s, e, "d", "memory", {}) for s, e in zip(starts, ends, strict=True)]
    )
    covering = [e for e in policy if e.covers(day)]
    if covering:
        assert [policy.at(day)] == covering
    else:
        assert day < starts[0]


def test_every_shipped_policy_is_whole() -> None:
    policies = all_policies()
    assert {"declarations", "retention"} <= set(policies)
    for policy in policies.values():
        for item in policy:
            assert item.payload, item.version
            assert item.document.strip()
            assert item.source_confidence in CONFIDENCE


def test_every_policy_and_form_is_documented() -> None:
    from lachan.kernel.questionnaire import forms

    page = Path(__file__).parents[4] / "docs" / "policies.md"
    headings = {
        line.strip("# `").removesuffix("`")
        for line in page.read_text("utf-8").splitlines()
        if line[:1] == "#"
    }
    wanted = {f"{name}.toml" for name in all_policies()} | {f"forms/{form}.json" for form in forms()}
    assert wanted <= headings, f"give a heading to {sorted(wanted - headings)} in docs/policies.md"


KINDS = (
    "declarations",
    "listing",
    "people",
    "follow_up",
    "otp",
    "sessions",
    "imports",
    "events",
    "scans",
    "visits",
    "pass",
    "read_audit",
    "backups",
    "cases",
    "line_lists",
    "exposures",
    "contacts",
    "interviews",
    "self_reports",
    "reveals",
    "contact_lists",
    "isolation",
    "rounds",
    "lockdowns",
    "moved_out",
    "household_lists",
    "task_notes",
)


def test_retention_names_every_kind() -> None:
    for item in load("retention"):
        assert set(item["kinds"]) == set(KINDS)
        for kind, rule in item["kinds"].items():
            assert rule["days"] > 0, kind
            assert rule["action"] in ("delete", "anonymise"), kind
            assert rule["basis"], kind
