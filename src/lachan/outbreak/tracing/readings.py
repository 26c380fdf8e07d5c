"""Who turned a pseudonym of tracing into a name: told to that person on her page of readings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lachan.gate.declarations.lookup import readers

WHY = {
    "call": _("để gọi điện, gặp bạn"),
    "isolate": _("để lập hồ sơ cách ly"),
    "sample": _("để lấy mẫu xét nghiệm"),
    "verify": _("để xác minh người tiếp xúc"),
    "support": _("để hỗ trợ y tế, đời sống"),
}


def install() -> None:
    """Called once the apps are ready."""
    readers.register(readers.Records("identity.revealed", _("Tên của bạn khi truy vết"), why=WHY))
