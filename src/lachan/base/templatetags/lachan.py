"""Filters and tags that are built into every template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lachan.base import assets, navigation, widgets
from lachan.kernel.clock import VN
from lachan.kernel.identifiers import mask_id as kernel_mask_id
from lachan.kernel.phones import display_phone

register = template.Library()

VIETNAMESE = str.maketrans(",.", ".,")
RESULTS = ("green", "attention", "stop")
RESULT_WORDS = {"green": _("Được vào"), "attention": _("Cần chú ý"), "stop": _("Dừng lại")}


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
def iso(value: datetime | None) -> str:
    """A moment for a machine, in Vietnam's time: what `<time datetime>` holds."""
    return value.astimezone(VN).isoformat() if value else ""


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


@register.simple_tag
def status(kind: Any, text: str = "") -> SafeString:
    """`{% status row.result %}`: components/status.html, drawn once a language for all the rows that show it."""
    return _status(kind, str(text), get_language() or "", assets.url_of("icons.svg"))


@lru_cache(maxsize=256)
def _status(kind: Any, text: str, _language: str, _icons: str) -> SafeString:
    return render_to_string("base/components/status.html", {"kind": kind, "text": text})


@register.simple_tag
def labelled(pairs: Iterable[tuple[str, str]], *, lines: bool = False) -> SafeString:
    """`{% labelled row.details %}`: "label: value · label: value", in one piece where a loop of the template is slow.

    `lines`: each pair on a line of its own that doesn't break.
    """
    told = [f'<span class="lc-muted">{escape(label)}:</span> {escape(value)}' for label, value in pairs]
    if lines:
        return mark_safe("".join(f'<div class="text-nowrap">{one}</div>' for one in told))  # noqa: S308
    return mark_safe(" · ".join(told))  # noqa: S308 (each part is escaped)


@register.simple_tag(takes_context=True, name="navigation")
def navigation_of(context: Context) -> list[navigation.Wing]:
    """`{% navigation as wings %}`: the staff menu of this person; empty where there is no request."""
    request = context.get("request")
    return navigation.items(request) if getattr(request, "scope", None) else []


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """`{% query cursor=page.next %}`: this page's query string with some values changed, or left out (None)."""
    request = context.get("request")
    values = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = str(value)
    return "?" + values.urlencode()


@register.inclusion_tag("base/components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """`{% field form.name %}`: label, input, help and error of a form's field."""
    return {"field": bound}


register.filter("widget", widgets.widget)
register.filter("widget_kind", widgets.widget_kind)


@register.filter
def number(value: Any) -> str:
    """A count or a decimal as people write it here: 1.234,5 (English: 1,234.5). A missing value is a dash; text stays as it is."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    text = f"{value:,}"
    return text if get_language() == "en" else text.translate(VIETNAMESE)


@register.filter
def result_key(value: Any) -> str:
    """A result as its key: 0, 1, 2 (what is stored) or "green", "attention", "stop"; any other word stays itself."""
    return RESULTS[value] if value in (0, 1, 2) else str(value)


@register.filter
def result_number(value: Any) -> str:
    """The number shown with a result: 1 go, 2 take care, 3 stop."""
    key = result_key(value)
    return str(RESULTS.index(key) + 1) if key in RESULTS else ""


@register.filter
def result_words(value: Any) -> str:
    """A result in words; text that isn't a result's key stays as it is."""
    return str(RESULT_WORDS.get(result_key(value), value))


@register.filter
def each(rows: Any, name: str) -> list[Any]:
    """The attribute or key `name` of each row that has a value there, each value once, in order."""
    found = (row.get(name) if isinstance(row, dict) else getattr(row, name, None) for row in rows or ())
    return list(dict.fromkeys(value for value in found if value))


@register.filter(name="any")
def any_of(rows: Any, name: str) -> bool:
    """Whether some row has a value under `name`."""
    return bool(each(rows, name))


@register.filter
def initials(name: Any) -> str:
    """Two letters for a person's disc: the family's and the given name's (Nguyễn Thị Hoa → NH)."""
    words = str(name or "").split()
    return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper() if words else ""
