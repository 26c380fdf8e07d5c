"""Events in words. An app registers the titles of its kinds; the floors above say how a unit and an account are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lachan.kernel.clock import VN

TITLES: dict[str, Any] = {}


def register(titles: Mapping[str, Any]) -> None:
    """Titles (translated lazily) of an app's kinds of event: {"place.created": _("Lập điểm")}."""
    TITLES.update(titles)


def title_of(kind: str) -> str:
    """The kind in words; its name where nobody gave it words."""
    return str(TITLES.get(kind, kind))


LABELS: dict[str, Any] = {
    "capacity": _("sức chứa"),
    "changed": _("đã đổi"),
    "channel": _("kênh"),
    "code": _("mã"),
    "count": _("số tờ"),
    "created": _("đã lập"),
    "day": _("ngày"),
    "demo": _("bản thử"),
    "fields": _("mục"),
    "findings": _("điều thấy"),
    "first": _("từ ngày"),
    "form": _("mẫu"),
    "found": _("số tìm thấy"),
    "from": _("từ"),
    "grant": _("lần giao"),
    "how": _("cách"),
    "invitation": _("lời mời"),
    "kind": _("loại"),
    "last": _("đến ngày"),
    "level": _("cấp độ"),
    "month": _("tháng"),
    "notes": _("số ghi chú bị xóa"),
    "outcome": _("kết quả kiểm tra"),
    "paused": _("tạm nghỉ"),
    "person": _("hồ sơ người"),
    "place": _("điểm"),
    "purpose": _("mục đích"),
    "reason": _("lý do"),
    "refused": _("bị từ chối"),
    "removed": _("đã bỏ"),
    "result": _("kết quả"),
    "role": _("vai trò"),
    "rows": _("số dòng"),
    "status": _("trạng thái"),
    "time": _("lần nhập"),
    "to": _("đến"),
    "type": _("loại"),
    "unit": _("đơn vị"),
    "why": _("lý do"),
}
"""Keys of events' data in words; another key is shown as it is."""
VALUES: dict[str, dict[str, Any]] = {}
"""Codes of events' data in words, by key; `register_values` adds."""
READ_ALOUD = frozenset({"code"})
"""Keys whose codes people read and say to one another."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
Namer = Callable[[Iterable[UUID]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about. `names`: names to show, where a name is nobody's secret; people have none here."""

    title: Any
    names: Namer | None = None


SUBJECTS: dict[str, Subject] = {}


def register_values(key: str, values: Mapping[Any, Any]) -> None:
    """Words for codes of a key, "status", or of a key in one thing's events alone, "place.status"."""
    VALUES.setdefault(key, {}).update({str(code): words for code, words in values.items()})


def register_subject(kind: str, title: Any, names: Namer | None = None) -> None:
    """What a kind of subject is called, and how its rows are named."""
    SUBJECTS[kind] = Subject(title, names)


def subject_of(kind: str) -> str:
    """The kind of subject in words; "" where nobody gave it any."""
    return str(SUBJECTS[kind].title) if kind in SUBJECTS else ""


def subject_names(subjects: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], str]:
    """Names of what events are about, each kind asked once."""
    by_kind: dict[str, set[UUID]] = {}
    for kind, subject in subjects:
        by_kind.setdefault(kind, set()).add(subject)
    found: dict[tuple[str, UUID], str] = {}
    for kind, ids in by_kind.items():
        namer = SUBJECTS[kind].names if kind in SUBJECTS else None
        found |= {(kind, subject): name for subject, name in namer(ids).items()} if namer else {}
    return found


def told(key: str, value: Any, kind: str = "") -> tuple[str, str]:
    """One entry of an event's data: in words where there are any, else as it is; of an id its end."""
    said = said_of(key, value, kind)
    if said is not None:
        return said
    values = value if isinstance(value, list) else [value]
    return str(LABELS.get(key, key)), ", ".join(map(_raw, values))


def said_of(
    key: str, value: Any, kind: str = "", actors: Mapping[UUID, str] | None = None
) -> tuple[str, str] | None:
    """One entry in words alone; None where it is an id or a code that nobody gave words.

    `kind`: the event's, since "closed" of a place isn't that of a follow-up. `actors`: names of the accounts that
    entries of a page speak of, asked for once.
    """
    if key not in LABELS:
        return None
    codes = {**VALUES.get(key, {}), **VALUES.get(f"{kind.partition('.')[0]}.{key}", {})}
    values = [
        _words(key, one, codes, actors or {}) for one in (value if isinstance(value, list) else [value])
    ]
    return (str(LABELS[key]), ", ".join(values)) if all(values) else None


def ids_in(value: Any) -> Iterable[UUID]:
    """Ids among an entry's values, which may be accounts'."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and _UUID.fullmatch(one):
            yield UUID(one)


def _words(key: str, value: Any, codes: Mapping[str, Any], actors: Mapping[UUID, str]) -> str:
    if isinstance(value, bool):
        return str(_("có") if value else _("không"))
    text = str(value)
    if text in codes:
        return str(codes[text])
    if isinstance(value, int) or key in READ_ALOUD:
        return text
    if key == "role":
        return names().role(text)
    if key == "unit":
        return names().unit(text)
    if key == "how" and "+" in text:
        steps = [_words(key, one, codes, actors) for one in text.split("+")]
        return " + ".join(steps) if all(steps) else ""
    for found in ids_in(text):
        return actors.get(found, "")
    return _moment(text)


def _raw(value: Any) -> str:
    text = str(value)
    return f"…{text[-6:]}" if _UUID.fullmatch(text) else text


def _moment(text: str) -> str:
    if _DAY.fullmatch(text):
        return "/".join(reversed(text.split("-")))
    if len(text) < 20 or text[4:5] != "-":
        return ""
    try:
        return datetime.fromisoformat(text).astimezone(VN).strftime("%d/%m/%Y %H:%M")
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Names:
    """What this floor can't know by itself: audit lies below units and accounts."""

    unit: Callable[[str], str]
    actors: Callable[[Iterable[UUID]], Mapping[UUID, str]]
    find_actors: Callable[[str], list[UUID]]
    role: Callable[[str], str]


_names = Names(unit=str, actors=lambda ids: {}, find_actors=lambda text: [], role=str)


def use(names: Names) -> None:
    global _names
    _names = names


def names() -> Names:
    return _names
