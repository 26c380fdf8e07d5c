"""The events of gates, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.registry.audit import words

TITLES = {
    "shift.opened": _("Lập ca trực"),
    "shift.closed": _("Kết thúc ca trực"),
    "enrol_code.made": _("Tạo mã ghi danh thiết bị"),
    "enrol_code.withdrawn": _("Bỏ mã ghi danh"),
    "device.enrolled": _("Ghi danh thiết bị"),
    "device.revoked": _("Thu hồi thiết bị"),
    "device.log_opened": _("Mở sổ mới cho thiết bị"),
    "serial.revoked": _("Thu hồi mã cá nhân hoặc thẻ giấy"),
    "serial.restored": _("Bỏ thu hồi mã cá nhân hoặc thẻ giấy"),
    "issuers.removed": _("Bỏ khóa chứng nhận HC1"),
    "issuers.imported": _("Nhập danh sách khóa chứng nhận HC1"),
    "scan.batch": _("Nhận lượt quét từ thiết bị"),
    "scan.searched": _("Tra cứu lượt qua chốt"),
    "scan.exported": _("Tải danh sách lượt qua chốt"),
}

words.register(TITLES)
