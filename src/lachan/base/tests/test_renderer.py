"""What is drawn in Python is what Django's templates draw."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from lachan.base.renderer import DRAWN, Renderer

TEXT = st.text("a<>&\"'{% ;é\n", max_size=8)
VALUES = TEXT | st.integers() | st.booleans() | st.none()
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["class", "data-x", "placeholder", "required", "a<b"]), VALUES, max_size=4
)
WIDGETS: list[type[forms.Widget]] = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.HiddenInput,
    forms.DateInput,
]  # fmt: skip


def both(widget: forms.Widget, value: Any) -> tuple[str, str]:
    return widget.render("n<o>", value, {"id": "x"}, Renderer()), widget.render(
        "n<o>", value, {"id": "x"}, DjangoTemplates()
    )


@given(kind=st.sampled_from(WIDGETS), value=VALUES, attributes=ATTRIBUTES)
def test_inputs(kind: Any, value: Any, attributes: dict[str, Any]) -> None:
    ours, theirs = both(kind(attrs=attributes), value)
    assert ours == theirs


@given(
    choices=st.lists(
        st.tuples(TEXT, TEXT) | st.tuples(TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=3)), max_size=5
    ),
    value=TEXT,
    attributes=ATTRIBUTES,
)
def test_selects(choices: Any, value: str, attributes: dict[str, Any]) -> None:
    ours, theirs = both(forms.Select(choices=choices, attrs=attributes), value)
    assert ours == theirs


def test_words_of_the_reader_and_what_is_marked_safe() -> None:
    attributes = {"placeholder": gettext_lazy("Tìm"), "title": mark_safe("a&amp;b")}
    ours, theirs = both(forms.TextInput(attrs=attributes), mark_safe("&lt;"))
    assert ours == theirs and "a&amp;b" in ours
    ours, theirs = both(forms.Select(choices=[("", gettext_lazy("Tất cả"))]), "")
    assert ours == theirs


@pytest.mark.parametrize(
    "widget", [forms.Textarea(), forms.CheckboxInput(), forms.RadioSelect(choices=[("a", "b")])]
)
def test_everything_else_is_left_to_django(widget: forms.Widget) -> None:
    ours, theirs = both(widget, None)
    assert ours == theirs and widget.template_name not in DRAWN  # type: ignore[attr-defined]


def test_forms_use_it() -> None:
    assert settings.FORM_RENDERER == "lachan.base.renderer.Renderer"
    assert isinstance(get_default_renderer(), Renderer)
