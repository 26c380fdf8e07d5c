"""What hangs at a venue's door: the check-in poster, and how a tablet at the door is set up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from django.conf import settings

from lachan.kernel.edge import EdgeTerms
from lachan.registry.places import poster
from lachan.registry.places.models import Place

TABLET = Path(__file__).resolve().parent.parent / "templates" / "checkpoints" / "visits" / "tablet.typ"


def _host() -> str:
    return settings.PUBLIC_URL.partition("://")[2]


def address(place: Place) -> str:
    """What the check-in poster's QR holds: short, so that its squares are big. Nothing signed: there is nothing to verify
    at a gate, and a page under another name can't take the phone's pseudonym."""
    return f"{settings.PUBLIC_URL}/vao/{place.code}/"


def check_in(place: Place, day: date, form: Literal["pdf", "svg"]) -> bytes:
    """The A4 poster for visitors who check themselves in; the QR is 15.2 cm wide."""
    sheet = poster.Sheet(
        poster.TEMPLATES / "poster.typ",
        address(place),
        f"{_host()}/vao/{place.code}",
        check_in_words(EdgeTerms.at(day).checkin_kept.days),
    )
    return poster.draw(sheet, place, form)


def tablet(place: Place, day: date) -> bytes:
    """A4 for whoever puts a tablet or phone at the door; the QR opens the scanner."""
    terms = EdgeTerms.at(day)
    words = tablet_words(
        minutes=int(terms.enrol.total_seconds() // 60), hours=int(terms.bundle_life.total_seconds() // 3600)
    )
    sheet = poster.Sheet(TABLET, f"{settings.PUBLIC_URL}/quet/", f"{_host()}/quet/", words)
    return poster.draw(sheet, place, "pdf")


def check_in_words(days: int) -> poster.Words:
    """A sheet at a door is read by everybody, so it always bears both languages."""
    return {
        "vi": {
            "title": "Ghi nhận khách đến",
            "scan": "Mở máy ảnh điện thoại, đưa vào mã, bấm vào đường dẫn",
            "answer": "Bấm “Tôi vào đây”. Không hỏi tên",
            "show": "Lúc đi, mở lại và bấm “Tôi ra về”",
            "offline": "Giữ gì, bao lâu?",
            "paper": "Giờ vào, giờ ra, dưới một bí danh mà chỉ điện thoại của bạn biết; "
            f"tự xóa sau {days} ngày, bạn xóa được bất cứ lúc nào. Không có điện thoại: báo người trực.",
            "typed": "Hoặc gõ địa chỉ",
            "card": "Quét mã để ghi nhận đến điểm này",
        },
        "en": {
            "title": "Check in here",
            "scan": "Open your phone's camera, point it at the code, tap the link",
            "answer": "Press “I am coming in”. No name asked",
            "show": "When you go, open it again: “I am leaving”",
            "offline": "What is kept, and how long?",
            "paper": "When you came and went, under a pseudonym that only your phone knows; deleted after "
            f"{days} days, or at once when you wish. No phone: tell the person on duty.",
            "typed": "or type",
            "card": "Scan to check in at this place",
        },
    }


def tablet_words(minutes: int, hours: int) -> poster.Words:
    """The steps, in both languages; numbers as the policy has them."""
    vi = {
        "title": "Máy quét ở cửa",
        "lead": "Một máy tính bảng hay điện thoại ở cửa quét mã của khách và nói ngay cho vào hay không.",
        "first": "Một lần",
        "ask": f"Nhờ trạm y tế xã, phường mở ca trực cho điểm và hiện mã ghi danh. Mã dùng một lần, trong {minutes} phút.",
        "open": "Mở trang bằng Chrome hay Safari trên máy (quét mã bên cạnh), rồi thêm vào màn hình chính.",
        "enrol": "Bấm ghi danh, quét mã của trạm y tế, đặt tên máy, cho phép máy ảnh.",
        "stand": "Cắm sạc, tắt tự khóa màn hình, tăng độ sáng. Đặt ngang ngực, máy ảnh nhìn về phía khách, tránh nắng chiếu vào.",
        "daily": "Hằng ngày",
        "way": "Chọn Vào hay Ra. Khách đưa mã QR trên điện thoại hoặc thẻ giấy trước máy ảnh.",
        "read": "Đọc màu, số và chữ:",
        "pass": "1 Cho qua",
        "advise": "2 Cho qua, có lưu ý",
        "hold": "3 Giữ lại kiểm tra",
        "refer": "4 Chuyển y tế",
        "cut": f"Mất mạng vẫn quét. Quá {hours} giờ không có mạng thì máy không cho ai qua: nối mạng một lúc.",
        "count": "Cuối ngày, xem số chưa gửi. Khi số đó chưa về 0, đừng xóa dữ liệu trình duyệt, đừng đổi máy.",
        "lost": "Mất máy, đổi người giữ: báo trạm y tế thu hồi ngay.",
        "none": "Khách không có điện thoại: dùng Khai hộ trên máy, hoặc ghi sổ khách.",
        "typed": "Địa chỉ",
    }
    en = {
        "title": "Scanner at the door",
        "lead": "A tablet or phone at the door scans visitors' codes and says at once whether they may come in.",
        "first": "Once",
        "ask": f"Ask the commune's health station to open a shift for the place and show the enrolment code: once, within {minutes} minutes.",
        "open": "Open the page in Chrome or Safari on the device (scan the code beside), then add it to the home screen.",
        "enrol": "Press enrol, scan the station's code, name the device, allow the camera.",
        "stand": "Plug it in, switch off the screen lock, raise the brightness. At chest height, camera towards visitors, no sun on it.",
        "daily": "Every day",
        "way": "Choose In or Out. Visitors hold the QR code on their phone or paper card before the camera.",
        "read": "Read colour, number and words:",
        "pass": "1 Pass",
        "advise": "2 Pass, with advice",
        "hold": "3 Hold and check",
        "refer": "4 Refer to health staff",
        "cut": f"It scans without a network. After {hours} hours without one it lets nobody pass: connect it for a while.",
        "count": "At the end of the day look at the number not sent. Until it is 0, don't clear the browser, don't change the device.",
        "lost": "Device lost, or in other hands: tell the health station to revoke it at once.",
        "none": "A visitor without a phone: declare for them on the device, or use the visitor book.",
        "typed": "Address",
    }
    return {"vi": vi, "en": en}
