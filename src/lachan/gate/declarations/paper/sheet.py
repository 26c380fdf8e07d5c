"""A4 forms for whoever has no phone or no signal: drawn by Typst from the Questionnaire, a page each, always in two languages."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from lachan.base import keys
from lachan.gate.declarations.models import PaperForm
from lachan.kernel import codes
from lachan.kernel.clock import local_day
from lachan.kernel.codes import FormSerial
from lachan.kernel.questionnaire import Item, Questionnaire, form_at
from lachan.registry.places import poster
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

HERE = Path(__file__).resolve().parent
SIZES = ("8.4", "8", "7.6", "7.2", "6.8", "6.4", "6", "5.6")
"""Type sizes in points, the first that fits is taken; below the last a form is too long for one page."""
FEW = 9  # options that are printed as boxes to tick; more become a line to write on
CELLS = {"cccd": 12, "phone": 10}
NOT_ON_PAPER = frozenset({"pledge", "email", "nationality_other"})


class TooLong(ValueError):
    """The form has more questions than one page can hold."""


def pdf(rows: Sequence[PaperForm], now: datetime) -> bytes:
    """The forms of one batch as one PDF, a page a form. Raises TooLong."""
    first = rows[0]
    form = form_at(first.form, local_day(first.created_at))
    data = {**_data(form, first), "size": _size(form, first), "sheets": [_sheet(row, form) for row in rows]}
    drawn: Any = _compile(data, "pdf")
    return bytes(drawn)


def svg(row: PaperForm) -> str:
    """One form as SVG, to be looked at on a page."""
    form = form_at(row.form, local_day(row.created_at))
    drawn: Any = _compile(
        {**_data(form, row), "size": _size(form, row), "sheets": [_sheet(row, form)]}, "svg"
    )
    return bytes(drawn).decode()


def _size(form: Questionnaire, row: PaperForm) -> str:
    """The largest type at which the form fits its page."""
    return _fitting(form.id, json.dumps(_data(form, row), sort_keys=True))


@lru_cache(maxsize=64)
def _fitting(form: str, data: str) -> str:
    """Two forms must make two pages: the second begins after a break, which may take a hair more than the first."""
    sample = {"serial": "WWWW-WWWW-WWW", "qr": _qr("LC1:")}
    for size in SIZES:
        pages: Any = _compile({**json.loads(data), "size": size, "sheets": [sample, sample]}, "svg")
        if len(pages) == 2:
            return size
    raise TooLong(form)


def _compile(data: dict[str, Any], form: Any) -> Any:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return typst.compile(
        HERE / "sheet.typ", font_paths=_fonts(), format=form, sys_inputs=inputs, root=HERE, timestamp=0
    )


@lru_cache(maxsize=1)
def _fonts() -> Any:
    fonts = [poster.HERE / "fonts"]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=fonts)


def _place(row: PaperForm) -> str:
    return (
        Place.objects.filter(pk=row.place).values_list("name", flat=True).first() or "" if row.place else ""
    )


def _sheet(row: PaperForm, form: Questionnaire) -> dict[str, str]:
    claims = FormSerial(row.id.bytes, f"{form.id}/{form.version}", row.created_at)
    text = codes.issue(claims, keys.keystore().current)
    return {"serial": row.serial, "qr": _qr(text)}


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        out,
        kind="svg",
        border=0,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        lineclass=None,
        svgclass=None,
    )
    return out.getvalue().decode()


def _data(form: Questionnaire, row: PaperForm) -> dict[str, Any]:
    pledge = next((item for item in form.questions() if item.role == "pledge"), None)
    return {
        "title": dict(form.title),
        "document": form.document,
        "place": _place(row),
        "unit": units.label(row.unit),
        "pledge": dict(pledge.text) if pledge else {"vi": "", "en": ""},
        "parts": _parts(form.items),
    }


def _parts(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Groups as headings and questions as rows; a group that hangs on an answer is set in."""
    found: list[dict[str, Any]] = []
    for item in items:
        if item.type == "group":
            inner = _parts(item.items)
            if inner:
                found += [
                    {
                        "kind": "group",
                        "vi": item.text["vi"],
                        "en": item.text["en"],
                        "depth": len(item.parents),
                    },
                    *inner,
                ]
        elif item.is_question and item.role not in NOT_ON_PAPER and not item.read_only:
            found.append(_question(item))
    return found


def _question(item: Item) -> dict[str, Any]:
    return {
        "kind": _kind(item),
        "vi": item.text["vi"],
        "en": item.text["en"],
        "required": item.required,
        "depth": max(0, len(item.parents) - 1) + bool(item.enable_when),
        "cells": CELLS.get(item.format, 0),
        "options": [[option.text["vi"], option.text["en"]] for option in item.options]
        if _ticked(item)
        else [],
    }


def _ticked(item: Item) -> bool:
    return item.type == "choice" and len(item.options) <= FEW


def _kind(item: Item) -> str:
    if item.type == "boolean":
        return "yesno"
    if item.type == "choice":
        return "options" if _ticked(item) else "line"
    if item.type in ("date", "dateTime") or item.format == "partial-date":
        return "date"
    if item.format in CELLS:
        return "cells"
    return "line" if item.type != "integer" else "number"
