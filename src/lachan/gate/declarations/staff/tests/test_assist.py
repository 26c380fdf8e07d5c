"""Declaring for someone, the counts, and citizens' requests."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lachan.base import keys
from lachan.gate.declarations.models import DataRequest, Declaration, Entry
from lachan.gate.declarations.services import requests as services
from lachan.gate.declarations.services.erase import erase
from lachan.gate.declarations.staff import cards
from lachan.gate.declarations.staff.counts import place_counts
from lachan.gate.declarations.tests import small
from lachan.kernel import codes
from lachan.kernel.clock import FixedClock, local_day
from lachan.kernel.codes.qr import to_qr_svg
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db
FORM = "/cb/khai-ho/mau/domestic/"


@pytest.fixture
def worker(officer):
    return officer("tram", "commune_health_worker", small.HAI)


def sent(**more) -> dict[str, str]:
    said = {"no_symptoms": "true", "no_contact": "true", "pledge": "on", "_send": "1"}
    answers = {key: value for key, value in small.answers().items() if not isinstance(value, bool)}
    return {**answers, **said, **more}


def shown(client, address: str, **more) -> str:
    """The questions on the page once the answers of `sent` have brought up theirs."""
    fields = {key: value for key, value in sent(**more).items() if key != "_send"}
    return client.post(address, fields, HTTP_HX_REQUEST="true").context["filling"].shown_text


def test_what_an_officer_declares_bears_her_account(at, worker, now):
    client = at(worker)
    address = f"{FORM}?diem={small.MARKET}"
    response = client.post(address, sent(_shown=shown(client, address)))
    row = Declaration.objects.get()
    assert response.url == reverse("declarations:assisted", args=[row.id])
    assert (row.channel, row.submitted_by, row.unit) == ("staff", worker.pk, small.HAI)
    assert small.events("declaration.received")[0].actor == worker.pk
    page = client.get(response.url).content.decode()
    assert Entry.objects.get().code in page and "Được vào" in page


def test_sent_twice_is_one_declaration(at, worker, now):
    client = at(worker)
    identifier = client.get(FORM).context["submission"]
    fields = sent(_shown=shown(client, FORM), _id=str(identifier))
    assert client.post(FORM, fields).url == client.post(FORM, fields).url
    assert Declaration.objects.count() == 1


def test_questions_that_an_answer_brings_up_are_seen_before_it_is_sent(at, worker, now):
    client = at(worker)
    before = shown(client, FORM)
    assert "fever" not in before.split()
    page = client.post(FORM, sent(_shown=before, no_symptoms="false"))
    assert (
        page.status_code == 200
        and "Có câu hỏi mới" in page.content.decode()
        and not Declaration.objects.exists()
    )
    again = page.context["filling"].shown_text
    assert "fever" in again.split()
    onset = shown(client, FORM, no_symptoms="false", fever="on")
    assert "symptom_onset" in onset.split()
    client.post(FORM, sent(_shown=onset, no_symptoms="false", fever="on"))
    assert Entry.objects.get().result == 1


def test_an_answer_changes_the_page_without_sending_it(at, worker, now):
    client = at(worker)
    piece = client.post(FORM, {"no_symptoms": "false", "_shown": ""}, HTTP_HX_REQUEST="true").content.decode()
    assert (
        piece.lstrip().startswith('<div id="questions"')
        and 'name="fever"' in piece
        and "lc-wrong" not in piece
    )


def test_errors_stand_beside_their_field_and_what_was_typed_is_kept(at, worker, now):
    client = at(worker)
    page = client.post(FORM, sent(_shown=shown(client, FORM), phone="123", name="")).content.decode()
    assert page.count("lc-wrong") == 2 and "12 Nguyễn Trãi" in page
    assert not Declaration.objects.exists()


def test_places_elsewhere_or_closed_are_not_declared_at(at, worker, now):
    client = at(worker)
    assert client.get(f"/cb/khai-ho/mau/checkpoint/?diem={small.GATE}").status_code == 404
    assert "lc-wrong" in client.get(f"/cb/khai-ho/?diem={small.GATE}").content.decode()
    assert client.get("/cb/khai-ho/?diem=cho+vinh+hai").url == f"{FORM}?diem={small.MARKET}"
    Place.objects.update(status="closed")
    assert client.get(f"{FORM}?diem={small.MARKET}").status_code == 404
    assert client.get("/cb/khai-ho/mau/nosuch/").status_code == 404


def test_what_came_of_it_is_shown_to_who_declared_it(at, officer, worker, now):
    answer = small.declare(now, by=worker, channel="staff")
    address = reverse("declarations:assisted", args=[answer.id])
    assert at(worker).get(address).status_code == 200
    assert at(officer("tram2", "commune_health_worker", small.HAI)).get(address).status_code == 404


@pytest.fixture
def drawn(monkeypatch):
    """The codes that were drawn, as a scanner reads them off the paper."""
    found = []

    def draw(text: str, **how) -> str:
        found.append(text)
        return to_qr_svg(text, **how)

    monkeypatch.setattr(cards, "to_qr_svg", draw)
    return found


def serial_of(text: str, now) -> bytes:
    """Whom a card's code stands for, verified as the reader at a gate does."""
    clock = FixedClock(now)
    claims = codes.read(text, codes.TrustList.of(keys.keystore(), clock), clock).claims
    assert isinstance(claims, codes.CardPass)
    return claims.serial


def test_who_was_declared_for_gets_a_card(at, officer, worker, drawn, now):
    answer = small.declare(now, by=worker, channel="staff")
    result = at(worker).get(reverse("declarations:assisted", args=[answer.id])).content.decode()
    address = reverse("declarations:assisted_card", args=[answer.id])
    assert address in result and "In thẻ QR" in result
    page = at(worker).get(address).content.decode()
    assert answer.code in page and 'data-testid="print-card"' in page and "<svg" in page
    assert [serial_of(text, now) for text in drawn] == [answer.id.bytes]
    assert "Nguyễn Thị Hoa" not in page and "0905" not in page
    [event] = small.events("declaration.card_printed", answer.id)
    assert event.actor == worker.pk
    other = officer("tram2", "commune_health_worker", small.HAI)
    assert at(other).get(address).status_code == 404


def test_the_card_is_printed_later_from_the_declaration(at, officer, worker, drawn, now):
    entry = small.declared(now, residence=small.HAI)
    address = reverse("declarations:entry_card", args=[entry.pk])
    client = at(worker)
    assert address in client.get(reverse("declarations:detail", args=[entry.pk])).content.decode()
    assert entry.code in client.get(address).content.decode()
    assert [serial_of(text, now) for text in drawn] == [entry.declaration.bytes]
    assert at(officer("cam", "commune_health_worker", small.CAM)).get(address).status_code == 404
    assert at(officer("nhap", "data_entry", small.HAI)).get(address).status_code == 403


def test_no_card_of_what_was_erased(at, worker, now):
    answer = small.declare(now, by=worker, channel="staff")
    entry = Entry.objects.get(declaration=answer.id)
    erase(entry.declaration, small.HAI, by=worker, now=now)
    client = at(worker)
    assert client.get(reverse("declarations:assisted_card", args=[answer.id])).status_code == 404
    assert client.get(reverse("declarations:entry_card", args=[entry.pk])).status_code == 404
    assert "In thẻ QR" not in client.get(reverse("declarations:assisted", args=[answer.id])).content.decode()
    assert (
        'data-testid="card"'
        not in client.get(reverse("declarations:detail", args=[entry.pk])).content.decode()
    )


def test_counts_per_place_of_the_jurisdiction(at, officer, worker, now):
    small.declared(now, sick=True, place=small.MARKET)
    small.declared(now, "Trần Văn Khỏe", place=small.MARKET)
    small.declared(now, "Lê Văn Xa", place=small.MARKET, residence=small.CAM)
    small.work(now)
    page = at(worker).get("/cb/dem/")
    [one] = page.context["rows"]
    assert (one.place.code, one.total, one.attention, one.last_at) == (small.MARKET, 3, 1, now)
    assert "every 10s" in page.content.decode()
    assert "every 10s" not in at(worker).get("/cb/dem/?day=2021-07-20").content.decode()
    assert at(officer("cam", "commune_health_worker", small.CAM)).get("/cb/dem/").context["rows"] == []


@pytest.mark.parametrize("sort", ["total", "stop", "attention", "green", "last", "name", "nonsense"])
def test_counts_are_sorted(at, worker, now, sort):
    small.declared(now, place=small.MARKET)
    small.work(now)
    assert at(worker).get(f"/cb/dem/?sort={sort}").status_code == 200


def test_one_place_as_a_piece_of_another_page(at, officer, worker, now):
    small.declared(now, place=small.MARKET)
    small.work(now)
    address = reverse("declarations:place_counter", args=[Place.objects.get(code=small.MARKET).id])
    piece = at(worker).get(address).content.decode()
    assert "<dl" in piece and "every 10s" in piece and "<html" not in piece
    assert at(officer("cam", "commune_health_worker", small.CAM)).get(address).status_code == 404


def test_places_with_more_come_first(province, now):
    from lachan.base.scope import Scope

    small.declared(now, place=small.MARKET)
    small.declared(now, "Trần Văn Khỏe", place=small.MARKET)
    small.declare(
        now,
        small.answers(vehicle="foot", origin=small.CAM, destination=small.HOA, purpose="work"),
        form="checkpoint",
        place=small.GATE,
    )
    small.work(now)
    rows = place_counts(Scope.of([small.PROVINCE]), local_day(now), "total")
    assert [row.place.code for row in rows] == [small.MARKET, small.GATE]


@pytest.fixture
def asked(province, now):
    return services.ask(DataRequest.Kind.DELETE, small.declared(now, residence=small.HAI), "Xin xóa", now=now)


def test_a_request_is_decided_with_an_answer(at, worker, asked, now):
    client, address = at(worker), reverse("declarations:request", args=[asked.id])
    assert "Nguyễn Thị Hoa" in client.get("/cb/yeu-cau/").content.decode()
    assert "Xin xóa" in client.get(address).content.decode()
    assert small.events("declaration.read", asked.declaration)[0].actor == worker.pk
    refused = client.post(address, {"status": "done", "answer": ""}).content.decode()
    assert "lc-wrong" in refused
    assert client.post(address, {"status": "done", "answer": "Đã xóa"}).url == "/cb/yeu-cau/"
    asked.refresh_from_db()
    assert (asked.status, asked.answer, asked.decided_by) == ("done", "Đã xóa", worker.pk)
    assert services.erased(Entry.objects.get())
    assert small.events("request.done", asked.id) and small.events("declaration.erased")
    again = client.post(address, {"status": "refused", "answer": "Thôi"}).content.decode()
    asked.refresh_from_db()
    assert "Đã xóa" in again and asked.status == "done"


def test_requests_keep_to_the_jurisdiction(at, officer, asked):
    other = officer("cam", "commune_health_worker", small.CAM)
    assert "Nguyễn Thị Hoa" not in at(other).get("/cb/yeu-cau/?tinh_trang=all").content.decode()
    address = reverse("declarations:request", args=[asked.id])
    assert at(other).get(address).status_code == 404
    assert at(other).post(address, {"status": "done", "answer": "x"}).status_code == 404
    assert at(officer("chot", "checkpoint_officer", small.PROVINCE)).get("/cb/yeu-cau/").status_code == 403
