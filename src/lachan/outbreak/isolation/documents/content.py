"""What the papers say. They are written in Vietnamese whatever the reader's language: they are the State's papers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import override

from lachan.kernel.clock import VN
from lachan.kernel.diseases import named
from lachan.outbreak.isolation.models import Order
from lachan.registry.people.models import Identifier, Person
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

BLANK = "…………"
KINDS = {
    Order.Kind.HOME: "cách ly y tế tại nhà, nơi lưu trú",
    Order.Kind.FACILITY: "cách ly y tế tập trung",
    Order.Kind.HOSPITAL: "cách ly y tế tại cơ sở y tế",
}
LEVELS = {
    "f0": "người mắc bệnh",
    "f1": "người tiếp xúc gần (F1)",
    "f2": "người tiếp xúc với người tiếp xúc gần (F2)",
    "f3": "F3",
}
SEX = {"m": "Nam", "f": "Nữ", "o": "Khác"}
DUTIES = (
    "Không rời khỏi nơi cách ly, không tiếp xúc gần với người khác; thực hiện 5K.",
    "Đo thân nhiệt hai lần một ngày, báo sức khỏe hằng ngày theo đường dẫn hoặc mã QR kèm theo, hoặc qua điện thoại với trạm y tế.",
    "Lấy mẫu xét nghiệm theo lịch; báo ngay trạm y tế hoặc gọi 115 khi sốt, ho, khó thở.",
)


@dataclass(frozen=True)
class Paper:
    """One paper. `articles`: (heading, paragraphs); `facts`: lines about the person; `recipients`: Nơi nhận."""

    office: str
    number: str
    place_and_day: str
    title: str
    subject: str
    authority: str
    bases: list[str]
    decides: str
    facts: list[tuple[str, str]]
    articles: list[tuple[str, list[str]]]
    recipients: list[str]
    signer_title: str
    signer: str
    qr: str = ""
    qr_text: str = ""
    schedule: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def order_paper(order: Order, address: str) -> Paper:
    """The isolation order. `address`: of the person's own daily page, behind the QR."""
    with override("vi"):
        where = _where(order)
        disease = named(order.disease, "vi", order.from_on)
        unit = _unit(order)
        return Paper(
            office=f"ỦY BAN NHÂN DÂN\n{unit.upper()}",
            number=order.number or BLANK,
            place_and_day=_place_and_day(order.unit, order.issued_at),
            title="QUYẾT ĐỊNH",
            subject=f"Về việc áp dụng biện pháp {KINDS[Order.Kind(order.kind)]} để phòng, chống dịch bệnh {disease}",
            authority=(order.signer_title or "Chủ tịch Ủy ban nhân dân").upper(),
            bases=[f"Căn cứ {one.strip()};" for one in order.basis.split(";") if one.strip()],
            decides="QUYẾT ĐỊNH:",
            facts=_facts(order),
            articles=[
                (
                    "Điều 1.",
                    [
                        f"Áp dụng biện pháp {KINDS[Order.Kind(order.kind)]} đối với người có tên trên, là {LEVELS[order.level]}.",
                        f"Nơi cách ly: {where}.",
                        f"Thời gian: từ ngày {_day(order.from_on)} đến hết ngày {_day(order.to_on)}.",
                    ],
                ),
                ("Điều 2. Người được cách ly có trách nhiệm:", list(DUTIES)),
                (
                    "Điều 3.",
                    [
                        "Trạm y tế, tổ COVID cộng đồng và nơi cách ly theo dõi sức khỏe hằng ngày, lấy mẫu xét nghiệm theo lịch và báo cáo theo quy định.",
                        "Quyết định này có hiệu lực từ ngày ký. Người có tên trên và các cơ quan liên quan thi hành quyết định này.",
                    ],
                ),
            ],
            recipients=["Như Điều 3", "Trung tâm y tế huyện", f"Trạm y tế {unit}", "Lưu: VT"],
            signer_title=(order.signer_title or "Chủ tịch").upper(),
            signer=order.signer,
            qr=address,
            qr_text="Báo sức khỏe hằng ngày",
            schedule=[f"Ngày thứ {test.day}: {_day(test.due_on)}" for test in order.tests.order_by("day")],
        )


def certificate_paper(order: Order) -> Paper:
    """That an order has ended."""
    with override("vi"):
        unit = _unit(order)
        ended = order.released_at.astimezone(VN).date() if order.released_at else order.to_on
        why = order.release_reason or "đủ điều kiện kết thúc theo quy định"
        return Paper(
            office=f"ỦY BAN NHÂN DÂN\n{unit.upper()}",
            number=BLANK,
            place_and_day=_place_and_day(order.unit, order.released_at),
            title="GIẤY CHỨNG NHẬN",
            subject="Hoàn thành thời gian cách ly y tế",
            authority="",
            bases=[],
            decides="",
            facts=_facts(order),
            articles=[
                (
                    "Chứng nhận:",
                    [
                        f"Người có tên trên đã hoàn thành {KINDS[Order.Kind(order.kind)]} tại {_where(order)}, "
                        f"từ ngày {_day(order.from_on)} đến ngày {_day(ended)}, theo Quyết định số {order.number}.",
                        f"Lý do kết thúc: {why}.",
                        "Giấy này không thay cho kết quả xét nghiệm.",
                    ],
                )
            ],
            recipients=["Người được cấp", "Lưu: VT"],
            signer_title="NGƯỜI XÁC NHẬN",
            signer="",
        )


def _facts(order: Order) -> list[tuple[str, str]]:
    person = Person.objects.filter(pk=order.person).first()
    if person is None:
        return [("Họ và tên", order.name)]
    numbers = {one.kind: one.value for one in Identifier.objects.filter(person=person)}
    card = numbers.get("cccd") or numbers.get("cmnd") or numbers.get("passport") or BLANK
    return [
        ("Họ và tên", person.name),
        ("Ngày, năm sinh", _birth(person.birth)),
        ("Giới tính", SEX.get(person.sex, BLANK)),
        ("Số CCCD/CMND/hộ chiếu", card),
        ("Điện thoại", numbers.get("phone", BLANK).replace("+84", "0")),
        ("Nơi cư trú", ", ".join(part for part in (order.address, units.label(order.unit)) if part)),
    ]


def _where(order: Order) -> str:
    if order.place is not None:
        place = Place.objects.filter(pk=order.place).first()
        if place is not None:
            return ", ".join(part for part in (place.name, place.address, units.label(place.unit)) if part)
    return ", ".join(part for part in (order.address, units.label(order.unit)) if part)


def _unit(order: Order) -> str:
    found = units.by_path(order.unit)
    return str(found.full_name) if found else BLANK


def _place_and_day(unit: str, moment: datetime | None) -> str:
    name = (units.label(unit).split(",") or [BLANK])[0]
    if moment is None:
        return f"{name}, ngày … tháng … năm …"
    day = moment.astimezone(VN).date()
    return f"{name}, ngày {day.day:02} tháng {day.month:02} năm {day.year}"


def _birth(text: str) -> str:
    return _day(date.fromisoformat(text)) if len(text) == 10 else text or BLANK


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
