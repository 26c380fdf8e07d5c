"""Sentences for the codes that tasks raise, and their events in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.registry.audit import words

messages.register(
    {
        "task_taken": _("Việc này đang có người nhận. Muốn làm thay, hãy chuyển giao kèm ghi chú."),
        "task_note": _("Hãy ghi việc đang đến đâu, để người nhận làm tiếp được."),
        "task_to": _("Người này không có quyền làm việc đó ở địa bàn này."),
        "task_by_work": _("Việc này tự kết thúc khi công việc xong; hãy mở trang công việc để làm."),
        "task_not_yours": _("Bạn không có quyền làm việc này."),
        "task_over": _("Việc này đã kết thúc."),
        "task_nothing_to_undo": _("Không có bước nào của bạn để hoàn tác."),
        "task_again": _("Việc này đã được mở lại; hãy làm ở việc mới."),
    }
)
WHAT = {
    "opened": _("Mở việc"),
    "taken": _("Nhận việc"),
    "handed": _("Chuyển giao việc"),
    "noted": _("Ghi chú việc"),
    "done": _("Xong việc"),
    "cancelled": _("Bỏ việc"),
    "undone": _("Hoàn tác bước làm việc"),
    "escalated": _("Báo việc quá hạn lên cấp trên"),
    "returned": _("Trả việc về đơn vị"),
}
words.register({f"task.{what}": title for what, title in WHAT.items()})
words.register({"tasks.exported": _("Tải danh sách việc")})
words.register_subject("task", _("Việc"))
