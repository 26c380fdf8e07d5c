"""A Questionnaire as a Django form: one field a question, laid out by groups, checked by the form's own validator.

Adding a question to the Questionnaire file is enough: nothing here names one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from lachan.base.messages import text_of
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Item, Questionnaire, enabled
from lachan.registry.units import selectors as units

FEW = 5
"""So many options are shown as buttons; more become a list."""
MOST_LINES = 50
_INPUTS: dict[str, dict[str, str]] = {
    "name": {"autocomplete": "name", "autocapitalize": "words"},
    "phone": {"type": "tel", "autocomplete": "tel", "inputmode": "tel"},
    "email": {"type": "email", "autocomplete": "email", "inputmode": "email"},
    "cccd": {"inputmode": "numeric", "autocomplete": "off"},
    "passport": {"autocomplete": "off", "autocapitalize": "characters"},
    "insurance": {"autocomplete": "off", "autocapitalize": "characters"},
    "plate": {"autocomplete": "off", "autocapitalize": "characters"},
    "unit": {"autocomplete": "off", "list": "communes", "data-unit": ""},
    "partial-date": {"autocomplete": "bday", "placeholder": "17/05/1990"},
}


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of the page: its text items and fields in order. `level` 0 stands alone, deeper ones inside."""

    title: str
    level: int
    parts: tuple[str | BoundField, ...]
    when: str = ""


class DeclarationForm(forms.Form):
    """The form of a Questionnaire in one language. `answers` are what `Submission.answers` takes."""

    def __init__(self, questionnaire: Questionnaire, lang: str, today: date, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        self.questionnaire = questionnaire
        self.lang = lang
        self.today = today
        self.answers: dict[str, Any] = {}
        for item in questionnaire.questions():
            self.fields[item.link_id] = _field(item, lang)

    def _clean_fields(self) -> None:
        """Django's own checks are left out: the Questionnaire's validator has the say."""
        given = {item.link_id: self._given(item) for item in self.questionnaire.questions()}
        answers = {link_id: value for link_id, value in given.items() if value is not None}
        self._resolve_units(answers)
        self._untick(answers)
        clean = self.questionnaire.compile()(answers, self.today)
        for error in clean.errors:
            if error.field in self.fields and not self.has_error(error.field):
                self.add_error(error.field, text_of(error.code, error.params))
        self.answers = answers

    def show_refusals(self, refusals: Mapping[str, str]) -> None:
        """Put what the service refused beside the fields; what belongs to none goes to the top."""
        for field, text in refusals.items():
            self.add_error(field if field in self.fields else None, text)

    def _given(self, item: Item) -> Any:
        raw = self.fields[item.link_id].widget.value_from_datadict(self.data, self.files, item.link_id)
        return _typed(item, raw)

    def _resolve_units(self, answers: dict[str, Any]) -> None:
        for item in self.questionnaire.questions():
            if item.format != "unit" or item.link_id not in answers:
                continue
            value = answers[item.link_id]
            found = [_unit_path(text) for text in (value if item.repeats else [value])]
            if None in found:
                self.add_error(item.link_id, text_of("unit_unknown"))
                del answers[item.link_id]
            else:
                answers[item.link_id] = found if item.repeats else found[0]

    def _untick(self, answers: dict[str, Any]) -> None:
        """A box that was there to tick and wasn't ticked says no; one that wasn't asked says nothing."""
        shown = enabled(self.questionnaire, answers)
        for item in self.questionnaire.questions():
            if (
                is_box(item)
                and item.link_id in shown
                and item.link_id not in answers
                and item.role != "pledge"
            ):
                answers[item.link_id] = False

    def groups(self) -> Iterator[Group]:
        """The page from top to bottom; a group inside another follows it as its own."""
        yield from self._groups(self.questionnaire.items, "", 0, "")

    def _groups(self, items: tuple[Item, ...], title: str, level: int, when: str) -> Iterator[Group]:
        parts: list[str | BoundField] = []
        for item in items:
            if item.type == "group":
                if parts:
                    yield Group(title, level, tuple(parts), when)
                    parts, title = [], ""
                inner = level + 1 if item.parents else level
                yield from self._groups(item.items, item.text[self.lang], inner, self._condition(item))
            else:
                parts.append(item.text[self.lang] if item.type == "display" else self[item.link_id])
        if parts:
            yield Group(title, level, tuple(parts), when)

    def _condition(self, item: Item) -> str:
        """Without scripts every group shows: the words say when one is to be filled in."""
        if not item.enable_when:
            return ""
        asked = self.questionnaire.by_link_id[item.enable_when[0].question]
        wanted = item.enable_when[0].answer
        if isinstance(wanted, bool):
            words = dict(_yes_no(asked))["true" if wanted else "false"]
            return _("Chỉ điền khi trả lời “%(answer)s” ở mục: %(question)s") % {
                "answer": words,
                "question": asked.text[self.lang],
            }
        return _("Chỉ điền nếu đúng với bạn")


def is_box(item: Item) -> bool:
    """A question with a box to tick, in place of yes and no: what needn't be answered, and the pledge."""
    return item.type == "boolean" and (not item.required or item.role == "pledge")


def _field(item: Item, lang: str) -> forms.Field:
    field = forms.CharField(
        required=item.required,
        label=item.text[lang],
        help_text=item.hint[lang] if item.hint else "",
        initial=item.initial,
        widget=_widget(item, lang),
    )
    if is_box(item):
        field.widget.attrs.pop("required", None)
    return field


def _widget(item: Item, lang: str) -> forms.Widget:
    if item.type == "boolean":
        return forms.CheckboxInput() if is_box(item) else forms.RadioSelect(choices=_yes_no(item))
    if item.type == "choice":
        return _choices(item, lang)
    if item.repeats or item.type == "text":
        return forms.Textarea(attrs={"rows": 3, **_length(item)})
    if item.type == "date" and item.format != "partial-date":
        return forms.DateInput(attrs={"type": "date"})
    if item.type == "dateTime":
        return forms.DateTimeInput(attrs={"type": "datetime-local"})
    if item.type in ("integer", "decimal"):
        return forms.TextInput(attrs={"inputmode": "numeric" if item.type == "integer" else "decimal"})
    return forms.TextInput(attrs={**_INPUTS.get(item.format, {}), **_length(item)})


def _yes_no(item: Item) -> list[tuple[str, str]]:
    """A question named `no_…` says that there is none of something: "true" to a "no" reads badly."""
    absence = item.link_id.startswith("no_")
    words = (_("Không có"), _("Có")) if absence else (_("Đúng"), _("Không đúng"))
    return [("true", words[0]), ("false", words[1])]


def _choices(item: Item, lang: str) -> forms.Widget:
    options = [(option.code, option.text[lang]) for option in item.options]
    if item.repeats:
        return forms.CheckboxSelectMultiple(choices=options)
    if len(options) <= FEW:
        return forms.RadioSelect(choices=options)
    return forms.Select(choices=[("", _("Chọn…")), *options])


def _length(item: Item) -> dict[str, int]:
    return {"maxlength": item.max_length} if item.max_length and not item.repeats else {}


def _typed(item: Item, raw: Any) -> Any:
    """What the browser sent as JSON would have it; None for nothing."""
    if item.type == "boolean":
        return {"true": True, "false": False, True: True}.get(raw)
    if item.type == "choice" and item.repeats:
        return list(raw) or None
    text = raw.strip() if isinstance(raw, str) else raw
    if text is None or text == "":
        return None
    if item.repeats:
        return [line.strip() for line in text.splitlines()[:MOST_LINES] if line.strip()] or None
    if item.type in ("integer", "decimal"):
        return _number(text)
    if item.type == "date" and item.format != "partial-date":
        return _iso(text)
    return text


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text.replace(",", "."))
    except ValueError:
        return text


def _iso(text: str) -> str:
    """A browser without a date picker sends what was typed: 17/05/2021."""
    try:
        return parse_date(text[:40]).iso()
    except InvalidInput:
        return text


def _unit_path(text: str) -> str | None:
    """The path of what was picked or typed; None when it is no commune, or could be several."""
    unit = units.by_path(text)
    if unit is not None:
        return str(unit.path)
    found = units.match(text[:200]) or units.search(text, limit=2)
    return str(found[0].path) if len(found) == 1 else None
