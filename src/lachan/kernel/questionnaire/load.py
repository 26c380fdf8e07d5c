"""Reading a FHIR R4 Questionnaire. What this subset doesn't know is refused, not ignored: a condition dropped in
silence would show or hide a question wrongly."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire.formats import FORMATS
from lachan.kernel.questionnaire.model import (
    ITEM_TYPES,
    QUESTION_TYPES,
    Condition,
    Item,
    Option,
    Questionnaire,
    Text,
)

OWN = "https://lachan.vn/fhir/"
"""Where our extensions are named: ``…/role``, ``…/format``, ``…/changes``, ``…/list``, ``…/export``, ``…/sensitive``,
``…/hint``, ``…/past``, ``…/within-days`` on items; ``…/document``, ``…/source-confidence`` and ``…/use`` on the form."""
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
MIN_VALUE = "http://hl7.org/fhir/StructureDefinition/minValue"
MAX_VALUE = "http://hl7.org/fhir/StructureDefinition/maxValue"
OPERATORS = frozenset(("exists", "=", "!=", ">", "<", ">=", "<="))
ORDERED = frozenset(("integer", "decimal", "date"))

_ANSWER = {
    "boolean": ("answerBoolean", bool), "choice": ("answerCoding", dict), "string": ("answerString", str),
    "text": ("answerString", str), "integer": ("answerInteger", int), "decimal": ("answerDecimal", (int, float)),
    "date": ("answerDate", str),
}  # fmt: skip
_INITIAL = {
    "boolean": ("valueBoolean", bool), "choice": ("valueCoding", dict), "string": ("valueString", str),
    "text": ("valueString", str), "integer": ("valueInteger", int), "decimal": ("valueDecimal", (int, float)),
    "date": ("valueDate", str),
}  # fmt: skip
_ITEM_KEYS = frozenset((
    "linkId", "type", "text", "_text", "required", "repeats", "readOnly", "maxLength", "enableWhen",
    "enableBehavior", "initial", "answerOption", "extension", "item", "prefix",
))  # fmt: skip
_LINK_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MAX_DEPTH = 8


def read(source: Any) -> Questionnaire:
    """A Questionnaire from a path or a parsed resource."""
    raw = json.loads(Path(source).read_text(encoding="utf-8")) if isinstance(source, str | Path) else source
    if not isinstance(raw, Mapping) or raw.get("resourceType") != "Questionnaire":
        raise InvalidInput("form_not_a_questionnaire")
    form = _string(raw, "id", "")
    items = _items(raw.get("item"), (), False)
    flat = _flatten(items, form)
    start, end = _period(raw, form)
    own = _extensions(raw, form)
    return Questionnaire(
        id=form,
        version=_string(raw, "version", form),
        title=_text(raw, "title", form),
        document=_string(own, f"{OWN}document", form),
        source_confidence=own.get(f"{OWN}source-confidence", "memory"),
        valid_from=start,
        valid_to=end,
        items=items,
        by_link_id=MappingProxyType(flat),
        order=_order(flat),
        source=MappingProxyType(dict(raw)),
        use=own.get(f"{OWN}use", "declaration"),
    )


def _fail(code: str, link_id: str, **params: Any) -> InvalidInput:
    return InvalidInput(code, field=link_id, **params)


def _string(raw: Mapping[str, Any], key: str, link_id: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _fail("form_missing", link_id, key=key)
    return value


def _period(raw: Mapping[str, Any], form: str) -> tuple[date, date | None]:
    """``effectivePeriod``; FHIR's end is its last day, ours the day after."""
    period = raw.get("effectivePeriod") or {}
    try:
        start, end = date.fromisoformat(period["start"]), period.get("end")
        return start, date.fromisoformat(end) + timedelta(days=1) if end else None
    except (KeyError, TypeError, ValueError):
        raise _fail("form_period", form) from None


def _extensions(raw: Mapping[str, Any], link_id: str) -> dict[str, Any]:
    """url → value of the simple extensions of an element."""
    found: dict[str, Any] = {}
    for extension in raw.get("extension", ()):
        url = extension.get("url")
        values = [value for key, value in extension.items() if key.startswith("value")]
        if not isinstance(url, str) or url in found or (url.startswith(OWN) and not values):
            raise _fail("form_extension", link_id, url=str(url)[:80])
        if values:
            found[url] = values[0]
    return found


def _text(raw: Mapping[str, Any], key: str, link_id: str) -> Text:
    """Vietnamese from the element, English from its translation extension; both must be there."""
    texts = {"vi": _string(raw, key, link_id)}
    for extension in (raw.get(f"_{key}") or {}).get("extension", ()):
        if extension.get("url") == TRANSLATION:
            parts = {
                part["url"]: part.get("valueCode") or part.get("valueString")
                for part in extension["extension"]
            }
            texts[str(parts.get("lang"))] = str(parts.get("content") or "").strip()
    if not texts.get("en"):
        raise _fail("form_untranslated", link_id, key=key)
    return MappingProxyType(texts)


def _items(raw: Any, parents: tuple[str, ...], changes: bool) -> tuple[Item, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or len(parents) > _MAX_DEPTH:
        raise _fail("form_items", parents[-1] if parents else "")
    return tuple(_item(item, parents, changes) for item in raw)


def _item(raw: Any, parents: tuple[str, ...], inherited_changes: bool) -> Item:
    link_id, kind = _identity(raw)
    own = _extensions(raw, link_id)
    is_question = kind in QUESTION_TYPES
    changes = bool(own.get(f"{OWN}changes", inherited_changes))
    options = tuple(_option(option, link_id) for option in raw.get("answerOption", ()))
    _check(raw, link_id, kind, own, options)
    return Item(
        link_id=link_id,
        type=kind,
        text=_text(raw, "text", link_id),
        hint=_hint(raw, link_id),
        required=raw.get("required", False),
        repeats=raw.get("repeats", False),
        read_only=raw.get("readOnly", False),
        max_length=raw.get("maxLength", 0),
        minimum=own.get(MIN_VALUE),
        maximum=own.get(MAX_VALUE),
        initial=_initial(raw, link_id, kind),
        options=options,
        enable_when=tuple(_condition(condition, link_id) for condition in raw.get("enableWhen", ())),
        enable_behavior=raw.get("enableBehavior", "all"),
        role=own.get(f"{OWN}role", ""),
        format=own.get(f"{OWN}format", ""),
        changes=changes,
        in_list=is_question and bool(own.get(f"{OWN}list", False)),
        in_export=is_question and bool(own.get(f"{OWN}export", True)),
        sensitive=bool(own.get(f"{OWN}sensitive", False)),
        past=bool(own.get(f"{OWN}past", False)),
        within_days=own.get(f"{OWN}within-days", 0),
        parents=parents,
        items=_items(raw.get("item"), (*parents, link_id), changes),
    )


def _identity(raw: Any) -> tuple[str, str]:
    link_id = raw.get("linkId") if isinstance(raw, Mapping) else None
    if not isinstance(link_id, str) or not _LINK_ID.fullmatch(link_id):
        raise _fail("form_link_id", str(link_id)[:64])
    kind = raw.get("type")
    if kind not in ITEM_TYPES:
        raise _fail("form_type", link_id, type=str(kind)[:40])
    unknown = sorted(set(raw) - _ITEM_KEYS)
    if unknown:
        raise _fail("form_unsupported", link_id, key=unknown[0])
    return link_id, str(kind)


def _check(
    raw: Mapping[str, Any], link_id: str, kind: str, own: Mapping[str, Any], options: tuple[Option, ...]
) -> None:
    """What must hold of one item by itself."""
    if kind not in QUESTION_TYPES and (raw.get("required") or raw.get("repeats") or f"{OWN}role" in own):
        raise _fail("form_not_a_question", link_id)
    if (kind == "choice") != bool(options) or len({option.code for option in options}) != len(options):
        raise _fail("form_options", link_id)
    if kind != "group" and raw.get("item"):
        raise _fail("form_nested_question", link_id)
    if raw.get("enableBehavior", "all") not in ("all", "any"):
        raise _fail("form_enable_behavior", link_id)
    wanted = own.get(f"{OWN}format", "")
    if wanted and (kind not in ("string", "date") or wanted not in FORMATS):
        raise _fail("form_format", link_id, format=str(wanted)[:40])


def _option(raw: Any, link_id: str) -> Option:
    coding = raw.get("valueCoding")
    if not isinstance(coding, Mapping):
        raise _fail("form_options", link_id)
    return Option(
        _string(coding, "code", link_id), _text(coding, "display", link_id), coding.get("system", "")
    )


def _hint(raw: Mapping[str, Any], link_id: str) -> Text | None:
    for extension in raw.get("extension", ()):
        if extension.get("url") == f"{OWN}hint":
            return _text(extension, "valueString", link_id)
    return None


def _typed(raw: Mapping[str, Any], table: Mapping[str, Any], kind: str, link_id: str, code: str) -> Any:
    """The value of a ``value[x]`` or ``answer[x]`` of the type that the question asks."""
    key, python = table.get(kind, ("", ()))
    value = raw.get(key)
    if not isinstance(value, python) or (isinstance(value, bool) and kind != "boolean"):
        raise _fail(code, link_id)
    return _string(value, "code", link_id) if kind == "choice" else value


def _initial(raw: Mapping[str, Any], link_id: str, kind: str) -> Any:
    initial = raw.get("initial")
    if initial is None:
        return None
    if not isinstance(initial, list) or len(initial) != 1:
        raise _fail("form_initial", link_id)
    return _typed(initial[0], _INITIAL, kind, link_id, "form_initial")


def _condition(raw: Any, link_id: str) -> Condition:
    """A condition as written; ``_order`` checks it against the question that it asks."""
    operator = raw.get("operator")
    if operator not in OPERATORS:
        raise _fail("form_enable_operator", link_id, operator=str(operator)[:20])
    return Condition(_string(raw, "question", link_id), operator, raw)


def _flatten(items: Iterable[Item], form: str) -> dict[str, Item]:
    flat: dict[str, Item] = {}
    every = [item for top in items for item in top.walk()]
    for item in every:
        if item.link_id in flat:
            raise _fail("form_duplicate", item.link_id)
        flat[item.link_id] = item
    if not any(item.is_question for item in every):
        raise _fail("form_empty", form)
    for item in every:
        object.__setattr__(item, "enable_when", tuple(_resolve(c, flat, item) for c in item.enable_when))
    return flat


def _resolve(condition: Condition, flat: Mapping[str, Item], item: Item) -> Condition:
    """The condition with its answer read by the type of the question."""
    asked = flat.get(condition.question)
    if asked is None or not asked.is_question:
        raise _fail("form_enable_question", item.link_id, question=condition.question)
    operator = condition.operator
    if operator == "exists":
        answer = condition.answer.get("answerBoolean")
        if not isinstance(answer, bool):
            raise _fail("form_enable_type", item.link_id, question=condition.question)
        return Condition(asked.link_id, operator, answer)
    if operator not in ("=", "!=") and asked.type not in ORDERED:
        raise _fail("form_enable_type", item.link_id, question=condition.question)
    return Condition(
        asked.link_id,
        operator,
        _typed(condition.answer, _ANSWER, asked.type, item.link_id, "form_enable_type"),
    )


def _order(flat: Mapping[str, Item]) -> tuple[str, ...]:
    """Every linkId after what it depends on; a circle of conditions is refused."""
    done: dict[str, None] = {}

    def visit(link_id: str, path: tuple[str, ...]) -> None:
        if link_id in done:
            return
        if link_id in path:
            raise _fail("form_enable_circle", link_id)
        item = flat[link_id]
        for needed in (*item.parents, *(condition.question for condition in item.enable_when)):
            visit(needed, (*path, link_id))
        done[link_id] = None

    for link_id in flat:
        visit(link_id, ())
    return tuple(done)
