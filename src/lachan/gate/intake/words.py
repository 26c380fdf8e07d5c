"""Sentences for what the intake refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.gate.declarations.prepare import FieldError

messages.register(
    {
        "key_broken": _("Khóa của điện thoại không đọc được."),
        "form_none_in_force": _("Tờ khai này không có hiệu lực vào ngày khai."),
        "policy_none_in_force": _("Không có quy định nào có hiệu lực vào ngày khai."),
        "unsupported_media": _("Chỉ nhận application/json hoặc application/cbor."),
        "unavailable": _("Máy chủ chưa ghi được dữ liệu. Tờ khai còn trong điện thoại và sẽ được gửi lại."),
        "too_slow": _("Dữ liệu gửi lên quá chậm, xin gửi lại."),
        "method": _("Địa chỉ này chỉ nhận POST."),
    }
)


def language_of(asked: str, accept: str) -> str:
    """The submission's own language, else the first of the header that we speak, else Vietnamese."""
    if asked in ("vi", "en"):
        return asked
    for part in accept[:200].split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in ("vi", "en"):
            return code
    return "vi"


def said(code: str, lang: str, params: dict[str, Any] | None = None) -> str:
    """The sentence of a code."""
    with translation.override(lang):
        return messages.text_of(code, params)


def fields(errors: Iterable[FieldError], lang: str) -> list[dict[str, str]]:
    """What is wrong, field by field."""
    with translation.override(lang):
        return [
            {"field": error.field, "code": error.code, "message": messages.text_of(error.code, error.params)}
            for error in list(errors)[:100]
        ]
