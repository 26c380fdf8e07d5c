"""Diseases as data: what is a case, whose contacts count and from when, when someone may go."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.diseases import CLASSIFICATIONS, LEVELS, Disease, codes
from lachan.kernel.errors import InvalidInput

JULY, TODAY = date(2021, 7, 22), date(2026, 11, 24)
answers = st.dictionaries(
    st.sampled_from(
        ["pcr", "antigen", "serology", "culture", "symptoms", "epi_link", "fever", "rash", "cough", "signs"]
    ),
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 9), st.sampled_from(["positive", "negative", "unclear", ""])
    ),
)


@pytest.mark.parametrize("day", [JULY, TODAY])
@pytest.mark.parametrize("code", ["covid19", "dengue", "measles"])
def test_each_disease_is_whole(code: str, day: date) -> None:
    disease = Disease.at(code, day)
    assert disease.name["vi"] and disease.name["en"] and disease.document
    assert set(disease.isolation) == set(LEVELS)
    assert disease.contacts.weight("no such kind") == disease.contacts.weights["default"]


@given(st.sampled_from(["covid19", "dengue", "measles"]), answers)
def test_classifying_never_fails_and_a_positive_pcr_confirms(code: str, context: dict[str, object]) -> None:
    found = Disease.at(code, JULY).classify(context)
    assert found.result in CLASSIFICATIONS and found.reasons
    if context.get("pcr") == "positive":
        assert found.result == "confirmed"


def test_nothing_known_is_not_no_case() -> None:
    assert Disease.at("covid19", JULY).classify({}).result == "not_classified"
    assert Disease.at("covid19", JULY).classify({"pcr": "negative"}).result == "no_case"


def test_a_negative_pcr_outweighs_a_rapid_test() -> None:
    said = {"antigen": "positive", "pcr": "negative", "symptoms": True, "epi_link": True}
    assert Disease.at("covid19", JULY).classify(said).result == "no_case"


def test_the_rapid_test_confirms_only_since_the_guidance_of_december() -> None:
    said = {"antigen": "positive", "symptoms": True}
    assert Disease.at("covid19", date(2021, 12, 28)).classify(said).result == "probable"
    assert Disease.at("covid19", date(2021, 12, 29)).classify(said).result == "confirmed"


def test_contacts_count_from_three_days_before_onset_then_from_two() -> None:
    onset = date(2021, 7, 20)
    assert Disease.at("covid19", JULY).window(onset, None) == (date(2021, 7, 17), date(2021, 8, 3))
    later = Disease.at("covid19", TODAY)
    assert later.window(onset, None) == (date(2021, 7, 18), date(2021, 7, 30))
    assert later.window(None, onset) == later.window(onset, onset + timedelta(days=9)), (
        "the onset counts, if known"
    )
    assert later.window(None, None) is None
    assert later.window(onset, None, until=date(2021, 7, 21)) == (date(2021, 7, 18), date(2021, 7, 21))


def test_release_waits_for_days_and_tests() -> None:
    july = Disease.at("covid19", JULY)
    done = {
        "days": 14,
        "negatives": 2,
        "positives": 0,
        "last_result": "negative",
        "symptoms": False,
        "doses": 0,
    }
    rule = july.release("f1", done)
    assert rule is not None and rule.id == "f1_done"
    assert july.release("f1", {**done, "days": 13}) is None
    assert july.release("f1", {**done, "last_result": None}) is None
    assert july.release("f1", {**done, "symptoms": True}) is None
    assert july.release("f1", {}) is None, "who isn't known isn't released"


def test_a_fourth_disease_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Path(__file__).parents[2] / "policies" / "disease_measles.toml"
    text = shipped.read_text(encoding="utf-8").replace('vi = "Sởi"', 'vi = "Rubella"')
    (tmp_path / "disease_rubella.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    assert "rubella" in codes()
    assert Disease.at("rubella", JULY).name["vi"] == "Rubella"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("incubation_days = 21", "incubation_days = -1", "disease_number"),
        ('icd10 = "B05"', 'icd10 = ""', "disease_text"),
        ('place = "home", days = 4', 'place = "moon", days = 4', "disease_isolation"),
        ("default = 0.5", "default = 5", "disease_settings"),
        ('result = "suspect"', 'result = "maybe"', "disease_incomplete"),
        ('level = "f1"', 'level = "f9"', "disease_release"),
    ],
)
def test_a_broken_file_says_where(
    old: str, new: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Path(__file__).parents[2] / "policies" / "disease_measles.toml"
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "disease_measles.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    with pytest.raises(InvalidInput) as error:
        Disease.at("measles", JULY)
    assert error.value.code == code


def test_an_unknown_disease_is_named() -> None:
    with pytest.raises(InvalidInput, match="disease_unknown"):
        Disease.at("plague", JULY)
