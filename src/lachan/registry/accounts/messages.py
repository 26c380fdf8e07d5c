"""The words for what accounts refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "account_out_of_reach": _("Tài khoản này có quyền ở ngoài địa bàn của bạn, nên bạn không sửa được."),
    "account_unknown": _("Không có tài khoản nào như thế đang mở."),
    "role_unknown": _("Không có vai trò này."),
    "role_out_of_reach": _("Bạn không giao được vai trò này ở đơn vị đó: nó có quyền mà bạn không có."),
    "role_needs_place": _("Vai trò này chỉ giao cho một điểm, không giao cho cả đơn vị."),
    "unit_unknown": _("Không có đơn vị này."),
    "grant_dates": _("Ngày kết thúc phải sau ngày bắt đầu."),
    "username_form": _(
        "Tên đăng nhập gồm 3 đến 60 chữ thường không dấu, chữ số, dấu chấm hoặc gạch; ví dụ: hoa.vinhhai."
    ),
    "username_taken": _("Tên đăng nhập này đã có người dùng."),
    "password_weak": _("Mật khẩu cần ít nhất 10 ký tự, không chỉ gồm chữ số và không quá phổ biến."),
    "passwords_differ": _("Hai lần ghi mật khẩu không giống nhau."),
    "email_taken": _("Đã có tài khoản dùng địa chỉ thư điện tử này."),
    "email_invited": _("Đã có lời mời còn hạn gửi cho địa chỉ thư điện tử này."),
    "email_form": _("Địa chỉ thư điện tử không đúng dạng."),
    "invitation_void": _(
        "Lời mời này đã dùng, đã hết hạn hoặc đã bị rút. Hãy xin người mời một lời mời mới."
    ),
    "rescue_void": _("Đường dẫn cứu hộ này đã dùng hoặc đã quá 15 phút. Hãy tạo đường dẫn mới trên máy chủ."),
}
