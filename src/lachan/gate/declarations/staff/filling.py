"""A form that an officer fills in for someone: only the questions that apply are shown, as the answers go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms import BoundField
from django.http import QueryDict

from lachan.base.messages import text_of
from lachan.gate.declarations.citizen.forms import DeclarationForm, Group, is_box
from lachan.gate.declarations.prepare import Refused
from lachan.gate.declarations.staff.columns import language
from lachan.kernel.questionnaire import Item, Questionnaire, enabled
from lachan.registry.units import selectors as units

SHOWN = "_shown"
ASKS_AGAIN = {
    "hx-trigger": "change",
    "hx-include": "closest form",
    "hx-target": "#questions",
    "hx-swap": "outerHTML",
}


@dataclass(slots=True)
class Filling:
    """A form being filled in. `new`: questions that the last answers brought up, not yet seen by the officer."""

    form: DeclarationForm
    shown: frozenset[str]
    new: frozenset[str]
    gates: frozenset[str]

    @property
    def ready(self) -> bool:
        """Everything asked was seen, and every answer is good."""
        return not self.new and self.form.is_valid()

    @property
    def groups(self) -> list[Group]:
        """The page, without the questions that don't apply."""
        made = []
        for group in self.form.groups():
            parts = tuple(
                part for part in group.parts if not isinstance(part, BoundField) or part.name in self.shown
            )
            if any(isinstance(part, BoundField) for part in parts):
                made.append(Group(group.title, group.level, parts))
        return made

    @property
    def shown_text(self) -> str:
        """The hidden field that says which questions were on the page."""
        return " ".join(sorted(self.shown))

    def refuse(self, refused: Refused) -> None:
        """Put what the service refused beside its field."""
        self.form.show_refusals({error.field: text_of(error.code, error.params) for error in refused.fields})


def fill(
    questionnaire: Questionnaire,
    today: date,
    data: QueryDict | None,
    address: str,
    given: Mapping[str, Any] | None = None,
) -> Filling:
    """The form with what was sent so far, or with the answers `given` before. `address`: where a changed answer asks
    which questions to show."""
    form = DeclarationForm(questionnaire, language(), today, data)
    answers: Mapping[str, Any] = given or {
        item.link_id: item.initial for item in questionnaire.questions() if item.initial is not None
    }
    form.initial = {
        item.link_id: _as_typed(item, answers.get(item.link_id)) for item in questionnaire.questions()
    }
    if data is not None:
        form.is_valid()
        answers = form.answers
    shown = frozenset(enabled(questionnaire, answers))
    seen = frozenset(data.get(SHOWN, "").split()) if data is not None else shown
    questions = frozenset(item.link_id for item in questionnaire.questions())
    gates = frozenset(
        condition.question for item in questionnaire.by_link_id.values() for condition in item.enable_when
    )
    filling = Filling(form, shown, (shown & questions) - seen, gates)
    _prepare(filling, data or QueryDict(), address)
    return filling


def _as_typed(item: Item, value: Any) -> Any:
    """An answer as its input holds it."""
    if isinstance(value, bool) and not is_box(item):
        return "true" if value else "false"
    if isinstance(value, list) and item.type != "choice":
        return "\n".join(str(one) for one in value)
    return value


def _prepare(filling: Filling, data: QueryDict, address: str) -> None:
    """Mark what other questions hang on, and give the words of a unit that is chosen already."""
    for name, field in filling.form.fields.items():
        if name in filling.gates:
            field.widget.attrs |= {**ASKS_AGAIN, "hx-post": address}
        if "data-unit" in field.widget.attrs:
            field.widget.attrs.pop("list", None)
            chosen = str(data.get(name, ""))
            if units.by_path(chosen) is not None:
                field.widget.attrs["data-label"] = units.label(chosen)


def only_show(filling: Filling) -> None:
    """The page is shown again because answers changed, not because it was sent: no errors yet."""
    filling.form.errors.clear()
