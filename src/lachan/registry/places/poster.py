"""A place's poster on A4, and a sheet of cards with a QR of 5 cm: drawn by Typst, as PDF or SVG.

Other sheets that hang at a door are drawn by `draw` too: they look alike, and a fault is mended once.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from lachan.registry.places import codes
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates" / "places"
QUIET_ZONE = 4  # modules; ISO/IEC 18004

# A poster is read by everybody who passes, so it always bears both languages, whoever prints it.
WORDS = {
    "vi": {
        "title": "Khai báo y tế",
        "scan": "Mở máy ảnh điện thoại, đưa vào mã, bấm vào đường dẫn",
        "answer": "Trả lời câu hỏi, chưa tới một phút",
        "show": "Đưa kết quả cho người trực xem",
        "offline": "Không có sóng hoặc không có điện thoại thông minh?",
        "paper": "Báo người trực tại đây để được khai hộ, hoặc xin tờ khai giấy.",
        "typed": "Hoặc gõ địa chỉ",
        "card": "Quét mã để khai báo y tế",
    },
    "en": {
        "title": "Health declaration",
        "scan": "Open your phone's camera, point it at the code, tap the link",
        "answer": "Answer the questions, under a minute",
        "show": "Show the result to the person on duty",
        "offline": "No signal, or no smartphone?",
        "paper": "Tell the person on duty, who can declare for you, or ask for the paper form.",
        "typed": "or type",
        "card": "Scan to declare your health",
    },
}
Words = dict[str, dict[str, str]]
FIVE_K = "5K: Khẩu trang · Khử khuẩn · Khoảng cách · Không tụ tập · Khai báo y tế"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn. `address`: what the QR holds; `typed`: the address in letters; `words`: by language, as `WORDS`."""

    template: Path
    address: str
    typed: str
    words: Words = field(default_factory=lambda: WORDS)


def pdf(place: Place) -> bytes:
    """The A4 poster, QR 15.2 cm wide."""
    return draw(_own(place, "poster.typ"), place, "pdf")


def svg(place: Place) -> bytes:
    """The same poster as one SVG page."""
    return draw(_own(place, "poster.typ"), place, "svg")


def cards(place: Place) -> bytes:
    """An A4 sheet of six cards to cut out, each with a QR of 5 cm."""
    return draw(_own(place, "cards.typ"), place, "pdf")


def qr_svg(place: Place) -> str:
    """The QR alone as an SVG file."""
    return qr_of(codes.address(place), QUIET_ZONE)


def qr_of(text: str, border: int = 0) -> str:
    """Any text as a QR in SVG; `border` in modules."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False, boost_error=False)
    code.save(
        out,
        kind="svg",
        border=border,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        lineclass=None,
        svgclass=None,
    )
    return out.getvalue().decode()


def _own(place: Place, template: str) -> Sheet:
    return Sheet(TEMPLATES / template, codes.address(place), codes.short_address(place.code))


def draw(sheet: Sheet, place: Place, form: Literal["pdf", "svg"]) -> bytes:
    """A sheet of a place. Without a time of its own, the same place gives the same bytes."""
    inputs = {"data": json.dumps(_data(sheet, place), ensure_ascii=False), "qr": qr_of(sheet.address)}
    drawn: Any = typst.compile(
        sheet.template,
        font_paths=_fonts(),
        format=form,
        sys_inputs=inputs,
        root=sheet.template.parent,
        timestamp=0,
    )
    return drawn[0] if isinstance(drawn, list) else drawn


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[HERE / "fonts"])


def _data(sheet: Sheet, place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "where": ", ".join(filter(None, (place.address, units.label(place.unit)))),
        "code": codes.shown(place.code),
        "address": sheet.typed,
        "fiveK": FIVE_K,
        **sheet.words,
    }
