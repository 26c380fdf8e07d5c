"""The events of a look-up, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.registry.audit import words

words.register(
    {
        "declaration.looked_up": _("Người dân tra cứu tờ khai"),
        "declaration.readers": _("Người dân xem ai đã đọc"),
    }
)
