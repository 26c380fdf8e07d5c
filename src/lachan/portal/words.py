"""Sentences for the codes that the portal raises."""

from django.utils.translation import gettext_lazy as _

from lachan.base import messages

messages.register(
    {
        "inspection_good_with_findings": _("Có thiếu sót thì kết quả không thể là đạt."),
    }
)
