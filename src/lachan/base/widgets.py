"""How a form's field looks: the theme's classes and the words that a screen reader needs, put on any Django widget."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

CLASSES = {
    "select": "form-select",
    "text": "form-control",
    "long": "form-control",
    "file": "form-control",
}


def widget_kind(bound: BoundField) -> str:
    """One of hidden, check, choices, select, file, long, text: what field.html lays out."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect):  # CheckboxSelectMultiple is one too
        return "choices"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "long" if isinstance(widget, forms.Textarea) else "text"


def widget(bound: BoundField) -> SafeString:
    """The input itself, with its class, and tied to its help and its error."""
    kind = widget_kind(bound)
    own = bound.field.widget.attrs
    attrs: dict[str, Any] = {
        "class": " ".join(filter(None, (CLASSES.get(kind, ""), str(own.get("class", "")))))
    }
    described = [f"{bound.auto_id}-help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
        attrs |= {"aria-invalid": "true", "class": f"{attrs['class']} is-invalid".strip()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=attrs)
