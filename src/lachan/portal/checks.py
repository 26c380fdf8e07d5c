"""The checks of the machine in the reader's words; their own technical line stays beside."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.base.alarms import FAIL, OK, WARN, Finding

NAMES: dict[str, str | Promise] = {
    "clock": _("Đồng hồ máy"),
    "disk": _("Chỗ trống trên đĩa"),
    "keys": _("Khóa mã hóa và ký"),
    "store": _("Kho dữ liệu"),
    "tables": _("Bảng dữ liệu"),
    "units": _("Đơn vị hành chính"),
    "worker": _("Tiến trình nền"),
    "sealing": _("Niêm phong nhật ký"),
    "accounts": _("Tài khoản"),
    "backup": _("Bản sao dự phòng"),
}
REMEDIES: dict[tuple[str, str], str | Promise] = {
    ("clock", FAIL): _("Đặt lại giờ máy: timedatectl set-ntp true"),
    ("disk", FAIL): _("Dọn bớt tệp ngay: khi hết chỗ, máy không nhận tờ khai nữa."),
    ("disk", WARN): _("Chuẩn bị thêm chỗ."),
    ("keys", FAIL): _("Chép lại thư mục khóa từ bản giữ riêng; không tạo khóa mới đè lên dữ liệu cũ."),
    ("keys", WARN): _("Chỉ cho chủ máy đọc thư mục khóa: chmod -R go= …"),
    ("store", FAIL): _("Khôi phục bản sao tốt gần nhất: lachan restore --verify"),
    ("tables", FAIL): _("Chạy lachan migrate"),
    ("units", FAIL): _("Chạy lachan units load"),
    ("worker", WARN): _("lachan serve tự chạy tiến trình này."),
    ("worker", FAIL): _("Khởi động lại lachan serve và đọc nhật ký của máy."),
    ("sealing", FAIL): _("Xem tiến trình nền có đang chạy không."),
    ("accounts", FAIL): _("Tài khoản thử còn mở: lachan demo --remove-accounts"),
    ("backup", WARN): _("Chạy lachan backup mỗi ngày và giữ một bản ở máy khác."),
}
CONSUMERS: dict[str, str | Promise] = {
    "declarations.people": _("Nối tờ khai với hồ sơ người"),
    "declarations.follow_up": _("Đưa vào danh sách theo dõi"),
    "declarations.counters": _("Số đếm theo điểm và xã, phường"),
    "checkpoints.counts": _("Số đếm theo giờ của các chốt"),
    "checkpoints.visits": _("Lượt vào, ra và số người bên trong"),
    "checkpoints.people": _("Nối lượt quét với người đã khai"),
    "checkpoints.passes": _("Mã của các thẻ đã cấp"),
}
STATES: dict[str, tuple[str, str | Promise]] = {
    OK: ("done", _("Tốt")),
    WARN: ("attention", _("Cần để ý")),
    FAIL: ("stop", _("Hỏng")),
}


@dataclass(frozen=True, slots=True)
class Told:
    """`kind` and `state` for the status component; `detail`: the check's own words, in English."""

    name: str | Promise
    kind: str
    state: str | Promise
    remedy: str | Promise
    detail: str


def told(finding: Finding) -> Told:
    kind, state = STATES.get(finding.state, STATES[FAIL])
    remedy = REMEDIES.get((finding.check, finding.state), "" if finding.state == OK else finding.remedy)
    return Told(NAMES.get(finding.check, finding.check), kind, state, remedy, finding.text)
