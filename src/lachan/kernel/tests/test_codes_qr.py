import struct
import zlib
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
import segno
import zxingcpp

from lachan.kernel.codes import vectors
from lachan.kernel.codes.qr import to_qr_png, to_qr_svg
from lachan.kernel.errors import InvalidInput

CASES = {case["name"]: case["text"] for case in vectors.build()["cases"] if case["expect"]["ok"]}


def pixels(png: bytes) -> np.ndarray:
    """The grey pixels of the one-bit PNG that is drawn."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (png[:8], depth, colour) == (b"\x89PNG\r\n\x1a\n", 1, 0)
    start = png.index(b"IDAT") + 4
    size = struct.unpack(">I", png[start - 8 : start - 4])[0]
    rows = np.frombuffer(zlib.decompress(png[start : start + size]), np.uint8).reshape(height, -1).copy()
    for above, row in pairwise(rows):
        assert row[0] in (0, 2)  # unfiltered, or the difference to the row above
        if row[0] == 2:
            row[1:] += above[1:]
    return np.unpackbits(rows[:, 1:], axis=1)[:, :width] * np.uint8(255)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_scanner_reads_the_drawing_back(name):
    (found,) = zxingcpp.read_barcodes(pixels(to_qr_png(CASES[name], scale=4)))
    assert found.text == CASES[name]
    assert found.ec_level == "M"


def test_codes_are_drawn_in_alphanumeric_mode():
    qr = segno.make(CASES["good person"], error="m", boost_error=False)
    assert qr.mode == "alphanumeric"


def test_the_svg_is_accessible_and_carries_no_script_or_style():
    svg = to_qr_svg(CASES["good person"], title='Mã <của> "bạn" & tôi')
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find("title").text == 'Mã <của> "bạn" & tôi'
    assert root.get("viewBox")
    assert "style=" not in svg
    assert "<script" not in svg


def test_a_text_that_no_qr_holds_is_refused():
    for draw in (to_qr_png, lambda text: to_qr_svg(text, title="x")):
        with pytest.raises(InvalidInput) as caught:
            draw("A" * 4000)
        assert str(caught.value) == "code_too_long"
