"""Filters and tags that are built into every template."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from lachan.base import assets
from lachan.kernel.clock import VN
from lachan.kernel.identifiers import mask_id as kernel_mask_id
from lachan.kernel.phones import display_phone

register = template.Library()


@register.filter
def dmy(value: date | datetime | None) -> str:
    """dd/mm/yyyy, in Vietnam's time."""
    if isinstance(value, datetime):
        value = value.astimezone(VN).date()
    return value.strftime("%d/%m/%Y") if value else ""


@register.filter
def dmyhm(value: datetime | None) -> str:
    """dd/mm/yyyy hh:mm, in Vietnam's time."""
    return value.astimezone(VN).strftime("%d/%m/%Y %H:%M") if value else ""


@register.filter
def phone(value: Any) -> str:
    """An E.164 phone as people write it."""
    return display_phone(str(value)) if value else ""


@register.filter
def mask_id(value: Any) -> str:
    return kernel_mask_id(str(value)) if value else ""


@register.simple_tag
def vite(entry: str) -> SafeString:
    """`{% vite "staff" %}`: the style sheets and the script of a Vite entry (frontend/vite.config.ts)."""
    return assets.tags(entry)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """`{% icon "phone" %}`, `{% icon "phone" "lc-icon-lg" %}`, `{% icon "lock" label=_("Đã khóa") %}`: a Tabler outline icon."""
    return assets.icon(name, classes, label)
