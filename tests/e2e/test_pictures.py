"""A picture of every main page on a phone and on a desk, to be looked at; a page wider than its screen is a fault.

`LACHAN_PICTURES=1` also renews the few that the documentation shows.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.e2e import steps
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.product import ROOT
from tests.e2e.test_accessible import PUBLIC, STAFF, inside
from tests.e2e.test_declare import declare, rows

KEPT = ROOT / "docs" / "pictures"
LARGEST = 200_000
SIZES = {360: PHONE, 1280: DESK}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all of them go: LACHAN_PICTURES_TO, else a scratch folder."""
    named = os.environ.get("LACHAN_PICTURES_TO")
    return Path(named) if named else tmp_path_factory.mktemp("pictures")


def name_of(address: str) -> str:
    return address.strip("/").replace("/", "-") or "home"


def take(page: Any, path: Path) -> None:
    """The whole page. What stands firmly on the screen is laid where it belongs first."""
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    page.screenshot(path=path, full_page=True)
    assert wide[0] <= wide[1], f"{path.stem} is {wide[0]} px wide"


@pytest.mark.parametrize("width", SIZES)
def test_public_pages(open_page, folder, width):
    page = open_page(SIZES[width])
    for address in PUBLIC:
        page.goto(address)
        take(page, folder / f"{name_of(address)}-{width}.png")


@pytest.mark.parametrize("width", SIZES)
def test_staff_pages(open_page, folder, width):
    page = open_page(SIZES[width])
    steps.sign_in(page, "quantri")
    for address in STAFF:
        page.goto(address)
        take(page, folder / f"{name_of(address)}-{width}.png")


@pytest.mark.parametrize(
    "symptoms", [(), ("fever", "cough"), ("fever", "breathless")], ids=["well", "ill", "very-ill"]
)
def test_results(open_page, folder, symptoms):
    page = open_page(PHONE)
    declare(
        page, "/khai/mau/domestic/", "Nguyễn Thị Ảnh", number=f"05619050000{len(symptoms)}", symptoms=symptoms
    )
    take(page, folder / f"result-{'-'.join(symptoms) or 'well'}-360.png")


RENEWED = pytest.mark.skipif(
    os.environ.get("LACHAN_PICTURES") != "1", reason="LACHAN_PICTURES=1 renews the documentation's"
)


@RENEWED
def test_the_documentations(open_page, product):
    KEPT.mkdir(exist_ok=True)
    phone = open_page(PHONE)
    place = rows(product, "select code from places_place where status='active' and form='domestic' limit 1")[
        0
    ][0]
    keep(phone, "/", "home-360")
    keep(phone, f"/khai/{place}/", "declare-360")
    declare(phone, f"/khai/{place}/", "Nguyễn Thị Ngọc Lan", number="056190500009")
    keep(phone, "", "result-360")
    desk = open_page(DESK)
    steps.sign_in(desk, "quantri")
    pk = rows(product, "select id from places_place where code=?", place)[0][0]
    drawing = desk.request.get(f"/cb/diem/{UUID(pk)}/in/to-dan.svg").text()
    paper = open_page({"viewport": {"width": 595, "height": 842}})
    paper.set_content(f"<body style='margin:0'>{drawing}<style>svg{{width:100vw;height:auto}}</style></body>")
    keep(paper, "", "poster")
    for address, name in (
        ("/cb/", "staff-home-1280"),
        ("/cb/to-khai/", "list-1280"),
        ("/cb/theo-doi/", "queue-1280"),
    ):
        keep(desk, address, name)


@RENEWED
def test_the_outbreaks(open_page):
    """One of each chapter about cases, tracing, isolation, zones and work."""
    desk = open_page(DESK)
    steps.sign_in(desk, "dieutra")
    contact = inside(desk, "/cb/truy-vet/", "/cb/truy-vet/nguoi/0")
    contacts = inside(desk, contact, "/cb/truy-vet/ca/0")
    order = inside(desk, "/cb/cach-ly/?tinh_trang=alarm", "/cb/cach-ly/0")
    for address, name in (
        ("/cb/ca-benh/", "cases-1280"),
        (contacts.replace("/truy-vet/ca/", "/ca-benh/"), "case-1280"),
        (contacts, "contacts-1280"),
        (f"{contacts}chuoi/", "chain-1280"),
        (order, "order-1280"),
        ("/cb/viec/", "tasks-1280"),
    ):
        keep(desk, address, name)
    own = desk.goto(order) and desk.locator("[data-copy*='/theo-doi-cach-ly/']").get_attribute("data-copy")
    keep(open_page(PHONE), own[own.index("/theo-doi") :], "daily-360")
    desk.goto("/cb/vung/phong-toa/?don_vi=56/568/22327/")
    desk.fill("[name=name]", "Hẻm 12 Nguyễn Trãi")
    box = desk.locator(".lc-map").bounding_box()
    for right, down in ((0.3, 0.3), (0.7, 0.25), (0.75, 0.6), (0.5, 0.75), (0.3, 0.6)):
        desk.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])
    keep(desk, "", "lockdown-1280")


def keep(page: Any, address: str, name: str) -> None:
    """What the screen shows."""
    from PIL import Image

    if address:
        page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(400)
    path = KEPT / f"{name}.png"
    page.screenshot(path=path)
    picture = Image.open(path).convert("RGB")
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < LARGEST, path
