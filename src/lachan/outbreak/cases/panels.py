"""What the floors above show on a case's page: pieces that the page fetches, and buttons that lead on.

    panels.register("tracing", Panel(_("Người tiếp xúc"), "tracing.view", lambda case: reverse(…, args=[case]), …))

Once, in an AppConfig's ready(). `button`: a link in the page's head instead of a piece in its body.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """`address`: from the case's id to the piece's (or the page's) address. Shown to whoever holds the permission."""

    title: str | Promise
    permission: str
    address: Callable[[UUID], str]
    icon: str = "point"
    button: bool = False


_panels: dict[str, Panel] = {}


def register(name: str, panel: Panel) -> None:
    """A name is used once; the same name replaces."""
    _panels[name] = panel


def registered() -> list[Panel]:
    return list(_panels.values())
