"""Sentences for the codes that gates raise."""

from django.utils.translation import gettext_lazy as _

from lachan.base import messages

TEXTS = {
    "shift_place_unknown": _("Không có điểm nào mang mã hoặc tên này trong địa bàn của bạn."),
    "shift_place_closed": _("Điểm này đang tạm ngưng hoặc đã đóng: không lập ca được."),
    "shift_name": _("Hãy đặt tên cho ca, ví dụ Ca sáng."),
    "shift_order": _("Giờ kết thúc phải sau giờ bắt đầu."),
    "shift_too_long": _("Một ca dài nhất %(hours)s giờ."),
    "shift_past": _("Giờ kết thúc đã qua."),
    "shift_too_far": _("Chỉ lập ca trước tối đa %(days)s ngày."),
    "shift_over": _("Ca này đã kết thúc. Xin mã ghi danh của ca mới."),
    "enrol_unknown": _("Mã ghi danh không đúng. Hãy quét lại mã trên màn hình của người phụ trách."),
    "enrol_used": _("Mã ghi danh này đã dùng cho một thiết bị khác. Xin mã mới."),
    "enrol_expired": _("Mã ghi danh đã hết hạn. Xin mã mới."),
    "enrol_withdrawn": _("Mã ghi danh này đã bị thu hồi. Xin mã mới."),
    "enrol_proof": _("Thiết bị chưa chứng minh được khóa của mình. Hãy tải lại trang rồi quét lại."),
    "enrol_name": _("Hãy đặt tên cho thiết bị."),
    "device_revoked": _("Thiết bị này đã bị thu hồi quyền quét."),
    "device_reason": _("Hãy ghi lý do thu hồi."),
    "device_already_revoked": _("Thiết bị này đã được thu hồi từ trước."),
    "device_unknown": _("Máy chủ không biết thiết bị này. Hãy ghi danh lại."),
    "device_signature": _("Chữ ký của thiết bị không đúng."),
    "device_clock": _("Đồng hồ của thiết bị lệch quá xa. Hãy chỉnh lại ngày giờ."),
    "device_replayed": _("Yêu cầu này đã được gửi rồi."),
    "hc1_none": _("Tệp không có chứng thư nào dùng được."),
    "code_search": _("Gõ số giấy tờ, số điện thoại, mã tờ khai, hoặc quét mã vào ô này."),
    "serial_reason": _("Hãy ghi lý do thu hồi mã."),
}

messages.register(TEXTS)
