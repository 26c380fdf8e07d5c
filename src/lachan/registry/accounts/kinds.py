"""The kinds of event about accounts, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Any] = {
    "account.created": _("Lập tài khoản"),
    "account.invited": _("Mời"),
    "account.invitation_withdrawn": _("Rút lời mời"),
    "account.granted": _("Giao vai trò"),
    "account.revoked": _("Thu hồi vai trò"),
    "account.locked": _("Khóa tài khoản"),
    "account.unlocked": _("Mở khóa tài khoản"),
    "account.closed": _("Đóng tài khoản"),
    "account.exported": _("Tải danh sách tài khoản"),
    "account.signed_in": _("Đăng nhập"),
    "account.signed_out": _("Đăng xuất"),
    "account.sign_in_failed": _("Đăng nhập sai"),
    "account.password_changed": _("Đổi mật khẩu"),
    "account.profile_changed": _("Sửa thông tin cá nhân"),
    "account.second_factor_added": _("Thêm lớp bảo mật thứ hai"),
    "account.second_factor_removed": _("Bỏ một cách bảo mật"),
    "account.second_factor_reset": _("Đặt lại bảo mật hai lớp"),
    "account.recovery_codes_renewed": _("Tạo lại mã dự phòng"),
    "account.sessions_ended": _("Kết thúc mọi phiên đăng nhập"),
    "account.password_link_made": _("Tạo đường dẫn đặt mật khẩu"),
    "account.rescue_made": _("Tạo đường dẫn cứu hộ trên máy chủ"),
    "account.rescued": _("Đăng nhập bằng đường dẫn cứu hộ"),
}
