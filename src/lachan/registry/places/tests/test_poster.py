from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import zxingcpp
from django.conf import settings

from lachan.registry.places import codes, poster, services
from lachan.registry.places.models import Place
from lachan.registry.places.tests.conftest import NOW, VINH_HOA

MM = 25.4


def pages(pdf: bytes, folder: Path, dpi: int) -> list[np.ndarray]:
    """Pages as grey pixels, drawn by poppler."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("needs pdftoppm (poppler-utils)")
    (folder / "x.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), "x.pdf", "x"], cwd=folder, check=True)
    return [_pgm(path.read_bytes()) for path in sorted(folder.glob("x-*.pgm"))]


def _pgm(data: bytes) -> np.ndarray:
    _, width, height = data.split(None, 3)[:3]
    return np.frombuffer(data[-int(width) * int(height) :], np.uint8).reshape(int(height), int(width))


def test_the_poster_is_read_by_a_scanner_and_is_wide_enough(shop: Place, tmp_path: Path) -> None:
    dpi = 100
    drawn = pages(poster.pdf(shop), tmp_path, dpi)
    assert len(drawn) == 1
    found = zxingcpp.read_barcodes(drawn[0])
    assert [code.text for code in found] == [codes.address(shop)]
    width = (found[0].position.top_right.x - found[0].position.top_left.x) / dpi * MM
    assert width >= 150
    plain, _, signed = found[0].text.partition("#")
    assert plain == f"{settings.PUBLIC_URL}/q/{shop.code}"
    assert unquote(signed) == shop.venue_code


def test_the_cards_are_read_and_are_five_centimetres(shop: Place, tmp_path: Path) -> None:
    dpi = 150
    drawn = pages(poster.cards(shop), tmp_path, dpi)
    assert len(drawn) == 1
    found = zxingcpp.read_barcodes(drawn[0])
    assert [code.text for code in found] == [codes.address(shop)] * 6
    width = (found[0].position.top_right.x - found[0].position.top_left.x) / dpi * MM
    assert 49.5 <= width <= 51


def test_a_poster_read_askew_and_small_as_a_phone_sees_it(shop: Place, tmp_path: Path) -> None:
    page = pages(poster.pdf(shop), tmp_path, 72)[0]
    noise = np.random.default_rng(1).normal(0, 25, page.shape)
    seen = np.clip(np.rot90(page).astype(float) * 0.7 + 40 + np.rot90(noise), 0, 255).astype(np.uint8)
    assert [code.text for code in zxingcpp.read_barcodes(np.ascontiguousarray(seen))] == [codes.address(shop)]


@pytest.mark.parametrize(
    "name", ["Ắ" * 160, "WWWWWWWWWW " * 14, 'a #panic() "x" $y$ \\ @ref <b> *c* _d_ `e`', "Đ"]
)
def test_any_name_stays_on_one_page_and_is_never_taken_for_markup(
    province: None, name: str, tmp_path: Path
) -> None:
    details = services.Details(name=name, kind="shop", unit=VINH_HOA, address="x " * 99)
    place = services.create(details, now=NOW)
    for drawing in (poster.pdf(place), poster.cards(place)):
        drawn = pages(drawing, tmp_path, 100)
        assert len(drawn) == 1
        assert codes.address(place) in {code.text for code in zxingcpp.read_barcodes(drawn[0])}
        for path in tmp_path.glob("x*"):
            path.unlink()


def test_the_same_place_gives_the_same_poster(shop: Place) -> None:
    assert poster.pdf(shop) == poster.pdf(shop)
    assert poster.svg(shop).startswith(b"<svg")


def test_the_qr_alone(shop: Place) -> None:
    assert re.match(r'<svg xmlns="http://www.w3.org/2000/svg"', poster.qr_svg(shop))
    assert "style=" not in poster.qr_svg(shop)
