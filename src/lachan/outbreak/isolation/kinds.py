"""The events of isolation, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.registry.audit import words

TITLES = {
    "order.drafted": _("Dự thảo quyết định cách ly"),
    "order.corrected": _("Sửa dự thảo quyết định cách ly"),
    "order.issued": _("Ban hành quyết định cách ly"),
    "order.cancelled": _("Hủy dự thảo quyết định cách ly"),
    "order.released": _("Kết thúc cách ly"),
    "order.checked": _("Ghi theo dõi cách ly"),
    "order.alarm": _("Báo động khi theo dõi cách ly"),
    "order.read": _("Mở hồ sơ cách ly"),
    "order.exported": _("Tải danh sách cách ly"),
}

words.register(TITLES)
words.register_subject("order", _("quyết định cách ly"))
