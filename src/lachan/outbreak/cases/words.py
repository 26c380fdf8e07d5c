"""The codes that this app raises, in words."""

from django.utils.translation import gettext_lazy as _

from lachan.base import messages

TEXTS = {
    "disease_unknown": _("Không có bệnh này."),
    "case_exists": _("Người này đã có ca %(code)s của bệnh này trong cùng đợt: hãy bổ sung vào ca đó."),
    "case_unit": _("Hãy chọn xã, phường trong danh sách."),
    "case_changed": _("Người khác vừa sửa ca này. Hãy tải lại trang rồi sửa tiếp."),
    "case_merged": _("Ca này đã được gộp vào ca khác."),
    "case_reason": _("Hãy ghi lý do."),
    "case_place": _("Không có cơ sở này trong danh bạ."),
    "case_source_itself": _("Một ca không thể lây từ chính nó."),
    "case_merge_same": _("Đây là cùng một ca."),
    "case_merge_disease": _("Hai ca khác bệnh thì không gộp được."),
    "case_merge_built_upon": _("Ca này đã được gộp tiếp; hãy hoàn tác lần gộp sau trước."),
    "stay_before": _("Chuyển đến trước khi đến nơi trước đó."),
    "date_ahead": _("%(day1)s ở tương lai (hôm nay %(day2)s)."),
    "date_long_ago": _("%(day1)s quá xa: sớm nhất %(day2)s."),
    "date_before_birth": _("%(day1)s trước khi người này sinh ra."),
    "date_sample_before_onset": _("Lấy mẫu %(day1)s trước khi có triệu chứng (%(day2)s)."),
    "date_sample_late": _("Lấy mẫu %(day1)s, quá lâu sau khi có triệu chứng (%(day2)s)."),
    "date_result_before_sample": _("Có kết quả %(day1)s trước khi lấy mẫu (%(day2)s)."),
    "date_result_late": _("Có kết quả %(day1)s, quá lâu sau khi lấy mẫu (%(day2)s)."),
    "date_result_before_onset": _("Có kết quả %(day1)s trước khi có triệu chứng (%(day2)s)."),
    "date_report_before_onset": _("Báo cáo %(day1)s trước khi có triệu chứng (%(day2)s)."),
    "date_report_late": _("Báo cáo %(day1)s, quá lâu sau khi có triệu chứng (%(day2)s)."),
    "date_outcome_before_onset": _("Kết thúc %(day1)s trước khi có triệu chứng (%(day2)s)."),
    "date_outcome_late": _("Kết thúc %(day1)s, quá lâu sau khi có triệu chứng (%(day2)s)."),
    "date_outcome_before_sample": _("Kết thúc %(day1)s trước khi lấy mẫu (%(day2)s)."),
    "result_before_taken": _("Có kết quả trước khi lấy mẫu."),
    "pool_few": _("Gộp ít nhất hai mẫu đang chờ."),
    "pool_mixed": _("Chỉ gộp mẫu của cùng một bệnh và cùng loại xét nghiệm."),
    "pool_taken": _("Có mẫu đã vào lô khác hoặc đã có kết quả."),
    "pool_resulted": _("Lô này đã có kết quả."),
    "sample_unknown": _("Không có mẫu mang mã này trong địa bàn."),
    "table_result_columns": _("Không thấy cột mã mẫu và cột kết quả."),
    "date_ambiguous": _(
        "Có thể là %(day1)s hoặc %(day2)s: cột này viết cả hai kiểu ngày. Hãy ghi rõ trong tệp."
    ),
    "row_title": _("Dòng tiêu đề, tổng cộng hoặc chữ ký, không phải một ca."),
    "row_code_unknown": _("Không có ca nào mang mã này."),
    "row_case_elsewhere": _("Người này đã có ca ở địa bàn khác, bạn không sửa được."),
    "row_case_known": _("Đã có trong hệ thống: ca %(code)s."),
    "row_case_differs": _("Đã có ca %(code)s, ghi khác với tệp: giữ nguyên như trong hệ thống."),
    "row_same_document": _("Cùng số giấy tờ với dòng %(row)s."),
    "row_same_phone": _("Cùng tên, năm sinh và điện thoại với dòng %(row)s."),
    "row_same_home": _("Cùng tên, ngày sinh và nơi ở với dòng %(row)s."),
    "row_same_code": _("Cùng mã ca với dòng %(row)s."),
    "laboratory_hours": _("Quy định thời hạn xét nghiệm chưa đúng."),
    "laboratory_pool": _("Quy định gộp mẫu chưa đúng."),
}

messages.register(TEXTS)
