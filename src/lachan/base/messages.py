"""Error codes in words. The kernel raises codes; readers see these sentences, in their language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "required": _("Mục này bắt buộc."),
    "unknown_field": _("Mục này không có trong tờ khai."),
    "wrong_type": _("Giá trị không đúng kiểu."),
    "not_an_option": _("Hãy chọn một trong các lựa chọn."),
    "too_long": _("Quá dài: nhiều nhất %(max)s ký tự."),
    "too_short": _("Quá ngắn: ít nhất %(min)s ký tự."),
    "too_large": _("Dữ liệu quá lớn."),
    "too_many": _("Quá nhiều mục: nhiều nhất %(max)s."),
    "bad_character": _("Có ký tự không dùng được."),
    "malformed": _("Không đọc được dữ liệu gửi lên."),
    "conflict": _("Mã này đã dùng cho một tờ khai khác."),
    "busy": _("Máy chủ đang bận, xin thử lại sau giây lát."),
    "too_often": _("Gửi quá nhiều lần, xin thử lại sau."),
    "not_text": _("Hãy ghi bằng chữ."),
    "not_boolean": _("Hãy chọn có hoặc không."),
    "not_choice": _("Hãy chọn một trong các lựa chọn."),
    "not_integer": _("Hãy ghi một số nguyên."),
    "not_number": _("Hãy ghi một con số."),
    "not_date": _("Hãy ghi ngày theo mẫu ngày/tháng/năm."),
    "not_date_time": _("Hãy ghi ngày và giờ."),
    "date_in_future": _("Ngày này ở tương lai."),
    "date_too_old": _("Ngày này quá xa."),
    "date_range": _("Ngày này nằm ngoài khoảng cho phép."),
    "date_year": _("Năm phải từ %(min)s đến %(max)s."),
    "date_month": _("Tháng không đúng."),
    "date_day": _("Tháng đó không có ngày này."),
    "date_too_late": _("Ngày này muộn quá."),
    "date_too_early": _("Ngày này sớm quá."),
    "date_empty": _("Hãy ghi ngày."),
    "date_year_two_digits": _("Hãy ghi năm đủ bốn chữ số."),
    "date_format": _("Hãy ghi ngày theo mẫu ngày/tháng/năm."),
    "datetime_naive": _("Thiếu múi giờ."),
    "out_of_range": _("Phải từ %(min)s đến %(max)s."),
    "single_value": _("Chỉ chọn một."),
    "nested_list": _("Danh sách không đúng dạng."),
    "pledge_required": _("Hãy cam đoan lời khai là đúng."),
    "read_only": _("Mục này không sửa được."),
    "not_an_object": _("Dữ liệu không đúng dạng."),
    "email_format": _("Địa chỉ thư điện tử chưa đúng."),
    "unit_format": _("Hãy chọn xã, phường trong danh sách."),
    "plate_format": _("Biển số xe chưa đúng."),
    "name_empty": _("Hãy ghi họ và tên."),
    "name_too_long": _("Họ tên quá dài: nhiều nhất %(max)s ký tự."),
    "name_bad_character": _("Họ tên có ký tự không dùng được."),
    "text_too_long": _("Quá dài: nhiều nhất %(max)s ký tự."),
    "text_bad_character": _("Có ký tự không dùng được."),
    "phone_empty": _("Hãy ghi số điện thoại."),
    "phone_too_long": _("Số điện thoại quá dài."),
    "phone_extension": _("Hãy ghi số điện thoại không kèm số nhánh."),
    "phone_character": _("Số điện thoại có ký tự lạ."),
    "phone_invalid": _("Số điện thoại này chưa đúng. Hãy kiểm tra lại từng chữ số."),
    "national_id_empty": _("Hãy ghi số giấy tờ."),
    "national_id_length": _("Căn cước có 12 chữ số, chứng minh nhân dân có 9 chữ số."),
    "cccd_length": _("Số căn cước có đúng 12 chữ số."),
    "cccd_digits": _("Số căn cước chỉ gồm chữ số."),
    "cccd_province": _("Ba chữ số đầu của số căn cước không phải mã tỉnh."),
    "cccd_century": _("Chữ số thứ tư của số căn cước không đúng."),
    "cmnd_length": _("Chứng minh nhân dân có đúng 9 chữ số."),
    "cmnd_digits": _("Số chứng minh nhân dân chỉ gồm chữ số."),
    "cmnd_implausible": _("Số chứng minh nhân dân này không thể có."),
    "passport_format": _("Số hộ chiếu gồm chữ cái và chữ số, từ 6 đến 9 ký tự."),
    "insurance_number": _("Số thẻ bảo hiểm y tế chưa đúng."),
    "insurance_format": _("Mã trên thẻ bảo hiểm không đọc được."),
    "insurance_hex": _("Mã trên thẻ bảo hiểm không đọc được."),
    "cccd_card_format": _("Mã trên thẻ căn cước không đọc được."),
    "national_qr_format": _("Mã QR cá nhân không đọc được."),
    "national_qr_kind": _("Mã QR cá nhân không đọc được."),
    "national_qr_number": _("Số giấy tờ trong mã QR cá nhân không đúng."),
    "national_qr_qid": _("Mã định danh trong mã QR cá nhân không đúng."),
    "sex_unknown": _("Hãy chọn giới tính."),
    "scan_signed": _("Đây là mã có chữ ký, hãy quét ở trang kiểm tra."),
    "scan_url": _("Đây là địa chỉ trang, không phải mã giấy tờ."),
    "scan_unknown": _("Không nhận ra mã này."),
    "short_code_length": _("Mã tờ khai có 11 ký tự, dạng 7K2M-9QXT-4RC."),
    "short_code_character": _("Mã tờ khai có ký tự lạ."),
    "short_code_check": _("Mã tờ khai gõ chưa đúng, hãy xem lại từng ký tự."),
    "code_prefix": _("Đây không phải mã của Lá Chắn."),
    "code_base45": _("Mã bị hỏng."),
    "code_cose": _("Mã bị hỏng."),
    "code_claims": _("Mã bị hỏng."),
    "code_zip": _("Mã bị hỏng."),
    "code_too_long": _("Mã quá dài."),
    "code_key_unknown": _("Mã không do tỉnh cấp."),
    "code_key_revoked": _("Mã đã bị thu hồi."),
    "code_signature": _("Chữ ký của mã không đúng: mã giả hoặc bị sửa."),
    "code_alg": _("Chữ ký của mã dùng cách ký không được chấp nhận."),
    "code_usage": _("Nơi cấp không được phép cấp loại giấy chứng nhận này."),
    "code_expired": _("Mã đã hết hạn."),
    "code_not_yet_valid": _("Mã chưa có hiệu lực."),
    "code_revoked": _("Mã đã bị thu hồi."),
    "code_holder_stale": _("Mã là ảnh chụp cũ. Hãy mở lại mã trên điện thoại."),
    "code_holder_signature": _("Mã không do điện thoại của người được cấp đưa ra."),
    "trust_broken": _("Danh sách tin cậy bị hỏng."),
    "trust_expired": _("Danh sách tin cậy đã hết hạn. Hãy nối mạng để cập nhật."),
    "trust_key_unknown": _("Danh sách tin cậy không do tỉnh cấp."),
    "trust_signature": _("Chữ ký của danh sách tin cậy không đúng."),
    "trust_too_long": _("Danh sách tin cậy quá dài."),
    "certificate_broken": _("Chứng thư số không đọc được."),
    "certificate_kid": _("Chứng thư số không khớp với mã khóa đi kèm."),
    "certificate_key": _("Khóa trong chứng thư số không được chấp nhận."),
    "id_not_uuid7": _("Mã của tờ khai không đúng dạng."),
    "sealed_broken": _("Dữ liệu mã hóa bị hỏng hoặc bị sửa."),
    "merge_same": _("Đây là cùng một hồ sơ."),
    "merge_already": _("Một trong hai hồ sơ đã được gộp trước đó."),
    "merge_reason": _("Hãy ghi lý do."),
    "merge_undone": _("Lần gộp này đã được hoàn tác."),
    "merge_built_upon": _("Hồ sơ này đã được gộp tiếp; hãy hoàn tác lần gộp sau trước."),
}

FALLBACK = _("Giá trị không hợp lệ.")


def register(texts: Mapping[str, str | Promise]) -> None:
    """An app adds the codes that it raises; a code said twice in different words is a mistake."""
    for code, text in texts.items():
        if code in TEXTS and str(TEXTS[code]) != str(text):
            raise ValueError(f"two texts for {code}")
        TEXTS[code] = text


def text_of(code: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence for a code in the active language; a code without one gets a general sentence."""
    text = str(TEXTS.get(code, FALLBACK))
    try:
        return text % dict(params or {})
    except (KeyError, ValueError, TypeError):
        return str(FALLBACK)
