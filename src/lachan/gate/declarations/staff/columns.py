"""What a form's file makes of the list and of the export. Nothing here names a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lachan.gate.declarations.prepare.world import NEVER_IN_CLEAR, OWN_COLUMNS
from lachan.kernel import policies
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import display_phone
from lachan.kernel.questionnaire import Column, DatedForm, Questionnaire, columns, forms
from lachan.registry.units import selectors as units

SHORT = 32  # letters of a heading


def language() -> str:
    """The reader's language as forms name it."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def choices() -> list[tuple[str, str]]:
    """(id, title) of every form, for a filter."""
    lang = language()
    return [(form.id, form.versions[-1].title[lang]) for form in forms().values()]


def version_of(form_id: str, version: str, day: date) -> Questionnaire | None:
    """The form as it was when someone declared: that version, else the one in force that day, else the latest."""
    form = forms().get(form_id)
    if form is None:
        return None
    for made in reversed(form.versions):
        if made.version == version:
            return made
    try:
        return form.at(day)
    except InvalidInput:
        return form.versions[-1]


def list_columns(form_id: str = "") -> list[Column]:
    """The questions that the list shows besides its own columns; of every form, or of one."""
    return list(_listed(form_id, policies.policy_folders()))


@lru_cache(maxsize=64)
def _listed(form_id: str, _folders: Any) -> tuple[Column, ...]:
    private = _private(form_id)
    return tuple(column for column in _of(form_id) if column.in_list and column.link_id not in private)


def export_columns(form_id: str = "") -> list[Column]:
    """The questions that the export writes besides its own columns."""
    own = {item.link_id for form in _forms(form_id) for item in form.questions() if item.role in OWN_COLUMNS}
    return [column for column in _of(form_id) if column.in_export and column.link_id not in own]


def _forms(form_id: str) -> list[Questionnaire]:
    """Every version of every form asked for, the newest of each first, so that its words count."""
    found: Iterable[DatedForm] = forms().values()
    return [
        version for form in found if not form_id or form.id == form_id for version in reversed(form.versions)
    ]


def _of(form_id: str) -> list[Column]:
    found: dict[str, Column] = {}
    for form in _forms(form_id):
        for column in columns(form):
            found.setdefault(column.link_id, column)
    return list(found.values())


def _private(form_id: str) -> set[str]:
    """Questions with a column of their own, and those that the list never shows in the clear."""
    hidden = NEVER_IN_CLEAR | OWN_COLUMNS
    return {item.link_id for form in _forms(form_id) for item in form.questions() if item.role in hidden}


def words(kind: str, options: Mapping[str, Mapping[str, str]], value: Any, link_id: str = "") -> str:
    """An answer in words, in the reader's language. None: the question doesn't apply."""
    if value is None:
        return _("Không áp dụng")
    if isinstance(value, list):
        return "; ".join(words(kind, options, one, link_id) for one in value)
    if isinstance(value, bool):
        return _yes_no(link_id, value)
    if value in options:
        return options[str(value)][language()]
    if kind == "unit":
        return units.label(str(value))
    if kind == "phone":
        return _phone(str(value))
    return _date(value) if kind in ("date", "partial-date") else str(value)


def _yes_no(link_id: str, value: bool) -> str:
    """A question named `no_…` says that there is none of something, as the page that asks it has it."""
    if link_id.startswith("no_"):
        return _("Không có") if value else _("Có")
    return _("Có") if value else _("Không")


def _phone(value: str) -> str:
    """As people write it; one that is masked already stays as it is."""
    return display_phone(value) if value.startswith("+") and value[1:].isdigit() else value


def _date(value: Any) -> str:
    try:
        return parse_date(str(value)).display()
    except InvalidInput:
        return str(value)


def cell(column: Column, answers: Mapping[str, Any]) -> str:
    """A column's cell: empty where the question wasn't answered."""
    if column.link_id not in answers:
        return ""
    return words(column.kind, column.options, answers[column.link_id], column.link_id)


def short(label: str) -> str:
    """A question as a heading of a few words: up to its first colon, comma or bracket."""
    head = re.split(r"[:;,(?]", label, maxsplit=1)[0].strip()
    return head if len(head) <= SHORT else f"{head[:SHORT].rsplit(' ', 1)[0]}…"
