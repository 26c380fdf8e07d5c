"""Filters of tracing's pages."""

from __future__ import annotations

from django import template

from lachan.base.templatetags.lachan import number
from lachan.outbreak.tracing.clusters import Rate

register = template.Library()


@register.filter
def percent(rate: Rate) -> str:
    """A secondary attack rate, "15,3 %"; a dash where there are no contacts, which isn't zero."""
    return "–" if rate.percent is None else f"{number(rate.percent)} %"
