"""Sentences for the codes that units raise (lachan.base.messages)."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "structure_unknown": _("Không có cấp hành chính này."),
    "units_not_loaded": _("Chưa nạp danh mục tỉnh; hãy nạp cấu trúc ba cấp trước."),
    "units_file_columns": _("Tệp thiếu cột: %(value)s."),
    "units_file_code": _("Mã đơn vị không đúng."),
    "units_file_twice": _("Mã đơn vị bị lặp trong tệp."),
    "units_file_number": _("Số không đúng."),
    "units_file_unknown_district": _("Không có mã quận, huyện này."),
    "units_file_unknown_commune": _("Không có mã xã này."),
    "unit_not_known": _("Không có đơn vị này."),
    "unit_out_of_scope": _("Đơn vị này ngoài phạm vi của bạn."),
    "agency_closed": _("Cơ quan này đã đóng."),
    "agency_parent_closed": _("Cơ quan cấp trên không hoạt động vào ngày đó."),
    "agency_cycle": _("Cơ quan không thể trực thuộc chính mình."),
    "agency_date": _("Ngày không được trước thay đổi gần nhất, cũng không được sau hôm nay."),
    "agency_has_children": _("Còn cơ quan trực thuộc đang hoạt động; hãy chuyển hoặc đóng chúng trước."),
    "geo_not_collection": _("Tệp không phải là GeoJSON FeatureCollection."),
    "geo_no_code": _("Không thấy thuộc tính mang mã đơn vị."),
    "geo_source_empty": _("Hãy ghi nguồn của ranh giới."),
    "geo_unit_unknown": _("Không có đơn vị mang mã này."),
    "geo_unit_twice": _("Đơn vị này đã có ở trên trong tệp."),
    "geo_type": _("Hình phải là Polygon hoặc MultiPolygon."),
    "geo_ring": _("Vòng không khép kín hoặc có ít hơn bốn điểm."),
    "geo_position": _("Có tọa độ không phải là số."),
    "geo_outside": _("Có tọa độ ngoài lãnh thổ Việt Nam (có thể kinh độ và vĩ độ bị đổi chỗ)."),
    "geo_flat": _("Có vòng không có diện tích."),
}
