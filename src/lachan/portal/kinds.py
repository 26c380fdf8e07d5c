"""The portal's events, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.registry.audit import words

words.register(
    {
        "place.inspected": _("Kiểm tra điểm"),
        "place.inspection_exported": _("Tải danh sách kiểm tra"),
        "place.owner_seen": _("Chủ điểm xem trang của mình"),
        "system.checked": _("Kiểm tra hệ thống"),
        "system.event_replayed": _("Chạy lại một sự kiện bị kẹt"),
    }
)
