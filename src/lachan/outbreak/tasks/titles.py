"""What tasks are called, and where each is done. The app that opens a kind of task registers its words at its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lachan.outbreak.tasks.models import Task

Words = Callable[[Task], str]


@dataclass(frozen=True, slots=True)
class Title:
    """Words of a kind. `name`: the kind itself, for filters and counts. `by_hand`: whether someone may say that it is
    done; else the work itself finishes it (an order that is issued, a result that comes in)."""

    name: Any
    title: Words
    url: Words
    by_hand: bool = True


_known: dict[str, Title] = {}


def register(
    kind: str, title_fn: Words, url_fn: Words, *, name: Any | None = None, by_hand: bool = True
) -> None:
    """Words of a kind of task. `title_fn` shows what `params` hold and no personal data; `url_fn` may answer ""."""
    _known[kind] = Title(name, title_fn, url_fn, by_hand)


def title_of(task: Task) -> str:
    """The task in words; its kind where nobody gave it any."""
    found = _known.get(task.kind)
    return found.title(task) if found else name_of(task.kind)


def url_of(task: Task) -> str:
    """Where the work is done; "" where there is no such page."""
    found = _known.get(task.kind)
    return found.url(task) if found else ""


def name_of(kind: str) -> str:
    """The kind in words."""
    found = _known.get(kind)
    return str(found.name) if found and found.name else _("Việc %(kind)s") % {"kind": kind}


def by_hand(kind: str) -> bool:
    """Whether someone may say that it is done; of a kind that nobody knows any more, too, or it would stand for ever."""
    found = _known.get(kind)
    return found.by_hand if found else True


def kinds() -> list[str]:
    """Every kind that has words."""
    return sorted(_known)
