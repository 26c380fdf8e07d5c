"""How long each kind of data is kept, as the privacy page says it: from policies/retention.toml and edge.toml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.kernel import policies
from lachan.kernel.edge import EdgeTerms

KINDS: dict[str, str | Promise] = {
    "declarations": _("Tờ khai"),
    "listing": _("Dòng tờ khai mà cán bộ thấy trong danh sách"),
    "people": _("Hồ sơ một người (tính từ tháng khai lần cuối)"),
    "follow_up": _("Việc theo dõi và ghi chép của cán bộ"),
    "scans": _("Lượt quét mã tại điểm"),
    "visits": _("Lượt vào, ra một điểm do máy quét ở cửa ghi (dưới bí danh)"),
    "isolation": _("Quyết định cách ly đã kết thúc và nhật ký theo dõi"),
    "cases": _("Ca bệnh, mẫu và kết quả xét nghiệm"),
    "line_lists": _("Báo cáo nhập danh sách ca bệnh"),
    "exposures": _("Lần tiếp xúc tìm được khi truy vết (dưới bí danh)"),
    "contacts": _("Theo dõi người tiếp xúc"),
    "interviews": _("Lời người bệnh kể về ai đã gặp"),
    "self_reports": _("Lời tự khai đã gặp người tiếp xúc gần"),
    "reveals": _("Ai đã mở danh tính người tiếp xúc"),
    "contact_lists": _("Báo cáo nhập danh sách người tiếp xúc"),
    "rounds": _("Ghi chép sức khỏe khi tổ cộng đồng đến nhà"),
    "lockdowns": _("Danh sách và nhu cầu của hộ trong vùng phong tỏa đã dỡ"),
    "moved_out": _("Việc một người từng ở một hộ"),
    "household_lists": _("Báo cáo nhập danh sách hộ"),
    "task_notes": _("Lời cán bộ ghi về việc đã xong"),
    "pass": _("Mã QR cá nhân"),
    "otp": _("Mã xác nhận gửi qua tin nhắn (chỉ giữ dấu vết, không giữ mã)"),
    "sessions": _("Phiên làm việc trên trình duyệt"),
    "imports": _("Báo cáo nhập danh sách điểm"),
    "read_audit": _("Nhật ký ai đã xem hồ sơ"),
    "events": _("Nhật ký hoạt động (không có dữ liệu cá nhân)"),
    "backups": _("Bản sao dự phòng"),
}
ACTIONS: dict[str, str | Promise] = {"delete": _("Xóa"), "anonymise": _("Bỏ những gì cho biết là ai")}


@dataclass(frozen=True, slots=True)
class Kept:
    """`days` from when it was recorded; then `action`; `basis` is the law or the reason, in Vietnamese."""

    kind: str | Promise
    days: int
    action: str | Promise
    basis: str


def kept(day: date) -> tuple[list[Kept], str]:
    """What is kept on a day, in the order of the file, and the document behind it."""
    entry = policies.load("retention").at(day)
    rows = [
        Kept(KINDS.get(kind, kind), rule["days"], ACTIONS.get(rule["action"], rule["action"]), rule["basis"])
        for kind, rule in entry["kinds"].items()
    ]
    return [*rows, _check_ins(day)], entry.document


def _check_ins(day: date) -> Kept:
    """Of a policy of its own, which the venue's pages and the phone go by too."""
    entry = policies.load("edge").at(day)
    days = EdgeTerms.at(day).checkin_kept.days
    kind = _("Lượt bạn tự ghi nhận tại điểm (dưới bí danh), sổ khách của điểm")
    return Kept(kind, days, ACTIONS["delete"], entry.document)
