"""The events of tracing, and its refusals, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.registry.audit import words

TITLES = {
    "exposure.found": _("Tìm người tiếp xúc"),
    "exposure.added": _("Thêm tiếp xúc"),
    "exposure.decided": _("Quyết định về một tiếp xúc"),
    "contact.opened": _("Bắt đầu theo dõi người tiếp xúc"),
    "contact.closed": _("Kết thúc theo dõi người tiếp xúc"),
    "contact.converted": _("Người tiếp xúc thành ca bệnh"),
    "contact.assigned": _("Giao người tiếp xúc cho cán bộ"),
    "contact.exported": _("Tải danh sách người tiếp xúc"),
    "contact.imported": _("Nhập danh sách người tiếp xúc"),
    "interview.named": _("Ghi người mà ca bệnh kể"),
    "self_report.made": _("Tự khai đã gặp người tiếp xúc"),
    "self_report.read": _("Xem lời tự khai đã gặp người tiếp xúc"),
    "self_report.decided": _("Quyết định về lời tự khai"),
    "interview.linked": _("Gắn người được kể với hồ sơ"),
    "setting.declared": _("Lập mốc dịch tễ"),
    "setting.withdrawn": _("Rút mốc dịch tễ"),
    "setting.published": _("Công bố mốc dịch tễ ra ngoài"),
    "setting.hidden": _("Thôi công bố mốc dịch tễ ra ngoài"),
    "identity.revealed": _("Xem danh tính người tiếp xúc"),
}

REFUSALS = {
    "tracing_no_window": _(
        "Ca bệnh chưa có ngày khởi phát hay ngày lấy mẫu dương tính, nên chưa biết tìm từ ngày nào."
    ),
    "tracing_not_person_to_person": _("Bệnh này không lây trực tiếp từ người sang người."),
    "tracing_reason": _("Hãy ghi lý do loại."),
    "tracing_reveal_reason": _("Hãy chọn lý do cần biết danh tính."),
    "tracing_nobody": _("Chưa có tờ khai nào cho biết mã này là của ai."),
    "tracing_itself": _("Đây chính là người bệnh."),
    "tracing_times": _("Đến lúc phải sau từ lúc."),
    "tracing_future": _("Lúc này chưa tới."),
    "tracing_outside": _("Khoảng này nằm ngoài thời gian ca bệnh có thể lây."),
    "self_report_when": _("Hãy ghi lần gặp sau cùng, trong %(days)s ngày vừa qua."),
    "self_report_decided": _("Lời khai này đã được quyết định."),
    "self_report_document": _("Hãy ghi số giấy tờ hoặc số điện thoại, để trạm y tế tìm được bạn."),
    "contacts_no_header": _("Không thấy dòng tiêu đề có cột Họ và tên cùng ít nhất một cột khác."),
    "contacts_day": _("Ngày tiếp xúc cuối phải đủ ngày, tháng, năm."),
    "setting_times": _("Đến lúc phải sau từ lúc."),
    "setting_future": _("Lúc này chưa tới."),
    "setting_long": _("Mốc dịch tễ dài nhất %(days)s ngày."),
    "setting_case": _("Không có ca bệnh mang mã này trong địa bàn của bạn."),
    "setting_document": _("Mốc công bố ra ngoài phải ghi văn bản."),
    "setting_asks": _("Hãy chọn ít nhất một việc người có mặt cần làm."),
    "setting_contact": _("Hãy ghi nơi liên hệ."),
    "setting_personal": _(
        "Lời dặn không được có số giấy tờ hay số điện thoại của ai. Số của cơ quan ghi ở ô Liên hệ."
    ),
    "setting_withdrawn": _("Mốc này đã rút."),
}

words.register(TITLES)
messages.register(REFUSALS)
words.register_subject("contact", _("người tiếp xúc"))
words.register_subject("exposure", _("lần tiếp xúc"))
words.register_subject("setting", _("mốc dịch tễ"))
words.register_subject("self_report", _("lời tự khai"))
