"""Isolation in words: refusals, symptoms, needs, alarms, titles of tasks."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.models import Task

SYMPTOMS = {
    "fever": _("Sốt"),
    "cough": _("Ho"),
    "breathless": _("Khó thở"),
    "sore_throat": _("Đau họng"),
    "tired": _("Mệt mỏi"),
    "no_smell": _("Mất vị giác, khứu giác"),
    "diarrhoea": _("Tiêu chảy"),
}
NEEDS = {"food": _("Lương thực"), "medicine": _("Thuốc"), "care": _("Chăm sóc y tế"), "other": _("Việc khác")}
ALARMS = {
    "symptoms": _("Có triệu chứng"),
    "silent": _("Chưa có tin"),
    "absent": _("Vắng mặt"),
    "positive": _("Xét nghiệm dương tính"),
}
LEVELS = {"f0": "F0", "f1": "F1", "f2": "F2", "f3": "F3"}

messages.register(
    {
        "isolation_nobody": _("Chưa biết người này là ai: hãy mở danh tính trước khi lập quyết định."),
        "isolation_not_asked": _("Quy định hiện hành không yêu cầu cách ly ở mức %(level)s."),
        "isolation_past": _("Thời gian cách ly tính theo quy định đã hết ngày %(day)s."),
        "isolation_no_unit": _("Chưa biết xã, phường nơi cách ly."),
        "isolation_issued_already": _("Quyết định này đã ban hành hoặc đã kết thúc."),
        "isolation_kind": _("Hãy chọn hình thức cách ly."),
        "isolation_place": _("Hãy chọn nơi cách ly."),
        "isolation_order_of_days": _("Ngày kết thúc phải sau ngày bắt đầu."),
        "isolation_no_basis": _("Không có căn cứ pháp lý thì không ban hành được."),
        "isolation_number": _("Hãy ghi số quyết định."),
        "isolation_number_taken": _("Số %(number)s đã dùng trong năm nay."),
        "isolation_signer": _("Hãy ghi người ký."),
        "isolation_reason": _("Hãy ghi lý do."),
        "isolation_not_in_force": _("Quyết định này không còn hiệu lực."),
        "isolation_via": _("Hãy chọn cách theo dõi."),
        "isolation_symptom": _("Không có triệu chứng này trong danh mục."),
        "isolation_need": _("Không có nhu cầu này trong danh mục."),
        "isolation_temperature": _("Thân nhiệt từ 34 đến 43 độ C."),
        "isolation_future": _("Thời điểm ở tương lai."),
    }
)


def _page(task: Task) -> str:
    return reverse("isolation:order", args=[task.subject])


def install() -> None:
    """Titles of the tasks that isolation opens."""
    titles.register("isolation.issue", lambda task: gettext("Ban hành quyết định cách ly"), _page)
    titles.register("isolation.release", lambda task: gettext("Xem xét kết thúc cách ly"), _page)
    titles.register("isolation.needs", lambda task: gettext("Người cách ly cần hỗ trợ"), _page)
    titles.register(
        "isolation.alarm",
        lambda task: (
            gettext("Theo dõi cách ly: %(alarm)s") % {"alarm": ALARMS.get(task.params.get("alarm", ""), "")}
        ),
        _page,
    )
