"""Paper: one page a form, two keyings by two people, the paper's own time, and nothing green by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from lachan.base import keys
from lachan.gate.declarations.models import Declaration, Entry, PaperForm
from lachan.gate.declarations.paper import sheet
from lachan.gate.declarations.prepare import Refused
from lachan.gate.declarations.selectors import papers
from lachan.gate.declarations.services import paper
from lachan.gate.declarations.services.paper import Keyed, PaperRefused
from lachan.gate.declarations.staff.paper_forms import TimeForm
from lachan.gate.declarations.tests import small
from lachan.kernel import codes
from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import FormSerial, SigningKey, TrustList
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import forms
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(officer):
    return officer("mot", "data_entry", small.HAI)


@pytest.fixture
def second(officer):
    return officer("hai", "data_entry", small.HAI)


@pytest.fixture
def third(officer):
    return officer("ba", "district_officer", small.TOWN)


@pytest.fixture
def form(first, now):
    batch = paper.print_batch(
        "domestic", small.HAI, Place.objects.get(code=small.MARKET).id, 1, by=first, now=now
    )
    return PaperForm.objects.get(batch=batch)


def keyed(now, *, hours: int = 5, **more) -> Keyed:
    return Keyed(small.answers(**more), now - timedelta(hours=hours))


def test_two_who_read_the_same_make_a_declaration_of_the_papers_time(form, first, second, now):
    row, answer = paper.key(form.id, keyed(now), by=first, now=now)
    assert (row.status, answer) == ("once", None) and not Declaration.objects.exists()
    row, answer = paper.key(form.id, keyed(now, phone="+84 905 123 456"), by=second, now=now)
    made = Declaration.objects.get()
    assert (row.status, row.declaration, answer.id) == ("done", made.id, made.id)
    assert (made.channel, made.occurred_at, made.recorded_at) == ("paper", now - timedelta(hours=5), now)
    assert made.submitted_by == second.pk and made.place is not None
    assert answer.pass_text is None
    assert [
        event.kind for kind in ("paper.printed", "paper.keyed", "paper.done") for event in small.events(kind)
    ] == [
        "paper.printed",
        "paper.keyed",
        "paper.done",
    ]


def test_what_was_keyed_is_sealed_and_not_kept_twice(form, first, second, now):
    paper.key(form.id, keyed(now), by=first, now=now)
    raw = PaperForm.objects.extra(select={"raw": "first"}).get()
    assert b"0905123456" not in bytes(raw.raw)
    paper.key(form.id, keyed(now), by=second, now=now)
    assert (PaperForm.objects.get().first, PaperForm.objects.get().second) == ("", "")


def test_one_person_does_not_key_twice(form, first, now):
    paper.key(form.id, keyed(now), by=first, now=now)
    with pytest.raises(PaperRefused, match="paper_same_keyer"):
        paper.key(form.id, keyed(now), by=first, now=now)


def test_what_differs_is_named_and_settled_field_by_field(form, first, second, third, now):
    paper.key(form.id, keyed(now, name="Nguyễn Thị Hoa", address="12 Lê Lợi"), by=first, now=now)
    row, answer = paper.key(
        form.id, keyed(now, name="Nguyễn Thị Hoà", address="21 Lê Lợi", hours=4), by=second, now=now
    )
    assert (row.status, answer) == ("different", None) and not Entry.objects.exists()
    assert paper.differences(row) == ["_at", "name", "address"]
    paper.resolve(form.id, {"_at": "second", "name": "second", "address": "first"}, by=third, now=now)
    made = Entry.objects.get()
    assert (made.name, made.occurred_at) == ("Nguyễn Thị Hoà", now - timedelta(hours=4))
    with pytest.raises(PaperRefused, match="paper_not_different"):
        paper.resolve(form.id, {}, by=third, now=now)


def test_an_answer_that_only_one_read_is_a_difference(form, first, second, third, now):
    paper.key(form.id, keyed(now, email="hoa@example.vn"), by=first, now=now)
    row, _ = paper.key(form.id, keyed(now), by=second, now=now)
    assert paper.differences(row) == ["email"]
    paper.resolve(form.id, {"email": "second"}, by=third, now=now)
    assert Entry.objects.count() == 1


def test_neither_keyer_settles_alone(form, first, second, now):
    paper.key(form.id, keyed(now), by=first, now=now)
    paper.key(form.id, keyed(now, address="99 Trần Phú"), by=second, now=now)
    for one in (first, second):
        with pytest.raises(PaperRefused, match="paper_own_keying"):
            paper.resolve(form.id, {"address": "first"}, by=one, now=now)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("mistaken", ["first", "second"])
def test_whoever_misread_keys_again_until_both_agree(form, first, second, third, now, mistaken):
    right, wrong = keyed(now), keyed(now, address="99 Trần Phú")
    who, other = (first, second) if mistaken == "first" else (second, first)
    paper.key(form.id, wrong if mistaken == "first" else right, by=first, now=now)
    paper.key(form.id, right if mistaken == "first" else wrong, by=second, now=now)
    with pytest.raises(PaperRefused, match="paper_not_keyer"):
        paper.key_own_again(form.id, by=third, now=now)
    row = paper.key_own_again(form.id, by=who, now=now)
    assert (row.status, row.first_by, row.second_by) == ("once", other.pk, None)
    assert Keyed.of(row.first) == right
    with pytest.raises(PaperRefused, match="paper_same_keyer"):
        paper.key(form.id, wrong, by=other, now=now)  # the other can't stand in for who was mistaken
    assert paper.key(form.id, keyed(now, address="9 Trần Phú"), by=who, now=now)[0].status == "different"
    paper.key_own_again(form.id, by=who, now=now)
    assert paper.key(form.id, right, by=who, now=now)[0].status == "done"
    assert len(small.events("paper.own_again", form.id)) == 2
    assert Entry.objects.count() == 1


def test_when_both_are_wrong_it_is_keyed_again(form, first, second, now):
    paper.key(form.id, keyed(now), by=first, now=now)
    paper.key(form.id, keyed(now, name="Trần Văn Ba"), by=second, now=now)
    row = paper.key_again(form.id, by=first, now=now)
    assert (row.status, row.first_by, row.second_by) == ("printed", None, None)
    paper.key(form.id, keyed(now), by=second, now=now)
    assert paper.key(form.id, keyed(now), by=first, now=now)[0].status == "done"


def test_a_refused_declaration_leaves_the_form_as_it_was(form, first, second, now):
    broken = keyed(now, name=None)
    paper.key(form.id, broken, by=first, now=now)
    with pytest.raises(Refused):
        paper.key(form.id, broken, by=second, now=now)
    row = PaperForm.objects.get()
    assert (row.status, row.second_by, row.second) == ("once", None, "")


def test_a_time_to_come_is_refused(form, first, now):
    with pytest.raises(PaperRefused, match="paper_future"):
        paper.key(form.id, keyed(now, hours=-1), by=first, now=now)


def test_a_void_form_takes_nothing_any_more(form, first, now):
    with pytest.raises(PaperRefused, match="paper_reason"):
        paper.void(form.id, "because", by=first, now=now)
    paper.void(form.id, "lost", by=first, now=now)
    with pytest.raises(PaperRefused, match="paper_closed"):
        paper.key(form.id, keyed(now), by=first, now=now)
    with pytest.raises(PaperRefused, match="paper_closed"):
        paper.void(form.id, "lost", by=first, now=now)
    assert small.events("paper.void", form.id)


@pytest.mark.parametrize("count", [0, 201, -1])
def test_a_batch_has_bounds(first, now, count):
    with pytest.raises(PaperRefused, match="paper_count"):
        paper.print_batch("domestic", small.HAI, None, count, by=first, now=now)


def test_a_form_is_found_by_its_serial_and_by_its_code(form, now):
    from lachan.base.scope import Scope

    scope, clock = Scope.of([small.HAI]), FixedClock(now)
    assert papers.by_serial(scope, form.serial.lower().replace("-", " "), clock) == form
    text = codes.issue(FormSerial(form.id.bytes, "domestic/1.0.0", now), keys.keystore().current)
    assert papers.by_serial(scope, text, clock) == form
    assert papers.by_serial(Scope.of([small.CAM]), text, clock) is None
    forged = codes.issue(FormSerial(form.id.bytes, "domestic/1.0.0", now), SigningKey.generate())
    with pytest.raises(InvalidInput):
        papers.by_serial(scope, forged, clock)
    with pytest.raises(InvalidInput):
        papers.by_serial(scope, "7K2M-9QXT-4RD", clock)


@pytest.mark.parametrize("name", sorted(forms()))
def test_every_form_fits_one_page(first, now, name):
    import re

    batch = paper.print_batch(name, small.HAI, None, 3, by=first, now=now)
    made = sheet.pdf(papers.batch(first.scope("paper.print", now), batch), now)
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 3


def test_the_corner_code_reads_back_as_this_form(form, now):
    made = sheet._sheet(form, forms()["domestic"].versions[-1])
    assert made["serial"] == form.serial and made["qr"].startswith("<svg")
    trust = TrustList.of(keys.keystore(), FixedClock(now))
    text = codes.issue(FormSerial(form.id.bytes, "domestic/1.0.0", form.created_at), keys.keystore().current)
    assert codes.read(text, trust, FixedClock(now)).claims.serial == form.id.bytes


# The pages


def fields(now, **more) -> dict[str, str]:
    said = {key: value for key, value in small.answers(**more).items() if not isinstance(value, bool)}
    return {**said, "no_symptoms": "true", "no_contact": "true", "pledge": "on", "at": "2021-07-22T07:15"}


def key_by_page(client, form, now, **more):
    address = reverse("declarations:paper_key", args=[form.id])
    sent = fields(now, **more)
    shown = client.post(address, sent, HTTP_HX_REQUEST="true").context["filling"].shown_text
    return client.post(address, {**sent, "_shown": shown, "_send": "1"})


def test_keying_on_the_page(at, form, first, second, now):
    assert key_by_page(at(first), form, now).url == "/cb/giay/"
    own = at(first).get(reverse("declarations:paper_key", args=[form.id])).content.decode()
    assert "Chờ người khác nhập lần hai" in own
    page = at(second).get(reverse("declarations:paper_key", args=[form.id])).content.decode()
    assert "Nguyễn Thị Hoa" not in page and "Lần nhập thứ hai" in page
    response = key_by_page(at(second), form, now)
    assert response.url == reverse("declarations:assisted", args=[form.id])
    assert Entry.objects.get().occurred_at == now.replace(hour=0, minute=15)
    assert "Từ giấy, chưa xác nhận" in at(second).get(response.url).content.decode()
    assert (
        "đã được ghi nhận"
        in at(first).get(reverse("declarations:paper_key", args=[form.id])).content.decode()
    )


def test_settling_on_the_page(at, form, first, second, third, now):
    key_by_page(at(first), form, now)
    response = key_by_page(at(second), form, now, address="99 Trần Phú")
    address = reverse("declarations:paper_resolve", args=[form.id])
    assert response.url == address
    page = at(second).get(address).content.decode()
    assert "không tự chọn" in page and "Số nhà" in page
    assert "99 Trần Phú" not in page and "12 Nguyễn Trãi" not in page  # the other's reading stays unseen
    assert "nhờ người thứ ba" in at(second).post(address, {"address": "second"}).content.decode()
    assert not Entry.objects.exists()
    page = at(third).get(address).content.decode()
    assert "99 Trần Phú" in page and "12 Nguyễn Trãi" in page and "Cán bộ hai, Cán bộ mot" in page
    assert "Hãy chọn ở từng mục" in at(third).post(address, {}).content.decode()
    assert at(third).post(address, {"address": "second"}).status_code == 302
    assert Entry.objects.count() == 1


def test_keying_ones_own_again_on_the_page(at, form, first, second, now):
    key_by_page(at(first), form, now)
    key_by_page(at(second), form, now, address="99 Trần Phú")
    again = reverse("declarations:paper_own_again", args=[form.id])
    assert at(second).post(again).url == reverse("declarations:paper_key", args=[form.id])
    assert key_by_page(at(second), form, now).url == reverse("declarations:assisted", args=[form.id])
    assert at(first).post(again).status_code == 302  # too late: told, and nothing changes
    assert PaperForm.objects.get().status == "done"


def test_the_time_on_the_paper_is_asked_for(at, form, first, now):
    client, address = at(first), reverse("declarations:paper_key", args=[form.id])
    for at_text in ("", "hom qua", "2021-07-23T10:00"):
        sent = {**fields(now), "at": at_text}
        shown = client.post(address, sent, HTTP_HX_REQUEST="true").context["filling"].shown_text
        page = client.post(address, {**sent, "_shown": shown, "_send": "1"})
        assert page.status_code == 200 and "lc-wrong" in page.content.decode(), at_text
    assert PaperForm.objects.get().status == "printed"


@pytest.mark.parametrize("when", ["0001-01-01T00:00", "1999-07-22T08:00", "9999-12-31T23:59"])
def test_a_year_that_no_paper_has_is_refused_beside_its_field(when):
    asked = TimeForm({"at": when})
    assert not asked.is_valid()
    assert "at" in asked.errors


def test_printing_on_the_page(at, first, now):
    client = at(first)
    assert "lc-wrong" in client.post("/cb/giay/in/", {"mau": "domestic", "so_to": "0"}).content.decode()
    assert (
        "lc-wrong"
        in client.post("/cb/giay/in/", {"mau": "domestic", "so_to": "3", "diem": small.GATE}).content.decode()
    )
    address = client.post("/cb/giay/in/", {"mau": "domestic", "so_to": "3", "diem": small.MARKET}).url
    assert client.get(address).content.decode().count("Đã in") >= 3
    made = client.get(address.rstrip("/") + ".pdf")
    assert made["Content-Type"] == "application/pdf" and made.content.startswith(b"%PDF")
    assert PaperForm.objects.count() == 3


def test_paper_keeps_to_the_jurisdiction(at, officer, form, first, now):
    other = at(officer("cam", "data_entry", small.CAM))
    for name in ("paper_key", "paper_resolve"):
        assert other.get(reverse(f"declarations:{name}", args=[form.id])).status_code == 404
    for name in ("paper_void", "paper_again", "paper_own_again"):
        assert other.post(reverse(f"declarations:{name}", args=[form.id])).status_code == 404
    assert other.get(reverse("declarations:paper_batch", args=[form.batch])).status_code == 404
    assert other.get(reverse("declarations:paper_pdf", args=[form.batch])).status_code == 404
    assert form.serial not in other.get("/cb/giay/").content.decode()
    assert "lc-wrong" in other.get("/cb/giay/", {"so": form.serial}).content.decode()
    assert at(officer("lanhdao", "province_leader", small.PROVINCE)).get("/cb/giay/").status_code == 403


def test_a_serial_typed_in_the_list_opens_its_form(at, first, form):
    assert at(first).get("/cb/giay/", {"so": form.serial}).url == reverse(
        "declarations:paper_key", args=[form.id]
    )
    assert "lc-wrong" in at(first).get("/cb/giay/", {"so": "xin chào"}).content.decode()
    at(first).post(reverse("declarations:paper_void", args=[form.id]), {"reason": "lost"})
    assert (
        "Tờ này đã hủy" in at(first).get(reverse("declarations:paper_key", args=[form.id])).content.decode()
    )
