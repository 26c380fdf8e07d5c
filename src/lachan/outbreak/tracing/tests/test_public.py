"""Settings before the public: looked at first, there at once, gone at once, and without a person in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Setting
from lachan.outbreak.tracing.services.publishing import PublicText, hide_setting, publish_setting
from lachan.outbreak.tracing.tests.world import CAM, HAI, NOW, case_of, moment, place, somebody, visit
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db
TEXT = PublicText(
    "Thông báo 12/TB-TTYT", ("call", "stay"), "Trạm y tế Vĩnh Hải, 0258 3831 115", "Mang khẩu trang."
)
LIST = "/moc-dich-te/"


@pytest.fixture(autouse=True)
def _at_a_fixed_time(monkeypatch: Any, clock: Any) -> None:
    monkeypatch.setattr("lachan.base.middleware.CLOCK", clock)


@pytest.fixture
def declared(province: None, tracer: Any) -> Callable[..., Setting]:
    def made(name: str = "Chợ Đầm", unit: str = HAI) -> Setting:
        ill, other = somebody("Người Bệnh Kín"), somebody("Người Gặp Kín")
        where = place(name=name, unit=unit)
        visit(other, where, moment(19, 9), moment(19, 10))
        draft = services.settings.SettingDraft(
            "covid19", where, moment(19, 8), moment(19, 12), case_of(ill), "", "ghi chú kín"
        )
        return services.declare_setting(draft, by=tracer, now=NOW)

    return made


def page(client: Client, address: str = LIST) -> str:
    return client.get(address).content.decode()


def own(row: Setting) -> str:
    return reverse("tracing:public_setting", args=[row.pk])


def test_it_stands_there_from_its_publication_to_its_withdrawal(
    client: Client, declared: Any, tracer: Any
) -> None:
    row = declared()
    assert "Chợ Đầm" not in page(client) and client.get(own(row)).status_code == 404
    publish_setting(row, TEXT, by=tracer, now=NOW)
    assert "Chợ Đầm" in page(client) and "19/07/2021" in page(client)
    body = page(client, own(row))
    assert "Gọi ngay cho trạm y tế" in body and "0258 3831 115" in body and "Mang khẩu trang." in body
    assert "Call the health station" in page(client, own(row) + "?lang=en")
    hide_setting(row, by=tracer, now=NOW)
    assert "Chợ Đầm" not in page(client, LIST + "?lang=vi") and client.get(own(row)).status_code == 410
    publish_setting(row, TEXT, by=tracer, now=NOW)
    services.withdraw_setting(row, by=tracer, now=NOW)
    assert "Chợ Đầm" not in page(client) and client.get(own(row)).status_code == 410
    assert client.get(reverse("tracing:public_sheet", args=[row.pk])).status_code == 410
    with pytest.raises(InvalidInput, match="setting_withdrawn"):
        publish_setting(row, TEXT, by=tracer, now=NOW)
    kinds = Event.objects.filter(subject=row.pk).order_by("id").values_list("kind", flat=True)
    assert list(kinds)[1:] == [
        "setting.published",
        "setting.hidden",
        "setting.published",
        "setting.withdrawn",
    ]


def test_nothing_personal_stands_in_it(client: Client, declared: Any, tracer: Any) -> None:
    row = publish_setting(declared(), TEXT, by=tracer, now=NOW)
    addresses = (LIST, own(row), reverse("tracing:public_sheet", args=[row.pk]))
    for body in (page(client, one) for one in addresses):
        assert "Kín" not in body and "kín" not in body and tracer.full_name not in body
        assert str(row.case) not in body and "KH-" not in body
    for text, code in (
        (PublicText("", ("call",), "Trạm"), "setting_document"),
        (PublicText("12/TB", (), "Trạm"), "setting_asks"),
        (PublicText("12/TB", ("bay",), "Trạm"), "setting_asks"),
        (PublicText("12/TB", ("call",), " "), "setting_contact"),
        (PublicText("12/TB", ("call",), "Trạm", "Hỏi anh Ba 0912345678"), "setting_personal"),
    ):
        with pytest.raises(InvalidInput, match=code):
            publish_setting(row, text, by=tracer, now=NOW)


def test_it_is_found_without_accents_and_by_commune(client: Client, declared: Any, tracer: Any) -> None:
    for row in (declared(), declared("Quán Phở Gà", CAM)):
        publish_setting(row, TEXT, by=tracer, now=NOW)
    assert "Chợ Đầm" in page(client, LIST + "?q=cho+dam") and "Phở" not in page(client, LIST + "?q=cho+dam")
    assert "Chợ Đầm" in page(client, LIST + "?q=VINH+hai+cho")
    assert "Phở" in page(client, f"{LIST}?xa={CAM}") and "Chợ Đầm" not in page(client, f"{LIST}?xa={CAM}")
    assert "Không có mốc nào khớp" in page(client, LIST + "?q=san+bay")
    for odd in ("?q=%00", "?xa=zz", "?cursor=zz", "?q=" + "a" * 500):
        assert client.get(LIST + odd).status_code == 200


def test_who_publishes_looks_at_it_in_both_languages_first(
    declared: Any, tracer: Any, station: Any, at: Any
) -> None:
    row = declared()
    client, address = at(tracer), reverse("tracing:setting_publish", args=[row.pk])
    given = {
        "document": "12/TB",
        "asks": ["call", "test"],
        "contact": "Trạm y tế, 0258 3831 115",
        "advice": "",
    }
    assert client.post(address, {**given, "asks": []}).status_code == 422
    looked = client.post(address, given).content.decode()
    assert (
        "Gọi ngay cho trạm y tế" in looked and "Call the health station" in looked and str(tracer) in looked
    )
    assert not Setting.objects.get().public, "a look makes nothing known"
    assert "Mốc do" not in client.post(address, {**given, "verb": "mend"}).content.decode()
    assert client.post(address, {**given, "verb": "publish"}).status_code == 302
    row.refresh_from_db()
    assert (
        row.public and row.published_by == tracer.pk and row.published_at == NOW and row.asks == "call test"
    )
    assert "Trang mọi người đọc" in client.get(reverse("tracing:setting", args=[row.pk])).content.decode()
    client.post(reverse("tracing:setting_change", args=[row.pk, "an"]))
    assert not Setting.objects.get().public
    services.withdraw_setting(row, by=tracer, now=NOW)
    assert client.get(address).status_code == 404


def test_home_leads_to_it_and_the_list_tells_the_phone_what_to_compare(
    client: Client, declared: Any, tracer: Any
) -> None:
    assert LIST in page(client, "/")
    row = publish_setting(declared(), TEXT, by=tracer, now=NOW)
    code = reverse("tracing:public_setting", args=[row.pk])
    body = page(client)
    assert code in body and f'data-from="{int(row.from_at.timestamp() * 1000)}"' in body
    assert "những nơi bạn đã ghi nhận" in body, "without scripts the text says how to compare"
