from __future__ import annotations

from typing import Any

import pytest

from lachan.registry.audit import words


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("role", "data_entry", "Nhân viên nhập liệu"),
        ("role", "dropped", "dropped"),
        ("from", "2021-07-15T03:00:00+00:00", "15/07/2021 10:00"),
        ("grant", "01a20c30-7170-729a-996f-be7143337700", "…337700"),
        ("demo", True, "có"),
        ("paused", False, "không"),
        ("refused", 0, "0"),
        ("codes", ["a", "b"], "a, b"),
        ("why", "2021-99-99 is no moment", "2021-99-99 is no moment"),
    ],
)
def test_an_events_data_in_words(key: str, value: Any, text: str) -> None:
    assert words.told(key, value)[1] == text


def test_a_key_without_words_is_shown_as_it_is() -> None:
    assert words.told("role", "x")[0] == "vai trò"
    assert words.told("somethingelse", "x")[0] == "somethingelse"
