"""The form in memory: items with their text in each language, and the conditions that show them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lachan.kernel.questionnaire.validate import Validator

Text = Mapping[str, str]
"""Language code → text; always ``vi`` and ``en``."""

QUESTION_TYPES = frozenset(("boolean", "choice", "string", "text", "integer", "decimal", "date", "dateTime"))
ITEM_TYPES = QUESTION_TYPES | {"group", "display"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One ``enableWhen``: the question asked, an operator, and the answer to compare with."""

    question: str
    operator: str
    answer: Any


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    code: str
    text: Text
    system: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A question, a group of items or a piece of text.

    ``role`` is its place in the core record; ``format`` a stricter form of its answer; ``changes`` says that a return
    visit asks it again; ``in_list`` and ``in_export`` where staff see it; ``sensitive`` that owners of places never do;
    ``past`` and ``within_days`` bound a date by the day of declaring.
    ``parents`` are the linkIds of the groups around it, outermost first.
    """

    link_id: str
    type: str
    text: Text
    hint: Text | None = None
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    max_length: int = 0
    minimum: int | None = None
    maximum: int | None = None
    initial: Any = None
    options: tuple[Option, ...] = ()
    enable_when: tuple[Condition, ...] = ()
    enable_behavior: str = "all"
    role: str = ""
    format: str = ""
    changes: bool = False
    in_list: bool = False
    in_export: bool = True
    sensitive: bool = False
    past: bool = False
    within_days: int = 0
    parents: tuple[str, ...] = ()
    items: tuple["Item", ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether the item takes an answer."""
        return self.type in QUESTION_TYPES

    def walk(self) -> Iterator["Item"]:
        """This item and everything in it, in the order of the page."""
        yield self
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer. ``field`` is its linkId, ``code`` is for the caller to put into words."""

    field: str
    code: str
    params: Mapping[str, Any] = default(default_factory=dict)


@dataclass(slots=True)
class Clean:
    """Answers after validation.

    ``answers``: normalised, by linkId; a question that isn't enabled is dropped, one answered "not applicable" is
    None, one not answered isn't there. ``record``: the same values by role. ``errors``: everything wrong, at once.
    """

    answers: dict[str, Any]
    record: dict[str, Any]
    errors: list[FieldError]

    @property
    def ok(self) -> bool:
        """Whether the declaration can be accepted."""
        return not self.errors


@dataclass(frozen=True, slots=True)
class Column:
    """A question as a column of the staff list and of the export. ``kind``: its format, else its type."""

    link_id: str
    label: Text
    kind: str
    in_list: bool
    in_export: bool
    sensitive: bool
    options: Mapping[str, Text]


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """A form in one version. ``by_link_id`` holds every item, groups and texts included, in order of the page."""

    id: str
    version: str
    title: Text
    document: str
    source_confidence: str
    valid_from: date
    valid_to: date | None
    items: tuple[Item, ...]
    by_link_id: Mapping[str, Item]
    order: tuple[str, ...]
    """linkIds in an order in which each comes after the questions that its conditions ask."""
    source: Mapping[str, Any]
    """The FHIR resource as it was read, for the offline page."""
    use: str = "declaration"
    """What the form is for. Only declarations are offered to citizens and places."""
    _validator: list["Validator"] = default(default_factory=list, repr=False)

    @classmethod
    def load(cls, source: Any) -> "Questionnaire":
        """Read a FHIR Questionnaire from a path, or from the parsed resource. Raises InvalidInput ``form_…``."""
        from lachan.kernel.questionnaire.load import read

        return read(source)

    def compile(self) -> "Validator":
        """The form's validator, made at the first call."""
        if not self._validator:
            from lachan.kernel.questionnaire.validate import compile_validator

            self._validator.append(compile_validator(self))
        return self._validator[0]

    def questions(self) -> tuple[Item, ...]:
        """The items that take an answer, in order of the page."""
        return tuple(item for item in self.by_link_id.values() if item.is_question)

    def return_visit(self) -> tuple[Item, ...]:
        """The questions that a return visit inside the window asks again."""
        return tuple(item for item in self.questions() if item.changes)

    def merge_return(self, earlier: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
        """Answers of a return visit: the new ones, and of the earlier visit what isn't asked again."""
        again = {item.link_id for item in self.return_visit()}
        kept = {link_id: value for link_id, value in earlier.items() if link_id not in again}
        return {**kept, **new}
