"""The terms of passes are data, and wrong data is named."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from lachan.kernel.errors import InvalidInput
from lachan.kernel.passes import PassTerms

GOOD = {"green_hours": 24, "attention_hours": 12, "stop_hours": 6, "closed_place_hours": 72}


def test_the_shipped_terms_hold_from_the_beginning() -> None:
    terms = PassTerms.at(date(2021, 7, 22))
    assert set(terms.life) == {"green", "attention", "stop"}
    assert terms.life["green"] >= terms.life["stop"] > timedelta(0)


@pytest.mark.parametrize("key", GOOD)
@pytest.mark.parametrize("value", [None, 0, -1, 1.5, "24", True, 10**9])
def test_hours_that_cannot_be_are_named(key: str, value: object) -> None:
    with pytest.raises(InvalidInput, match="passes_hours") as raised:
        PassTerms.of({**GOOD, key: value})
    assert raised.value.params["key"] == key


def test_a_province_sets_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = 'extends = true\n[[entry]]\nvalid_from = 2021-07-09\ndocument = "Chỉ thị 16"\nsource_confidence = "memory"\n'
    values = "\n".join(f"{key} = {value}" for key, value in {**GOOD, "green_hours": 4}.items())
    (tmp_path / "passes.toml").write_text(f"{entry}[entry.payload]\n{values}\n", encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    assert PassTerms.at(date(2021, 7, 22)).life["green"] == timedelta(hours=4)
    assert PassTerms.at(date(2021, 7, 1)).life["green"] == timedelta(hours=24)
