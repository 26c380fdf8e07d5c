"""What whoever was at a place is asked to do: standing sentences, so that every language has them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ASKS = {
    "stay": _("Ở yên tại nhà, nơi lưu trú; tránh gặp người khác cho tới khi được hướng dẫn."),
    "call": _("Gọi ngay cho trạm y tế theo số dưới đây."),
    "declare": _("Khai báo y tế và ghi rõ giờ có mặt."),
    "test": _("Đi lấy mẫu xét nghiệm theo hẹn của trạm y tế."),
    "watch": _("Theo dõi sức khỏe theo số ngày trạm y tế dặn; thấy triệu chứng thì gọi ngay."),
    "tell": _("Báo cho những người đã đi cùng."),
}


def known(text: str) -> list[str]:
    """The codes of a stored list that we know, in the order in which they are read."""
    return [code for code in ASKS if code in text.split()]
