"""A form's pass over its answers as one flat Python function, written out and compiled once.

A loop over rows of a plan costs more than most checks do: a form has some forty items and a declaration some forty
microseconds. So the usual answer to each item is taken here, and whatever is unusual goes to ``keep``, which is the
rule in full. Only text that a form can't choose goes into the source; what comes from the form goes in as ``repr`` of
a string or by name.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire.enable import any_equal, condition_test
from lachan.kernel.questionnaire.model import FieldError, Item, Questionnaire

Check = Callable[[Any, date], Any]
Keep = Callable[["Row", Any, date, dict[str, Any], list[FieldError]], None]
Run = Callable[[dict[str, Any], date], tuple[dict[str, Any], dict[str, Any], list[FieldError]]]


class Row(NamedTuple):
    """One item of the plan. ``check`` is None for groups and texts, ``tested`` where conditions may hide the item.

    ``yes_no`` takes true and false as they are, ``codes`` one of these as it is; ``fixed`` is what a read-only
    question says, else a blank.
    """

    link_id: str
    parent: str | None
    tested: bool
    check: Check | None
    yes_no: bool
    codes: frozenset[str] | None
    required: bool
    fixed: Any


def compile_run(form: Questionnaire, rows: list[Row], keep: Keep) -> Run:
    """``run(answers, today)`` → (clean answers, record by role, errors)."""
    names: dict[str, Any] = {
        "InvalidInput": InvalidInput, "any_equal": any_equal, "keep": keep, "without": _without,
    }  # fmt: skip
    once, shared = _roles(form)
    lines = [
        "def run(answers, today):",
        " clean = {}; record = {}; errors = []; live = answers; get = live.get",
    ]
    hides = {row.parent for row in rows}
    for at, row in enumerate(rows):
        lines += _Writer(form.by_link_id[row.link_id], row, at, once.get(row.link_id), names).lines(
            hides, rows
        )
    for role, link_ids in shared.items():
        names[f"shared_{len(names)}"] = link_ids
        lines += [
            f" for link in shared_{len(names) - 1}:",
            "  value = clean.get(link)",
            f"  if link in clean and record.get({role!r}) is None: record[{role!r}] = value",
        ]
    lines.append(" return clean, record, errors")
    exec(compile("\n".join(lines), f"<form {form.id}>", "exec"), names)  # noqa: S102 - our own text, see above
    run: Run = names["run"]
    return run


def _without(live: Mapping[str, Any], link_id: str) -> dict[str, Any]:
    return {key: value for key, value in live.items() if key != link_id}


def _roles(form: Questionnaire) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Roles that one item has, by its linkId; and roles that several have, with their linkIds in order."""
    found: dict[str, list[str]] = {}
    for item in form.questions():
        if item.role:
            found.setdefault(item.role, []).append(item.link_id)
    once = {links[0]: role for role, links in found.items() if len(links) == 1}
    return once, {role: tuple(links) for role, links in found.items() if len(links) > 1}


class _Writer:
    """The lines of one item."""

    def __init__(self, item: Item, row: Row, at: int, role: str | None, names: dict[str, Any]) -> None:
        self.item, self.row, self.at, self.names = item, row, at, names
        self.link = repr(row.link_id)
        self.role = repr(role) if role else ""
        self.target = f"clean[{self.link}] = record[{self.role}]" if role else f"clean[{self.link}]"
        names[f"row_{at}"], names[f"check_{at}"] = row, row.check

    def lines(self, hides: set[str | None], rows: list[Row]) -> list[str]:
        places = {row.link_id: place for place, row in enumerate(rows)}
        parts = [f"off_{places[self.row.parent]}"] if self.row.parent in places else []
        if self.row.tested:
            parts.append(f"not ({self._shown()})")
        taken = self._taken() if self.row.check else []
        if not parts:
            return [f" {line}" for line in taken]
        ask = f" off_{self.at} = {' or '.join(parts)}" if self.row.link_id in hides else None
        hidden = f"off_{self.at}" if ask else " or ".join(parts)
        drop = [
            f" if {hidden}:",
            f"  if {self.link} in live: live = without(live, {self.link}); get = live.get",
        ]
        return [
            *([ask] if ask else []),
            *drop,
            *([" else:"] if taken else []),
            *[f"  {line}" for line in taken],
        ]

    def _shown(self) -> str:
        tests = [self._condition(place) for place in range(len(self.item.enable_when))]
        return (" or " if self.item.enable_behavior == "any" else " and ").join(f"({test})" for test in tests)

    def _condition(self, place: int) -> str:
        condition = self.item.enable_when[place]
        wanted = condition.answer
        if condition.operator == "=" and type(wanted) is bool:
            return (
                f"(a := get({condition.question!r})) is {wanted} or "
                f"(a is not None and a is not {not wanted} and any_equal(a, {wanted}))"
            )
        if condition.operator == "=" and type(wanted) is str:
            return (
                f"(a == {wanted!r}) if type(a := get({condition.question!r})) is str "
                f"else (a is not None and any_equal(a, {wanted!r}))"
            )
        name = f"test_{self.at}_{place}"
        self.names[name] = condition_test(condition)
        return f"{name}(live)"

    def _taken(self) -> list[str]:
        """The usual answer here, any other by ``keep``."""
        row = self.row
        if row.fixed != "":
            self.names[f"fixed_{self.at}"] = row.fixed
            return [f"v = get({self.link}, fixed_{self.at})", *self._kept()]
        read = f"v = get({self.link}, '')"
        if row.yes_no:
            return [read, f"if v is True or v is False: {self.target} = v", "else:", *_in(self._kept())]
        if row.codes:
            self.names[f"codes_{self.at}"] = row.codes
            usual = f"if type(v) is str and v in codes_{self.at}: {self.target} = v"
            return [read, usual, "elif v != '':" if not row.required else "else:", *_in(self._kept())]
        return [
            read,
            "if type(v) is str and v:",
            f" try: v = check_{self.at}(v, today)",
            f" except InvalidInput: keep(row_{self.at}, v, today, clean, errors)",
            " else:",
            f"  if v: {self.target} = v",
            *([] if not row.required else ["  else:", *_in(_in(_in(self._kept())))]),
            "elif v != '':" if not row.required else "else:",
            *_in(self._kept()),
        ]

    def _kept(self) -> list[str]:
        by_role = [f"if {self.link} in clean: record[{self.role}] = clean[{self.link}]"] if self.role else []
        return [f"keep(row_{self.at}, v, today, clean, errors)", *by_role]


def _in(lines: list[str]) -> list[str]:
    return [f" {line}" for line in lines]
