"""The events of cases and laboratories, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.registry.audit import words

TITLES = {
    "case.opened": _("Lập ca bệnh"),
    "case.updated": _("Sửa ca bệnh"),
    "case.classified": _("Phân loại ca bệnh"),
    "case.overridden": _("Cán bộ phân loại ca bệnh"),
    "case.detection": _("Sửa nơi phát hiện"),
    "case.outcome": _("Ghi kết cục"),
    "case.transferred": _("Chuyển nơi điều trị"),
    "case.merged": _("Gộp ca bệnh"),
    "case.unmerged": _("Tách ca bệnh đã gộp"),
    "case.read": _("Xem ca bệnh"),
    "case.exported": _("Tải danh sách ca bệnh"),
    "case.imported": _("Nhập danh sách ca bệnh"),
    "sample.taken": _("Lấy mẫu"),
    "sample.received": _("Phòng xét nghiệm nhận mẫu"),
    "sample.resulted": _("Có kết quả xét nghiệm"),
    "sample.labelled": _("In nhãn mẫu"),
    "sample.imported": _("Nhập kết quả xét nghiệm từ tệp"),
    "pool.made": _("Gộp mẫu thành lô"),
    "pool.resulted": _("Có kết quả của lô"),
    "lab_token.made": _("Cấp mã cho phòng xét nghiệm"),
    "lab_token.revoked": _("Thu hồi mã của phòng xét nghiệm"),
}

words.register(TITLES)
words.register_subject("case", _("ca bệnh"))
words.register_subject("case_import", _("bảng nhập ca bệnh"))
words.register_subject("sample", _("mẫu xét nghiệm"))
words.register_subject("pool", _("lô mẫu"))
words.register_subject("lab_token", _("mã của phòng xét nghiệm"))
