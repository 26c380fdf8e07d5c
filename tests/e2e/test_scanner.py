"""An officer's day: enrol by the supervisor's screen, scan people through the camera, with a network and without."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from playwright.sync_api import expect

from lachan.kernel.codes import SigningKey
from lachan.kernel.ids import uuid7
from lachan.kernel.tests import hc1_writer
from tests.e2e.codes import Province, altered, authority, cccd, claim, declared, insurance, national, now
from tests.e2e.gate import SLOW, until
from tests.e2e.test_declare import rows


def test_a_citizens_pass_is_green_and_reaches_the_province_once(gates, post, product):
    gate = gates()
    gate.enrol(post.code(), "Máy làn xe tải")
    assert gate.page.url.endswith("/quet/"), "the enrolment code must leave the address"
    assert gate.page.locator(".g-camera").get_attribute("data-reads") == "worker"
    wallet = declared(product)
    decision = gate.scan(wallet.shown())
    assert decision.get_attribute("data-result") == "pass" and decision.get_attribute("data-how") == "pass"
    assert int(decision.get_attribute("data-took")) < 1000
    expect(decision.locator(".g-number")).to_have_text("1")
    expect(decision.locator("h2")).to_have_text("Cho qua")
    expect(decision.locator("[data-testid=badge]")).to_contain_text("chữ ký")
    gate.next()
    gate.wait_unsent(0)
    mine = gate.compare()
    [(id, how, result, outcome, seq)] = gate.at_province()
    assert (how, result, outcome, seq) == ("pass", 0, "passed", 1) and [id] == mine["ids"]
    assert until(
        lambda: rows(
            product,
            "select alias from checkpoints_scan where id=? and alias is not null",
            id.replace("-", ""),
        )
    )


def test_held_badly(gate, province):
    """Upside down, aslant, blurred, in the dark; and so blurred that nothing can be read, which decides nothing."""
    for how in ({"angle": 178}, {"angle": -40}, {"blur": 1.4}, {"dim": 0.45}):
        decision = gate.scan(province.wallet().shown(), **how)
        assert decision.get_attribute("data-result") == "pass", how
        gate.next()
    gate.hold_up(province.wallet().shown(), blur=9)
    gate.page.wait_for_timeout(1500)
    assert gate.decided() == ""


def everything(province: Province, here: UUID) -> list[tuple[str, str, str, str, str]]:
    """Every kind of code there is: its text, how it is read, its flaw, the result, and what the badge says of it."""
    elsewhere, tampered = uuid7(), altered
    return [
        (cccd(), "cccd", "", "advise", "lời khai"),
        (national(), "national", "", "advise", "lời khai"),
        (insurance(), "bhyt", "", "advise", "lời khai"),
        (claim(), "claim", "", "advise", "lời khai"),
        (province.card(), "card", "", "advise", "chữ ký"),
        (province.wallet().shown(), "pass", "", "pass", "chữ ký"),
        (province.certificate(), "hc1", "", "advise", "chữ ký"),
        (province.certificate(by=authority()), "hc1", "untrusted", "hold", "Chưa kiểm"),
        (province.certificate(ago=timedelta(days=120)), "hc1", "expired", "hold", "Chưa kiểm"),
        (forged_certificate(province), "hc1", "forged", "hold", "Chưa kiểm"),
        (province.appointment(here), "appointment", "", "advise", "chữ ký"),
        (province.appointment(elsewhere, starts=timedelta(hours=-3)), "appointment", "", "advise", "chữ ký"),
        (province.appointment(here, starts=timedelta(days=3)), "appointment", "expired", "hold", "Chưa kiểm"),
        (tampered(province.appointment(here)), "appointment", "forged", "hold", "Chưa kiểm"),
        (province.appointment(here, key=SigningKey.generate()), "appointment", "forged", "hold", "Chưa kiểm"),
    ]


def forged_certificate(province: Province) -> str:
    """Good, but for the signature."""
    content = hc1_writer.dcc("v", dn=3, sd=3)
    parts = hc1_writer.frame(province.authority, hc1_writer.token(content, now(), now() + timedelta(days=9)))
    parts[3] = bytes(64)
    return hc1_writer.wrap(parts)


SAID = {
    "claim": "Nguyễn Thị Ngoại Tuyến", "bhyt": "Nguyễn Thị Bảo Hiểm", "hc1": "Nguyễn Thị Hoa", "cccd": "Nguyễn Thị Căn Cước",
}  # fmt: skip


def test_every_kind_of_code_without_a_network_and_back(gate, post, product, province):
    [(place,)] = rows(product, "select id from places_place where code=?", post.place)
    gate.context.set_offline(True)
    seen = []
    for text, how, flaw, result, badge in everything(province, UUID(place)):
        decision = gate.scan(text)
        shown = {name: decision.get_attribute(f"data-{name}") for name in ("how", "flaw", "result")}
        assert shown == {"how": how, "flaw": flaw, "result": result}
        expect(decision.locator(".g-badge")).to_contain_text(badge)
        expect(decision.locator("[data-testid=reasons] li").first).to_be_visible()
        if how in SAID:
            expect(decision).to_contain_text(SAID[how])
        if how == "appointment" and flaw == "":
            expect(decision.locator("[data-testid=booked]")).to_contain_text("Trung tâm Y tế Nha Trang")
        seen.append(gate.decided())
        assert gate.unsent() == len(seen)
        gate.next()
    expect(gate.page.locator("[data-testid=unsent]")).to_have_text(f"Chưa về tỉnh: {len(seen)}")
    gate.page.reload()  # the page itself starts without a network
    gate.wait_for_camera()
    assert gate.unsent() == len(seen) and gate.at_province() == []
    gate.context.set_offline(False)
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == seen
    assert [row[0] for row in gate.at_province()] == seen
    expect(gate.page.locator("[data-testid=unsent]")).to_have_text("Đã về tỉnh hết")


def test_the_same_person_in_view_is_one_scan(gate, province):
    wallet = province.wallet()
    gate.hold_up(wallet.shown())
    gate.page.locator("[data-testid=decision]").wait_for(timeout=SLOW)
    first = gate.decided()
    gate.hold_up(wallet.shown(timedelta(seconds=-1)))  # the phone renews its signature while it is held up
    gate.page.wait_for_timeout(1000)
    assert gate.decided() == first
    gate.film.clear()
    gate.next()
    gate.wait_unsent(0)
    assert len(gate.at_province()) == 1


TORCH = """
globalThis.asked = [];
MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
MediaStreamTrack.prototype.applyConstraints = (wanted) => { asked.push(wanted.advanced[0]); return Promise.resolve(); };
const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
navigator.mediaDevices.enumerateDevices = async () => [...await real(), { kind: 'videoinput', deviceId: 'wide', label: '' }];
"""


def test_torch_choice_of_camera_and_language_outlive_the_page(gate):
    page = gate.context.new_page()
    page.add_init_script(TORCH)
    page.goto("/quet/")
    page.click("[data-testid=take-here]")
    torch = page.locator("[data-testid=tool-torch]")
    torch.click()
    expect(torch).to_have_attribute("aria-pressed", "true")
    torch.click()
    expect(torch).not_to_have_attribute("aria-pressed", "true")
    assert page.evaluate("asked") == [{"torch": True}, {"torch": False}]
    page.click("[data-testid=tool-camera]")
    page.wait_for_function("localStorage.getItem('lc-gate-camera') === 'wide'")
    page.click("[data-testid=nav-about]")
    page.check("[data-testid=lang-en]")
    expect(page.locator("[data-testid=about] h2")).to_have_text("This device")
    gate.context.set_offline(True)
    page.reload()
    page.locator(".g-camera[data-camera=looking]").wait_for(timeout=SLOW)
    expect(page.locator("[data-testid=nav-scan]")).to_have_text("Scan")
    expect(page.locator("[data-testid=tool-torch]")).to_have_text("Torch")
    assert page.evaluate("[document.documentElement.lang, localStorage.getItem('lc-gate-camera')]") == [
        "en",
        "wide",
    ]
    page.click("[data-testid=nav-about]")
    page.check("[data-testid=lang-vi]")
    page.evaluate("localStorage.removeItem('lc-gate-camera')")
    page.close()
    gate.context.set_offline(False)
