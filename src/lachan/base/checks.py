"""A page that declares no rule doesn't start: the check walks every address of the installation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from lachan.base import access

OTHERS = ("allauth.", "django.views.static", "django.views.i18n")  # they bring their own rules


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address pattern of the installation with its view, depth first: ("cb/to-khai/<uuid:entry>/", pattern)."""
    for entry in (resolver or get_resolver()).url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, where)
        else:
            yield where, entry


def is_anothers(view: Any) -> bool:
    """Whether the view belongs to a library that guards its own pages."""
    return str(getattr(view, "__module__", "")).startswith(OTHERS)


@register(Tags.urls)
def every_view_declares_a_rule(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"/{where} opens {pattern.callback.__module__}.{pattern.callback.__name__}, which declares no rule",
            hint="put @requires(…), @signed_in or @public of lachan.base.access on it",
            id="base.E001",
        )
        for where, pattern in patterns()
        if access.rule_of(pattern.callback) is None and not is_anothers(pattern.callback)
    ]
