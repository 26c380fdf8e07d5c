"""Error codes in words. The kernel raises codes; readers see these sentences, in their language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    # anything
    "required": _("Mục này bắt buộc."),
    "unknown_field": _("Mục này không có trong tờ khai."),
    "wrong_type": _("Giá trị không đúng kiểu."),
    "not_an_option": _("Hãy chọn một trong các lựa chọn."),
    "too_long": _("Quá dài: nhiều nhất %(max)s ký tự."),
    "too_short": _("Quá ngắn: ít nhất %(min)s ký tự."),
    "too_large": _("Dữ liệu quá lớn."),
    "too_many": _("Quá nhiều mục: nhiều nhất %(max)s."),
    "bad_character": _("Có ký tự không dùng được."),
    "malformed": _("Không đọc được dữ liệu gửi lên."),
    "conflict": _("Mã này đã dùng cho một tờ khai khác."),
    "busy": _("Máy chủ đang bận, xin thử lại sau giây lát."),
    "too_often": _("Gửi quá nhiều lần, xin thử lại sau."),
    # names
    "name_empty": _("Hãy ghi họ và tên."),
    "name_too_long": _("Họ tên quá dài."),
    "name_bad_character": _("Họ tên có ký tự không dùng được."),
}

FALLBACK = _("Giá trị không hợp lệ.")


def register(texts: Mapping[str, str | Promise]) -> None:
    """An app adds the codes that it raises; a code said twice in different words is a mistake."""
    for code, text in texts.items():
        if code in TEXTS and str(TEXTS[code]) != str(text):
            raise ValueError(f"two texts for {code}")
        TEXTS[code] = text


def text_of(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence for a code in the active language; a code without one gets a general sentence."""
    text = str(TEXTS.get(code, FALLBACK))
    try:
        return text % dict(params or {})
    except (KeyError, ValueError, TypeError):
        return str(FALLBACK)
