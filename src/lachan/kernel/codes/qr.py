"""QR drawings of signed codes, at error correction M. Store the text and draw on demand; SVG is the cheaper one."""

from __future__ import annotations

from io import BytesIO

import segno

from lachan.kernel.errors import InvalidInput

__all__ = ["to_qr_png", "to_qr_svg"]

QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four


def to_qr_svg(text: str, *, title: str, border: int = QUIET_ZONE, css_class: str = "qr") -> str:
    """An ``<svg>`` element to put into a page, sized by CSS, with no style attribute or script.

    `title` is what a screen reader says; give it in the reader's language. Dark modules on a white ground, so that it
    scans on a dark page too. Raises InvalidInput("code_too_long") past the largest QR code.
    """
    drawing: str = _qr(text).svg_inline(
        border=border,
        dark="#000",
        light="#fff",
        title=title,
        svgclass=css_class,
        lineclass=None,
        omitsize=True,
    )
    return drawing.replace("<svg ", '<svg role="img" ', 1)


def to_qr_png(text: str, *, scale: int = 8, border: int = QUIET_ZONE) -> bytes:
    """A PNG file, `scale` pixels a module. Raises InvalidInput("code_too_long")."""
    out = BytesIO()
    _qr(text).save(out, kind="png", scale=scale, border=border, dark="#000", light="#fff")
    return out.getvalue()


def _qr(text: str) -> segno.QRCode:
    try:
        return segno.make(text, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError:
        raise InvalidInput("code_too_long") from None
