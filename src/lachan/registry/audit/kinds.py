"""The kinds of event in words, for the log's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Any] = {
    "audit.exported": _("Tải nhật ký"),
    "declaration.received": _("Nhận tờ khai"),
    "declaration.read": _("Mở tờ khai"),
    "declaration.exported": _("Tải danh sách tờ khai"),
    "declaration.erased": _("Xóa nội dung tờ khai"),
    "person.read": _("Mở hồ sơ một người"),
    "person.created": _("Lập hồ sơ một người"),
    "person.linked": _("Nối tờ khai với hồ sơ"),
    "person.updated": _("Cập nhật hồ sơ một người"),
    "person.erased": _("Xóa hồ sơ một người"),
    "person.merged": _("Gộp hai hồ sơ"),
    "person.unmerged": _("Tách hồ sơ đã gộp"),
    "follow_up.opened": _("Mở việc theo dõi"),
    "follow_up.noted": _("Ghi kết quả theo dõi"),
    "follow_up.undone": _("Bỏ một ghi chú theo dõi"),
    "follow_up.assigned": _("Giao việc theo dõi"),
    "hold.made": _("Đặt lệnh giữ"),
    "hold.released": _("Bỏ lệnh giữ"),
    "area.level": _("Đổi cấp độ vùng"),
    "request.made": _("Công dân gửi yêu cầu"),
    "request.decided": _("Trả lời yêu cầu của công dân"),
    "paper.keyed": _("Nhập tờ khai giấy"),
    "paper.printed": _("In tờ khai giấy"),
    "paper.different": _("Hai lần nhập tờ giấy khác nhau"),
    "paper.own_again": _("Nhập lại lần nhập của mình"),
    "paper.again": _("Bỏ cả hai lần nhập tờ giấy"),
    "paper.done": _("Ghi nhận tờ khai giấy"),
    "paper.void": _("Hủy tờ khai giấy"),
    "otp.sent": _("Gửi mã một lần"),
    "otp.used": _("Dùng mã một lần"),
    "message.queued": _("Xếp hàng một tin nhắn"),
    "place.created": _("Lập điểm"),
    "place.updated": _("Đã sửa điểm"),
    "place.approved": _("Duyệt điểm"),
    "place.suspended": _("Tạm ngưng điểm"),
    "place.closed": _("Đã đóng điểm"),
    "place.reissued": _("Cấp lại mã cho điểm"),
    "places.imported": _("Nhập danh sách điểm"),
    "units.loaded": _("Nạp danh mục đơn vị hành chính"),
    "geometry.imported": _("Nhập ranh giới đơn vị"),
    "agency.created": _("Lập cơ quan"),
    "agency.moved": _("Chuyển cơ quan"),
    "agency.renamed": _("Đổi tên cơ quan"),
    "agency.closed": _("Đã đóng cơ quan"),
}
