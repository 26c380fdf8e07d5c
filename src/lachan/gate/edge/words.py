"""Sentences for what the edge endpoint refuses."""

from django.utils.translation import gettext_lazy as _

from lachan.base import messages

TEXTS = {
    "edge_media": _("Chỉ nhận application/json."),
    "edge_busy": _("Máy chủ chưa ghi được lượt quét. Lượt quét còn trong thiết bị và sẽ được gửi lại."),
    "edge_gap": _("Máy chủ còn thiếu những lượt quét trước đó: thiết bị gửi lại từ chỗ thiếu."),
    "edge_fork": _("Sổ này ở máy chủ có nội dung khác: thiết bị chuyển những lượt chưa gửi sang sổ mới."),
    "edge_chain": _("Các lượt quét không khớp với mã nối của sổ."),
}

messages.register(TEXTS)
