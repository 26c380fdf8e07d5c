"""The request as views see it: a signed-in officer with scopes, a clock, a language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, QueryDict

from lachan.base.scope import Scope
from lachan.kernel.clock import Clock

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """Set by lachan.base.middleware; for annotations only."""

    clock: Clock
    htmx: HtmxDetails
    permissions: frozenset[str]
    asked: QueryDict  # the filters as typed, where a view is discreet
    user: Any

    scope: Callable[[str], Scope]  # the jurisdiction in which the user holds a permission
