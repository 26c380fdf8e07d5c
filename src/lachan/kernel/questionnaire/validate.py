"""A form as one function: answers in, clean answers and every error out.

Answers come from anyone with a phone, so nothing about them is taken for granted; whatever is wrong becomes a
FieldError, never an exception.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import formats
from lachan.kernel.questionnaire.generate import Check, Row, compile_run
from lachan.kernel.questionnaire.model import Clean, FieldError, Item, Questionnaire

MAX_REPEATS = 50
MAX_UNKNOWN = 20
"""So many unknown fields are named; a hostile client sends thousands."""
_LARGEST = 2**53 - 1
_DEFAULT_LENGTH = {"string": 255, "text": 2000}
_TYPE_CODES = frozenset(("not_text", "not_boolean", "not_number", "not_integer", "not_choice"))


class Validator:
    """``validator(answers, today)``: answers by linkId as JSON gives them, and the day in Vietnam."""

    def __init__(self, form: Questionnaire) -> None:
        self.form = form
        self._run = compile_run(form, _plan(form), self._keep)
        self._known = frozenset(item.link_id for item in form.questions())
        self._place = {link_id: place for place, link_id in enumerate(form.by_link_id)}

    def __call__(self, answers: Mapping[str, Any], today: date) -> Clean:
        """Validate. Never raises for what the answers hold."""
        if type(answers) is not dict:
            if not isinstance(answers, Mapping):
                return Clean({}, {}, [FieldError("", "not_an_object")])
            answers = dict(answers)
        clean, record, errors = self._run(answers, today)
        if not answers.keys() <= self._known:
            errors += self._unknown(answers)
        if len(errors) > 1:
            last = len(self._place)
            errors.sort(key=lambda error: self._place.get(error.field, last))
        return Clean(clean, record, errors)

    def _keep(
        self, row: Row, value: Any, today: date, clean: dict[str, Any], errors: list[FieldError]
    ) -> None:
        """Any answer to a question that is shown; the generated pass takes the usual ones by itself."""
        assert row.check is not None
        if not value and (value is None or value == "" or value == []):
            if row.required:
                errors.append(FieldError(row.link_id, "required"))
            elif value is None:
                clean[row.link_id] = None
            return
        try:
            kept = row.check(value, today)
        except InvalidInput as error:
            errors.append(self._error(row.link_id, value, error))
            return
        if kept or (kept != "" and kept != []):
            clean[row.link_id] = kept
        elif row.required:
            errors.append(FieldError(row.link_id, "required"))

    def _error(self, link_id: str, value: Any, error: InvalidInput) -> FieldError:
        """Checks refuse what isn't their type; that a list was given where one answer goes is told apart here."""
        if type(value) is list and error.code in _TYPE_CODES and not self.form.by_link_id[link_id].repeats:
            return FieldError(link_id, "single_value")
        return FieldError(link_id, error.code, error.params)

    def _unknown(self, answers: Mapping[Any, Any]) -> list[FieldError]:
        unknown = [key for key in answers if key not in self._known][:MAX_UNKNOWN]
        return [FieldError(_printable(key), "unknown_field") for key in unknown]


def compile_validator(form: Questionnaire) -> Validator:
    """The validator of a form; ``Questionnaire.compile`` keeps it."""
    return Validator(form)


def _printable(key: Any) -> str:
    """A field name of a stranger's making, fit for a log and a page."""
    text = key if isinstance(key, str) else type(key).__name__
    return "".join(c if c.isprintable() else "?" for c in text[:64])


def _plan(form: Questionnaire) -> list[Row]:
    rows, gated = [], set()
    for link_id in form.order:
        item = form.by_link_id[link_id]
        parent = item.parents[-1] if item.parents and item.parents[-1] in gated else None
        tested = bool(item.enable_when)
        if parent or tested:
            gated.add(link_id)
        if item.is_question or link_id in gated:
            rows.append(_row(item, parent, tested))
    return rows


def _row(item: Item, parent: str | None, tested: bool) -> Row:
    plain = not item.repeats and not item.read_only
    return Row(
        item.link_id,
        parent,
        tested,
        _check_of(item) if item.is_question else None,
        yes_no=item.type == "boolean" and item.role != "pledge" and plain,
        codes=frozenset(option.code for option in item.options) if item.type == "choice" and plain else None,
        required=item.required,
        fixed=item.initial if item.read_only else "",
    )


def _check_of(item: Item) -> Check:
    check = _BUILDERS[item.type](item)
    if item.read_only:
        check = _read_only(item.initial)
    return _repeated(check) if item.repeats else check


def _repeated(check: Check) -> Check:
    def each(value: Any, today: date) -> list[Any]:
        values = value if type(value) is list else [value]
        if len(values) > MAX_REPEATS:
            raise InvalidInput("too_many", max=MAX_REPEATS)
        kept = []
        for entry in values:
            if type(entry) is list:
                raise InvalidInput("nested_list")
            clean = check(entry, today)
            if clean != "":
                kept.append(clean)
        return kept

    return each


def _read_only(fixed: Any) -> Check:
    def check(value: Any, _today: date) -> Any:
        if type(value) is not type(fixed) or value != fixed:
            raise InvalidInput("read_only")
        return value

    return check


def _boolean(item: Item) -> Check:
    pledge = item.role == "pledge"

    def check(value: Any, _today: date) -> bool:
        if value is True or (value is False and not pledge):
            return bool(value)
        raise InvalidInput("pledge_required" if value is False else "not_boolean")

    return check


def _choice(item: Item) -> Check:
    codes = frozenset(option.code for option in item.options)

    def check(value: Any, _today: date) -> str:
        if type(value) is str and value in codes:
            return value
        raise InvalidInput("not_choice")

    return check


def _string(item: Item) -> Check:
    limit = item.max_length or _DEFAULT_LENGTH[item.type]
    clean = formats.paragraph if item.type == "text" else formats.line
    if item.format == "partial-date":
        return _past_partial(item)
    if item.format:
        return _formed(formats.FORMATS[item.format])

    def free(value: Any, _today: date) -> str:
        return clean(_text(value), limit)

    return free


def _formed(parse: formats.Format) -> Check:
    def formed(value: Any, today: date) -> str:
        text = _text(value)
        return "" if not text or text.isspace() else parse(text, today)

    return formed


def _text(value: Any) -> str:
    if type(value) is not str:
        raise InvalidInput("not_text")
    if len(value) > formats.LONGEST:
        raise InvalidInput("text_too_long", max=formats.LONGEST)
    return value


def _integer(item: Item) -> Check:
    low = -_LARGEST if item.minimum is None else item.minimum
    high = _LARGEST if item.maximum is None else item.maximum

    def check(value: Any, _today: date) -> int:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise InvalidInput("not_integer")
        if not low <= value <= high:
            raise InvalidInput("out_of_range", min=low, max=high)
        return int(value)

    return check


def _decimal(item: Item) -> Check:
    low = -_LARGEST if item.minimum is None else item.minimum
    high = _LARGEST if item.maximum is None else item.maximum

    def check(value: Any, _today: date) -> float:
        if type(value) not in (int, float) or (type(value) is float and not math.isfinite(value)):
            raise InvalidInput("not_number")
        if not low <= value <= high:
            raise InvalidInput("out_of_range", min=low, max=high)
        return value

    return check


def _date(item: Item) -> Check:
    if item.format == "partial-date":
        return _past_partial(item)
    past, within = item.past, item.within_days

    def check(value: Any, today: date) -> str:
        day = formats.iso_date(_text(value))
        if past:
            formats.not_after(day, today)
        if within and (today - day).days > within:
            raise InvalidInput("date_too_old", days=within)
        return value

    return check


def _past_partial(item: Item) -> Check:
    past = item.past or item.role == "birth"

    def check(value: Any, today: date) -> str:
        text = _text(value)
        if len(text) == 10 and text[4] == "-":
            day = formats.iso_date(text)
            if past:
                formats.not_after(day, today)
            return text
        if not text.strip():
            return ""
        found = formats.read_partial(text)
        if past:
            formats.not_after(found.earliest(), today)
        return found.iso()

    return check


def _date_time(item: Item) -> Check:
    past = item.past

    def check(value: Any, today: date) -> str:
        moment = formats.date_time(_text(value))
        if past:
            formats.not_after(moment.date(), today)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

    return check


_BUILDERS: dict[str, Callable[[Item], Check]] = {
    "boolean": _boolean, "choice": _choice, "string": _string, "text": _string, "integer": _integer,
    "decimal": _decimal, "date": _date, "dateTime": _date_time,
}  # fmt: skip
