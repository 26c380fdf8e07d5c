"""Sentences for the codes that households raise, and their events in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lachan.base import messages
from lachan.registry.audit import words

messages.register(
    {
        "hamlet_name": _("Hãy ghi tên thôn, tổ dân phố."),
        "household_there": _("Số hộ này đã có trong thôn, tổ dân phố."),
        "household_number": _("Số hộ từ 1 đến %(most)s."),
        "household_where": _("Tọa độ không đúng; hãy ghi cả vĩ độ và kinh độ, hoặc bỏ trống cả hai."),
        "household_lived_in": _("Hộ này còn người ở; hãy ghi họ chuyển đi trước."),
        "household_closed": _("Hộ này đã đóng."),
        "member_since": _("Ngày đến ở không đúng: không sau hôm nay."),
        "member_until": _("Ngày đi phải sau ngày đến và không sau hôm nay."),
        "member_gone": _("Người này đã chuyển đi từ trước."),
        "member_sex": _("Giới tính: Nam hoặc Nữ."),
        "member_yes": _("Ghi x hoặc có, không; bỏ trống nếu chưa hỏi."),
        "member_twice": _("Người này đã có ở dòng %(row)s."),
        "team_name": _("Hãy đặt tên cho tổ."),
        "team_range": _("Số hộ cuối phải từ số hộ đầu trở lên."),
        "team_overlap": _("Một tổ khác đã nhận hộ trong khoảng này."),
        "team_closed": _("Tổ này đã thôi hoạt động."),
        "team_account": _("Không thấy đúng một tài khoản với tên này. Hãy ghi đúng tên đăng nhập."),
        "round_temperature": _("Nhiệt độ từ 34 đến 43 °C."),
        "round_unknown": _("Có mục không có trong danh sách."),
        "round_conflict": _("Ghi chép này đã gửi cho hộ khác."),
        "round_refused": _("Từ chối là của cả hộ, không ghi cho một người."),
        "round_member": _("Người này không ở hộ này."),
        "round_household": _("Hộ này không thuộc tổ của bạn."),
        "round_when": _("Giờ ghi quá xa: chỉ nhận ghi chép trong 14 ngày. Hãy xem lại đồng hồ của máy."),
        "outline_unreadable": _("Không đọc được ranh giới: cần một đoạn GeoJSON."),
        "outline_kind": _("Cần một hình Polygon hoặc MultiPolygon, hoặc tệp có đúng một hình như vậy."),
        "outline_ring": _("Hình không khép kín hoặc có điểm sai: cần ít nhất ba điểm, kinh độ trước vĩ độ."),
        "outline_outside": _("Có điểm nằm ngoài Việt Nam; trong GeoJSON kinh độ đứng trước vĩ độ."),
        "outline_too_long": _("Hình có quá nhiều điểm."),
    }
)
words.register(
    {
        "hamlet.opened": _("Lập thôn, tổ dân phố"),
        "household.made": _("Lập hộ"),
        "household.changed": _("Sửa hộ"),
        "household.closed": _("Đóng hộ"),
        "household.moved_in": _("Người chuyển đến hộ"),
        "household.moved_out": _("Người chuyển đi khỏi hộ"),
        "household.member_changed": _("Sửa thông tin người trong hộ"),
        "household.read": _("Xem hộ"),
        "households.imported": _("Nhập danh sách hộ từ bảng"),
        "households.exported": _("Tải, in danh sách hộ"),
        "team.made": _("Lập tổ COVID cộng đồng"),
        "team.closed": _("Đóng tổ COVID cộng đồng"),
        "team.joined": _("Thêm người vào tổ"),
        "team.left": _("Bớt người khỏi tổ"),
        "round.opened": _("Mở danh sách đi thăm của tổ"),
        "round.noted": _("Tổ cộng đồng ghi chép tại hộ"),
    }
)
words.register_subject("hamlet", _("Thôn, tổ dân phố"))
words.register_subject("household", _("Hộ gia đình"))
words.register_subject("team", _("Tổ COVID cộng đồng"))

SYMPTOM_WORDS = {
    "fever": _("Sốt"),
    "cough": _("Ho"),
    "breathless": _("Khó thở"),
    "sore_throat": _("Đau họng"),
    "tired": _("Mệt mỏi"),
    "no_smell": _("Mất vị giác, khứu giác"),
    "diarrhoea": _("Tiêu chảy"),
}
NEED_WORDS = {"food": _("Lương thực"), "medicine": _("Thuốc"), "care": _("Chăm sóc, khám bệnh")}
words.register_subject("household_import", _("bảng nhập hộ dân"))
