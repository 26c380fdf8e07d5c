"""Filling in from a citizen's card: the browser's camera shows a film of a card, or is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image

from tests.e2e.conftest import PHONE
from tests.e2e.test_declare import start

CARD = "056190300777|225001122|Nguyễn Thị Quét Thẻ|17051990|Nữ|12 Trần Phú, Vĩnh Hòa, Nha Trang, Khánh Hòa|22042021"
WIDTH, HEIGHT = 1280, 720


def film(path: Path, text: str) -> None:
    """A Y4M film: the card's code, a little aslant, with grey around it, then nothing, again and again."""
    code = path.with_suffix(".png")
    segno.make(text, error="m").save(code, scale=6, border=4)
    drawing = Image.open(code).convert("L").rotate(3, expand=True, fillcolor=255)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(12):
            picture = Image.new("L", (WIDTH, HEIGHT), 120)
            if number >= 2:
                picture.paste(
                    drawing, ((WIDTH - drawing.width) // 2 + number, (HEIGHT - drawing.height) // 2)
                )
            out.write(b"FRAME\n" + picture.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2))


@pytest.fixture(scope="module")
def camera(launch: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A browser whose camera shows the film."""
    path = tmp_path_factory.mktemp("film") / "card.y4m"
    film(path, CARD)
    return launch("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={path}")


def test_a_card_before_the_camera_fills_the_form(camera, product):
    context = camera.new_context(base_url=product.url, permissions=["camera"], **PHONE)
    try:
        page = context.new_page()
        start(page, "/khai/mau/domestic/")
        page.locator("[data-testid=scan-card]").click()
        page.locator("[data-testid=scanner]").wait_for(state="detached", timeout=30_000)
        assert page.input_value("[name=name]") == "Nguyễn Thị Quét Thẻ"
        assert page.input_value("[name=national_id]") == "056190300777"
        assert page.input_value("[name=birth]") == "17/05/1990"
        assert page.is_checked("[name=sex][value=female]")
        assert page.get_by_text("Đã điền từ thẻ").first.is_visible()
    finally:
        context.close()


def test_what_was_typed_stays(camera, product):
    context = camera.new_context(base_url=product.url, permissions=["camera"], **PHONE)
    try:
        page = context.new_page()
        start(page, "/khai/mau/domestic/")
        page.fill("[name=phone]", "0905777111")
        page.locator("[data-testid=scan-card]").click()
        page.locator("[data-testid=scanner]").wait_for(state="detached", timeout=30_000)
        assert page.input_value("[name=phone]") == "0905777111"
    finally:
        context.close()


def test_a_refused_camera_leaves_a_photo_and_typing(open_page, tmp_path):
    page = open_page()
    page.add_init_script(
        "MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
    )
    start(page, "/khai/mau/domestic/")
    page.locator("[data-testid=scan-card]").click()
    said = page.locator("[data-testid=scan-status]")
    page.wait_for_function(
        "text => document.querySelector('[data-testid=scan-status]').textContent.includes(text)",
        arg="chưa được phép",
    )
    assert "gõ tay" in said.inner_text()
    photo = tmp_path / "card.png"
    segno.make(CARD, error="m").save(photo, scale=6, border=4)
    page.set_input_files("[data-testid=scan-file]", photo)
    page.locator("[data-testid=scanner]").wait_for(state="detached", timeout=30_000)
    assert page.input_value("[name=national_id]") == "056190300777"


def test_closing_the_scanner_leaves_the_form_to_type_in(open_page):
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'mediaDevices', {get: () => undefined});"
    )
    start(page, "/khai/mau/domestic/")
    page.locator("[data-testid=scan-card]").click()
    page.locator("[data-testid=scan-close]").click()
    assert page.locator("[data-testid=scanner]").count() == 0
    page.fill("[name=name]", "Nguyễn Thị Gõ Tay")
    assert page.input_value("[name=name]") == "Nguyễn Thị Gõ Tay"
