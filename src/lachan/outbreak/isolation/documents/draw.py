"""Drawing the papers: PDF by Typst, DOCX by python-docx, from one and the same content."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Cm, Pt

from lachan.outbreak.isolation.documents.content import Paper, certificate_paper, order_paper
from lachan.outbreak.isolation.models import Order
from lachan.registry.places import poster

HERE = Path(__file__).resolve().parent
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
FONT = "Times New Roman"  # Decree 30/2020 asks for it


def order_pdf(order: Order, address: str) -> bytes:
    """The order as PDF, A4."""
    return _pdf(order_paper(order, address))


def certificate_pdf(order: Order) -> bytes:
    """That the order has ended, A4."""
    return _pdf(certificate_paper(order))


def order_docx(order: Order, address: str) -> bytes:
    """The order as DOCX, to be signed in an office's own way."""
    return _docx(order_paper(order, address))


def _pdf(paper: Paper) -> bytes:
    inputs = {"data": json.dumps(paper.plain(), ensure_ascii=False), "qr": _svg(paper.qr) if paper.qr else ""}
    drawn: Any = typst.compile(
        HERE / "paper.typ", font_paths=_fonts(), format="pdf", sys_inputs=inputs, root=HERE, timestamp=0
    )
    return bytes(drawn)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[poster.HERE / "fonts"]
    )


def _svg(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=2, dark="#000", light="#fff", omitsize=True
    )
    return out.getvalue().decode()


def _docx(paper: Paper) -> bytes:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Cm(3),
        Cm(2),
        Cm(2),
        Cm(2),
    )
    _heading(document, paper)
    _centred(document, paper.title, bold=True, size=14)
    _centred(document, paper.subject, bold=True)
    if paper.authority:
        _centred(document, paper.authority, bold=True)
    for base in paper.bases:
        document.add_paragraph(base).runs[0].italic = True
    if paper.decides:
        _centred(document, paper.decides, bold=True)
    for label, value in paper.facts:
        document.add_paragraph(f"{label}: {value}")
    for heading, paragraphs in paper.articles:
        document.add_paragraph().add_run(heading).bold = True
        for text in paragraphs:
            document.add_paragraph(text)
    if paper.schedule:
        document.add_paragraph("Lịch xét nghiệm: " + "; ".join(paper.schedule) + ".")
    _foot(document, paper)
    if paper.qr:
        png = io.BytesIO()
        segno.make(paper.qr, error="m", micro=False).save(png, kind="png", scale=6, border=2)
        png.seek(0)
        document.add_picture(png, width=Cm(3))
        document.add_paragraph(paper.qr_text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _heading(document: Any, paper: Paper) -> None:
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _cell(left, [*paper.office.split("\n"), f"Số: {paper.number}"])
    _cell(right, [*STATE, paper.place_and_day])


def _foot(document: Any, paper: Paper) -> None:
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    _cell(left, ["Nơi nhận:", *(f"- {one};" for one in paper.recipients)], centred=False, bold=1, size=11)
    _cell(right, [paper.signer_title, "", "", "", paper.signer], bold=5)


def _cell(cell: Any, lines: list[str], *, centred: bool = True, bold: int = 2, size: int = 12) -> None:
    cell.paragraphs[0]._element.getparent().remove(cell.paragraphs[0]._element)
    for number, line in enumerate(lines):
        paragraph = cell.add_paragraph()
        paragraph.alignment = ALIGN.CENTER if centred else ALIGN.LEFT
        run = paragraph.add_run(line)
        run.bold, run.font.size = number < bold, Pt(size)


def _centred(document: Any, text: str, *, bold: bool = False, size: int = 13) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
