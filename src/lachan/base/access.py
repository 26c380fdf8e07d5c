"""Who may open a view. Every view declares it; the check in checks.py stops a start with one that doesn't.

@requires("declarations.view")   staff holding the permission somewhere; the view narrows rows with `request.scope(...)`
@public                          anyone
@signed_in                       any staff account (its own profile, the home page)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed-in"


def _mark(view: View, rule: str) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anyone may open it."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Any signed-in staff account may open it."""
    return _mark(view, SIGNED_IN)


def requires(permission: str) -> Callable[[View], View]:
    """Only staff who hold the permission in some jurisdiction."""
    PERMISSIONS_USED.add(permission)
    return lambda view: _mark(view, permission)


PERMISSIONS_USED: set[str] = set()


def rule_of(view: Callable[..., Any]) -> str | None:
    """The declared rule, looking through decorators and class-based views; None if it declares none."""
    while True:
        rule = getattr(view, "access_rule", None)
        if rule is not None:
            return str(rule)
        cls = getattr(view, "view_class", None)
        if cls is not None and getattr(cls, "access_rule", None):
            return str(cls.access_rule)
        inner = getattr(view, "__wrapped__", None)
        if inner is None:
            return None
        view = inner
