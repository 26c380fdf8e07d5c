"""Labels for tubes: code in words, Code 128 and QR, drawn by Typst. One page a label, 50 × 25 mm, as label printers take."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import segno
import typst

from lachan.kernel.clock import VN
from lachan.kernel.text import fold
from lachan.outbreak.cases.labels.code128 import bars
from lachan.outbreak.cases.models import Sample
from lachan.registry.places import poster

HERE = Path(__file__).resolve().parent


def pdf(samples: Sequence[Sample], names: Mapping[UUID, str]) -> bytes:
    """A page for each sample. The name stands as initials and given name: a tube passes many hands."""
    data = [
        {
            "code": one.code,
            "bars": bars(one.code),
            "qr": _qr(one.code),
            "who": _short(names.get(one.person, "")),
            "kind": f"{one.disease.upper()} · {one.get_kind_display()}",
            "taken": one.taken_at.astimezone(VN).strftime("%d/%m/%Y %H:%M"),
        }
        for one in samples
    ]
    drawn: Any = typst.compile(
        HERE / "label.typ", font_paths=_fonts(), format="pdf", root=HERE, timestamp=0,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    return bytes(drawn)


def _short(name: str) -> str:
    """N.V. Bình of Nguyễn Văn Bình."""
    words = name.split()
    return (
        f"{''.join(f'{fold(word)[:1].upper()}.' for word in words[:-1])} {words[-1]}".strip() if words else ""
    )


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
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


@lru_cache(maxsize=1)
def _fonts() -> Any:
    fonts = [poster.HERE / "fonts"]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=fonts)
