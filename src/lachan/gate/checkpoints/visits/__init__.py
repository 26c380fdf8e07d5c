"""Who was at a venue: check-in by the visitor's own phone under a pseudonym, the office's visitor book, how full it is."""

from __future__ import annotations


def install() -> None:
    """Its words. Called once the apps are ready."""
    from django.utils.translation import gettext_lazy as _

    from lachan.base import messages
    from lachan.gate.checkpoints.visits.services import scanned
    from lachan.gate.declarations.services import retention
    from lachan.registry.audit import words

    retention.register("visits", scanned)

    words.register(
        {
            "visit.checked_in": _("Tự ghi nhận vào điểm"),
            "visit.checked_out": _("Tự ghi nhận rời điểm"),
            "visit.forgotten": _("Xóa các lượt đến theo yêu cầu"),
            "visit.purged": _("Bỏ các lượt đến đã hết thời hạn"),
            "guest.entered": _("Ghi khách vào sổ"),
            "guest.left": _("Ghi khách rời đi"),
            "place.capacity_set": _("Đặt sức chứa của điểm"),
        }
    )
    messages.register(
        {
            "visit_place_closed": _("Điểm này đang đóng hoặc tạm ngưng."),
            "visit_too_old": _("Lượt này đã quá thời hạn lưu giữ."),
            "visit_not_yours": _("Lượt này không phải của máy này."),
            "guest_name": _("Hãy ghi tên khách."),
            "capacity_range": _("Sức chứa từ 1 đến %(most)s người."),
        }
    )
