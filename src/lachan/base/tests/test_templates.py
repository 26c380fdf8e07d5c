"""The components, as readers and screen readers meet them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

from lachan.base import widgets
from lachan.base.templatetags import lachan as tags

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


class Form(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Có dấu.")
    sex = forms.ChoiceField(label="Giới tính", choices=[("m", "Nam"), ("f", "Nữ")], widget=forms.RadioSelect)
    note = forms.CharField(label="Ghi chú", required=False, widget=forms.Textarea)
    file = forms.FileField(label="Tệp", required=False)
    kind = forms.ChoiceField(label="Loại", required=False, choices=[("a", "A")])
    sure = forms.BooleanField(label="Cam đoan")
    token = forms.CharField(widget=forms.HiddenInput)


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def component(name: str, **context: Any) -> str:
    return get_template(f"base/components/{name}.html").render(context)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles_and_has_no_inline_script_or_style(name: str) -> None:
    source = get_template(name).template.source  # type: ignore[attr-defined]
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


def test_a_decision_says_its_number_words_reasons_next_step_and_document() -> None:
    reasons = [
        {"text": "Có sốt.", "advice": "Gọi trạm y tế.", "document": "QĐ 3638"},
        {"text": "Đến từ vùng dịch.", "advice": "", "document": "QĐ 3638"},
    ]
    html = component(
        "decision",
        result=2,
        code="7K2M-9QXT-4RC",
        reasons=reasons,
        recorded_at=datetime(2021, 7, 9, 3, 12, tzinfo=UTC),
    )
    for said in (
        "Dừng lại",
        ">3</text>",
        "7K2M-9QXT-4RC",
        "Có sốt.",
        "Đến từ vùng dịch.",
        "Gọi trạm y tế.",
        "09/07/2021 10:12",
        "lc-decision-stop",
    ):
        assert said in html
    assert html.count("QĐ 3638") == 1


def test_a_green_decision_without_reasons_has_no_empty_headings() -> None:
    html = component("decision", result="green", reasons=[])
    assert "Được vào" in html
    assert "<h3>" not in html


def test_a_status_has_a_shape_and_words() -> None:
    for value, words in ((0, "Được vào"), (1, "Cần chú ý"), (2, "Dừng lại")):
        html = component("status", kind=value)
        assert words in html
        assert "<svg" in html
    assert "Chờ duyệt" in component("status", kind="wait", text="Chờ duyệt")


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong_beside_it() -> None:
    form = Form({"name": "", "note": "<b>giữ lại</b>"})
    html = render("{% field form.name %}{% field form.note %}", form=form)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'id="id_name-error"' in html
    assert "&lt;b&gt;giữ lại&lt;/b&gt;" in html
    assert html.count("không bắt buộc") == 1


def test_each_widget_is_laid_out_by_its_kind() -> None:
    kinds = {name: widgets.widget_kind(Form()[name]) for name in Form.base_fields}
    assert kinds == {
        "name": "text",
        "sex": "choices",
        "note": "long",
        "file": "file",
        "kind": "select",
        "sure": "check",
        "token": "hidden",
    }


def test_a_whole_form_sums_up_its_errors_with_links() -> None:
    html = component("form", form=Form({"name": ""}), submit="Gửi", csrf_token="t")
    assert 'href="#id_name"' in html
    assert 'enctype="multipart/form-data"' in html
    assert 'role="alert"' in html
    assert component("form", form=Form(), csrf_token="t").count('role="alert"') == 0


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (1234567, "1.234.567", "1,234,567"),
        (1234.5, "1.234,5", "1,234.5"),
        (Decimal("0.25"), "0,25", "0.25"),
        (0, "0", "0"),
        (None, "–", "–"),
        ("12 %", "12 %", "12 %"),
    ],
)
def test_numbers_are_written_as_each_language_writes_them(value: Any, vi: str, en: str) -> None:
    with translation.override("vi"):
        assert tags.number(value) == vi
    with translation.override("en"):
        assert tags.number(value) == en


def test_a_missing_fact_differs_from_zero() -> None:
    html = component("facts", facts=[("Số lần", 0), ("Điện thoại", None)])
    assert "<dd>0</dd>" in html
    assert html.count("không có") == 1


def test_query_changes_one_value_and_keeps_the_filters() -> None:
    request = RequestFactory().get("/cb/to-khai/?q=hoa&cursor=a")
    assert render("{% query cursor='b' %}", request=request) == "?q=hoa&amp;cursor=b"
    assert render("{% query cursor=None %}", request=request) == "?q=hoa"
    assert render("{% query lang='en' %}") == "?lang=en"


def test_initials_are_the_family_and_the_given_name() -> None:
    assert [tags.initials(name) for name in ("Nguyễn Thị Thanh Hoa", "Ánh", "", None)] == ["NH", "Á", "", ""]


def test_error_pages_render_without_a_request_in_both_languages() -> None:
    for name, code in (
        ("400.html", "400"),
        ("403.html", "403"),
        ("404.html", "404"),
        ("500.html", "500"),
        ("403_csrf.html", "403"),
    ):
        assert f">{code}<" in get_template(name).render({})


def test_a_refusal_names_the_missing_right_and_whom_to_ask() -> None:
    html = get_template("403.html").render(
        {"exception": "places.manage", "user": SimpleNamespace(is_authenticated=True, full_name="Hoa")}
    )
    assert "places.manage" in html
    assert "quản trị của tỉnh" in html


def test_a_status_of_many_rows_is_drawn_in_the_readers_language() -> None:
    for language, word in (("vi", "Dừng lại"), ("en", "Stop"), ("vi", "Dừng lại")):
        with translation.override(language):
            html = render("{% status kind %}", kind=2)
            assert word in html and html == component("status", kind=2, text="")
    assert "&lt;b&gt;" in render("{% status kind text %}", kind="wait", text="<b>")


def test_labels_and_values_in_one_piece_are_escaped() -> None:
    html = render("{% labelled pairs %}", pairs=[("Số <b>", "a & 'b'"), ("Xã", "Vĩnh Hòa")])
    assert html == (
        '<span class="lc-muted">Số &lt;b&gt;:</span> a &amp; &#x27;b&#x27; · '
        '<span class="lc-muted">Xã:</span> Vĩnh Hòa'
    )
    assert render("{% labelled pairs %}", pairs=()) == ""


def test_a_moment_for_machines() -> None:
    moment = datetime(2021, 7, 22, 18, 5, 9, tzinfo=UTC)
    assert (
        render("{{ at|iso }}", at=moment)
        == "2021-07-23T01:05:09+07:00"
        == render('{{ at|date:"c" }}', at=moment)
    )
    assert render("{{ at|iso }}", at=None) == ""
