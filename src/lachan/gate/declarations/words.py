"""Sentences for the codes that declarations raise."""

from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.registry.audit import words

messages.register(
    {
        "otp_too_often": _("Đã gửi mã nhiều lần. Xin chờ ít phút rồi thử lại."),
        "otp_wrong": _("Mã chưa đúng. Xin xem lại tin nhắn mới nhất."),
        "otp_expired": _("Mã đã hết hạn. Xin nhận mã mới."),
        "otp_tries": _("Đã nhập sai quá nhiều lần. Xin nhận mã mới."),
        "follow_up_status": _("Kết quả này không dùng cho loại việc này."),
        "follow_up_nothing_to_undo": _("Không có ghi chép nào để hoàn tác."),
        "follow_up_not_yours": _("Chỉ người ghi mới hoàn tác được ghi chép của mình."),
        "follow_up_erased": _("Thông tin của tờ khai này đã được xóa theo yêu cầu: không ghi thêm được."),
        "request_decided": _("Yêu cầu này đã được xử lý."),
        "request_waiting": _("Bạn đã gửi yêu cầu này và đang chờ xử lý."),
        "code_other_declaration": _("Mã này không phải mã QR cá nhân của tờ khai này."),
        "declaration_unknown": _("Không có tờ khai nào mang mã này."),
        "place_unknown": _("Không có địa điểm nào mang mã này."),
        "place_closed": _("Địa điểm này đã ngừng nhận khai báo."),
        "form_unknown": _("Không có tờ khai này."),
        "period_purged": _("Nội dung tờ khai đã hết thời hạn lưu giữ và không mở được nữa."),
    }
)

messages.register(
    {
        "paper_count": _("Mỗi lần in từ 1 đến 200 tờ."),
        "paper_same_keyer": _("Lần nhập thứ hai phải do người khác nhập."),
        "paper_closed": _("Tờ này đã ghi nhận, đã hủy hoặc đang chờ đối chiếu."),
        "paper_not_different": _("Tờ này không có chỗ nào cần đối chiếu."),
        "paper_own_keying": _(
            "Bạn là một trong hai người nhập: hãy nhập lại lần của mình, hoặc nhờ người thứ ba chọn."
        ),
        "paper_not_keyer": _("Bạn không phải người đã nhập tờ này."),
        "paper_reason": _("Hãy chọn lý do hủy."),
        "paper_future": _("Giờ khai trên tờ giấy không thể ở tương lai."),
    }
)

words.register(
    {
        "retention.purged": _("Bỏ dữ liệu đã hết thời hạn"),
        "retention.run": _("Rà soát thời hạn lưu giữ"),
    }
)
