"""Sentences for the codes that places raise (lachan.base.messages)."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "place_code": _("Mã điểm gồm 8 chữ và số, ghi dưới mã QR."),
    "place_name_empty": _("Hãy ghi tên điểm."),
    "place_name_too_long": _("Tên điểm quá dài: nhiều nhất %(max)s ký tự."),
    "place_name_bad_character": _("Tên điểm có ký tự không dùng được."),
    "place_kind": _("Hãy chọn loại điểm trong danh sách."),
    "place_unit_missing": _("Hãy ghi xã, phường."),
    "place_unit_not_found": _("Không thấy xã, phường này."),
    "place_unit_ambiguous": _("Có nhiều xã, phường cùng tên; hãy ghi thêm quận, huyện hoặc mã xã."),
    "place_unit_out_of_scope": _("Xã, phường này ngoài phạm vi của bạn."),
    "place_form": _("Không có mẫu tờ khai này."),
    "place_capacity": _("Sức chứa là số nguyên từ 1 đến 1.000.000."),
    "place_coordinate": _("Tọa độ không đúng (vĩ độ 5–24, kinh độ 101–118)."),
    "place_duplicate": _("Đã có điểm cùng tên ở xã, phường này."),
    "place_duplicate_row": _("Trùng với dòng %(row)s trong tệp."),
    "place_state": _("Không làm được việc này khi điểm đang ở trạng thái hiện tại."),
    "place_reason": _("Hãy ghi lý do."),
    "place_phone_unverified": _("Chưa xác nhận số điện thoại."),
    "place_too_many": _(
        "Số điện thoại này đã đăng ký %(max)s điểm đang chờ duyệt; hãy chờ duyệt hoặc gọi trạm y tế."
    ),
    "table_unreadable": _("Không đọc được tệp; hãy dùng Excel (.xlsx) hoặc CSV."),
    "table_old_excel": _(
        "Tệp Excel đời cũ (.xls) hoặc tệp có mật khẩu không đọc được; hãy mở bằng Excel, chọn Lưu thành"
        " (Save As) dạng .xlsx không mật khẩu, rồi tải lên lại."
    ),
    "table_empty": _("Tệp không có dòng nào."),
    "table_columns": _("Tệp thiếu cột bắt buộc: %(columns)s."),
    "table_too_many": _("Tệp có quá nhiều dòng: nhiều nhất %(max)s."),
    "import_done": _("Tệp này đã được nhập."),
}
