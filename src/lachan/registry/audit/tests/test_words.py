from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import lachan
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
        ("day", "2021-07-15", "15/07/2021"),
        ("month", "2021-07", "07/2021"),
        ("why", "tracing", "để truy vết, điều tra dịch tễ"),
        ("how", "password+mfa", "mật khẩu + lớp bảo mật thứ hai"),
        ("result", 2, "Dừng lại"),
        ("fields", ["birth", "sex"], "ngày sinh, giới tính"),
        ("why", "2021-99-99 is no moment", "2021-99-99 is no moment"),
    ],
)
def test_an_events_data_in_words(key: str, value: Any, text: str) -> None:
    assert words.told(key, value)[1] == text


def test_a_key_without_words_is_shown_as_it_is() -> None:
    assert words.told("role", "x")[0] == "vai trò"
    assert words.told("somethingelse", "x")[0] == "somethingelse"


def test_a_code_of_one_thing_is_not_that_of_another() -> None:
    assert words.told("status", "closed", "place.closed")[1] == "Đã đóng"
    assert words.told("status", "closed", "follow_up.noted")[1] == "Kết thúc"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("grant", "01a20c30-7170-729a-996f-be7143337700"),
        ("consumer", "declarations.counters"),
        ("why", "a code without words"),
        ("how", "password+something"),
        ("fields", ["birth", "something"]),
    ],
)
def test_what_has_no_words_is_left_to_the_codes(key: str, value: Any) -> None:
    assert words.said_of(key, value) is None


def test_an_account_is_named() -> None:
    someone = UUID(int=7)
    assert words.said_of("to", str(someone), "follow_up.assigned", {someone: "Lê Hoa"}) == ("đến", "Lê Hoa")


@pytest.mark.django_db
def test_every_kind_and_subject_of_the_code_has_words() -> None:
    source = "\n".join(path.read_text() for path in Path(lachan.__file__).parent.rglob("*.py"))
    kinds = set(re.findall(r"audit\.record\(\s*\"([a-z_.]+)\"", source))
    assert len(kinds) > 15
    assert not {kind for kind in kinds if kind not in words.TITLES}
    subjects = set(re.findall(r"subject_kind=\"([a-z_]+)\"", source))
    assert not {subject for subject in subjects if not words.subject_of(subject)}
