"""Rows, reasons and answers as pages show them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import Reason
from lachan.gate.declarations.prepare.make import HELD, HOLD_TEXTS
from lachan.gate.declarations.services.requests import erased
from lachan.gate.declarations.staff import columns
from lachan.kernel import policies
from lachan.kernel.clock import local_day
from lachan.kernel.decisions import RuleSet
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Column, Item, Questionnaire, enabled
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

PAPER = "paper"
SHORT_REASONS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the list shows it. `cells`: (heading, value) in the order of the columns; `details`: those with a value."""

    entry: Entry
    residence: str
    declared: str
    destination: str
    place: str
    reasons: tuple[str, ...]
    more: int
    cells: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]

    @property
    def unconfirmed(self) -> bool:
        """A paper form shows nothing as green by itself: nobody saw the person and the paper together here."""
        return unconfirmed(self.entry)

    @property
    def plain(self) -> bool:
        """Whether the result says all that stands in its cell."""
        return not self.flags and not self.unconfirmed

    @property
    def erased(self) -> bool:
        return erased(self.entry)


def unconfirmed(entry: Entry) -> bool:
    """Whether a green result came from paper, and so isn't shown as one."""
    return entry.channel == PAPER and entry.result == 0


def near(path: str) -> str:
    """A unit's label without the installation's own province."""
    text = units.label(path)
    home = f"{settings.PROVINCE}/"
    return text.rpartition(", ")[0] if path.startswith(home) and path != home and ", " in text else text


def rows(entries: Sequence[Entry], shown: Sequence[Column]) -> list[Row]:
    """Entries of a page with what they need from elsewhere, each table asked once."""
    places, lang = place_names(entry.place for entry in entries), columns.language()
    titled = [(columns.short(column.label[lang]), column) for column in shown]
    memo = Memo(cache(near), cache(reasons_of))
    return [_row(entry, titled, places, memo) for entry in entries]


class Memo(NamedTuple):
    """A page names the same few units and rules many times: each is put into words once."""

    near: Callable[[str], str]
    reasons_of: Callable[[str, date], list[Reason]]


def place_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one}
    return dict(Place.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def _row(entry: Entry, titled: Sequence[tuple[str, Column]], places: dict[UUID, str], memo: Memo) -> Row:
    extra = extras(entry)
    why = memo.reasons_of(entry.reasons, local_day(entry.occurred_at)) if entry.result else []
    reasons = [reason.text for reason in why if reason.text]
    cells = tuple((title, columns.cell(column, extra)) for title, column in titled)
    return Row(
        entry=entry,
        residence=memo.near(entry.residence),
        declared=memo.near(entry.declared),
        destination=memo.near(entry.destination),
        place=places.get(entry.place, "") if entry.place else "",
        reasons=tuple(reasons[:SHORT_REASONS]),
        more=max(0, len(reasons) - SHORT_REASONS),
        cells=cells,
        details=tuple(pair for pair in cells if pair[1]),
        flags=flag_words(extra.get("_flags", ())),
    )


def extras(entry: Entry) -> dict[str, Any]:
    found = json.loads(entry.extra or "{}")
    return found if isinstance(found, dict) else {}


def flag_words(flags: Sequence[str]) -> tuple[str, ...]:
    if not flags:
        return ()
    known = {
        "clock_ahead": _("Đồng hồ thiết bị chạy trước"),
        "clock_behind": _("Đồng hồ thiết bị chạy chậm"),
        "late": _("Gửi muộn trên 45 ngày"),
    }
    return tuple(known.get(flag, flag) for flag in flags)


def reasons_of(ids: str, day: date) -> list[Reason]:
    """The reasons behind rule ids by the rules of a day, in the reader's language; an id that is no more keeps its name."""
    lang = columns.language()
    known = _texts(day, policies.policy_folders())
    return [known[lang][rule] if rule in known[lang] else Reason(rule, "", rule) for rule in ids.split()]


@lru_cache(maxsize=64)
def _texts(day: date, _folders: Any) -> dict[str, dict[str, Reason]]:
    try:
        rules = RuleSet.at(day)
    except InvalidInput:
        return {"vi": {}, "en": {}}
    every = (*rules.reasons, rules.fallback, rules.broken)
    found = {
        lang: {
            one.rule_id: Reason(one.rule_id, one.result, one.text[lang], one.advice[lang], one.document)
            for one in every
        }
        for lang in ("vi", "en")
    }
    for lang, (text, advice) in HOLD_TEXTS.items():
        found[lang][HELD] = Reason(HELD, "stop", text, advice)
    return found


def reasons_behind(declaration: Declaration) -> list[Reason]:
    """By the very rule set that decided."""
    try:
        day = date.fromisoformat(declaration.ruleset)
    except ValueError:
        day = local_day(declaration.occurred_at)
    return reasons_of(declaration.reasons, day)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the form: (question, answer in words; None where it was asked and not answered)."""

    title: str
    facts: tuple[tuple[str, str | None], ...]


def sections(form: Questionnaire, answers: dict[str, Any]) -> list[Section]:
    """Every question that was asked, with its answer, under the form's own headings."""
    lang, shown = columns.language(), enabled(form, answers)
    found: dict[str, list[tuple[str, str | None]]] = {}
    for item in form.questions():
        if item.link_id in shown or item.link_id in answers:
            title = form.by_link_id[item.parents[0]].text[lang] if item.parents else form.title[lang]
            found.setdefault(title, []).append((item.text[lang], answer_of(item, answers)))
    return [Section(title, tuple(facts)) for title, facts in found.items()]


def answer_of(item: Item, answers: dict[str, Any]) -> str | None:
    """An answer in words; None where there is none."""
    if item.link_id not in answers:
        return None
    options = {option.code: option.text for option in item.options}
    return columns.words(item.format or item.type, options, answers[item.link_id], item.link_id)


def unknown_answers(form: Questionnaire, answers: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Answers to questions that this version of the form no longer has, so that nothing is hidden."""
    return tuple((key, str(value)) for key, value in answers.items() if key not in form.by_link_id)
