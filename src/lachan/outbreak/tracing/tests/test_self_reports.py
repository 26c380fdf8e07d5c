"""Whoever met a contact says so herself: the address tells nothing, an officer decides, the graph gives the level."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from lachan.outbreak.cases.models import Case
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure, SelfReport
from lachan.outbreak.tracing.public import self_report
from lachan.outbreak.tracing.selectors.levels import level_of
from lachan.outbreak.tracing.services import self_reports
from lachan.outbreak.tracing.tests.world import HAI, NOW, case_of, edge, moment, person_of, somebody
from lachan.registry.audit.models import Event
from lachan.registry.people.services import merge

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Lê Thị Nhạn",
    "birth": "1991",
    "phone": "0905 123 456",
    "cccd": "",
    "unit": HAI,
    "address": "2 Lê Lợi",
}
FORM = {**TYPED, "from_at": "2021-07-20T08:00", "minutes": "60", "where": "Quán cà phê", "note": "ho nhẹ"}


@pytest.fixture(autouse=True)
def _nobody_asked_yet() -> None:
    self_report.ADDRESSES.forget()
    self_report.REPORTS.forget()


@pytest.fixture
def near(tracer: Any, now: Any) -> Contact:
    """An F1 whom the officer confirmed."""
    ill, met = somebody("Lê Ca"), somebody("Phạm Kín Tên")
    case_of(ill)
    services.confirm([edge(ill, met, moment(18), status="proposed")], by=tracer, now=now)
    return Contact.objects.get(alias=met)


def address(contact: Contact) -> str:
    return re.sub(r"^https?://[^/]+", "", self_report.address_of(contact))


def told(contact: Contact, now: Any, **more: str) -> SelfReport:
    met = (moment(20, 8), moment(20, 9))
    return self_reports.report(contact, {**TYPED, **more}, HAI, met, now=now)


def test_from_the_address_to_f2(client: Any, at: Any, near: Contact, tracer: Any, now: Any) -> None:
    at(tracer)
    client.logout()
    page = client.get(address(near)).content.decode()
    assert "Phạm Kín Tên" not in page and near.code not in page and "đang được theo dõi" in page
    answer = client.post(address(near), FORM)
    assert answer.status_code == 302, answer.content.decode()
    assert "Đã nhận" in client.get(answer["location"]).content.decode()
    [task] = Task.objects.filter(kind=self_reports.TASK, status="open")
    assert task.params["code"] == near.code
    officer = at(tracer)
    shown = officer.get(reverse("tracing:self_reports", args=[near.pk])).content.decode()
    assert "Lê Thị Nhạn" in shown and "Quán cà phê" in shown and self_report.address_of(near) in shown
    assert Event.objects.filter(kind="self_report.read", subject=near.pk, actor=tracer.pk).count() == 1
    [row] = SelfReport.objects.all()
    assert level_of(row.alias, "covid19") is None, "what is only said is no level"
    officer.post(reverse("tracing:self_report", args=[near.pk, row.pk]), {"verb": "accept"})
    level = level_of(row.alias, "covid19")
    assert level is not None and level.level == 2
    assert person_of(row.alias).name == "Lê Thị Nhạn"
    followed = Contact.objects.get(alias=row.alias)
    assert (followed.status, followed.person) == ("active", person_of(row.alias).pk)
    assert not Task.objects.filter(kind=self_reports.TASK, status="open").exists()


def test_it_follows_the_graph(near: Contact, tracer: Any, now: Any) -> None:
    row = told(near, now)
    self_reports.accept(row, near, by=tracer, now=now)
    services.dismiss(Exposure.objects.filter(target=near.alias), "nhầm người", by=tracer, now=now)
    assert level_of(row.alias, "covid19") is None
    assert Contact.objects.get(alias=row.alias).status == "dropped"


def test_before_the_contact_was_exposed_it_is_no_level(near: Contact, tracer: Any, now: Any) -> None:
    row = self_reports.report(near, TYPED, HAI, (moment(16, 8), moment(16, 9)), now=now)
    self_reports.accept(row, near, by=tracer, now=now)
    assert level_of(row.alias, "covid19") is None and not Contact.objects.filter(alias=row.alias).exists()


def test_said_again_is_said_last_and_decided_once(near: Contact, tracer: Any, now: Any) -> None:
    first = told(near, now)
    again = told(near, now + timedelta(minutes=5), address="4 Lê Lợi")
    assert first.pk == again.pk and self_reports.told_in(again)["address"] == "4 Lê Lợi"
    self_reports.refuse(again, near, "không gặp", by=tracer, now=now)
    with pytest.raises(services.by_hand.InvalidInput, match="self_report_decided"):
        self_reports.accept(again, near, by=tracer, now=now)
    assert not Exposure.objects.filter(target=again.alias).exists()


@pytest.mark.parametrize("reason", ["a\x00b", " ", "dài " * 200])
def test_a_reason_that_cant_be_is_refused_and_decides_nothing(
    at: Any, near: Contact, tracer: Any, now: Any, reason: str
) -> None:
    row = told(near, now)
    answer = at(tracer).post(
        reverse("tracing:self_report", args=[near.pk, row.pk]), {"verb": "refuse", "reason": reason}
    )
    assert answer.status_code == 302 and SelfReport.objects.get().status == "waiting"


def test_a_merge_of_the_contact_loses_nothing(near: Contact, tracer: Any, now: Any) -> None:
    """The same person under another record: what was accepted is still her edge, and the level stands."""
    row = told(near, now)
    self_reports.accept(row, near, by=tracer, now=now)
    twin = somebody("Phạm Kín Tên")
    merge(person_of(twin), person_of(near.alias), reason="một người", by=tracer, now=now)
    level = level_of(row.alias, "covid19")
    assert level is not None and level.level == 2


def test_a_report_that_waits_goes_with_its_contact_into_the_row_that_stands(
    at: Any, near: Contact, tracer: Any, now: Any
) -> None:
    twin = somebody("Phạm Kín Tên")
    case = Case.objects.get()
    services.confirm([edge(case.alias, twin, moment(18), status="proposed")], by=tracer, now=now)
    other = Contact.objects.get(alias=twin)
    row = told(other, now)
    merge(person_of(near.alias), person_of(twin), reason="một người", by=tracer, now=now)
    services.sync("covid19", [twin], now=now)
    other.refresh_from_db()
    assert other.merged_into == near.pk, "the younger row is joined to the older"
    officer = at(tracer)
    assert "Lê Thị Nhạn" in officer.get(reverse("tracing:self_reports", args=[other.pk])).content.decode()
    officer.post(reverse("tracing:self_report", args=[near.pk, row.pk]), {"verb": "accept"})
    level = level_of(row.alias, "covid19")
    assert level is not None and level.level == 2
    assert not Task.objects.filter(kind=self_reports.TASK, status="open").exists()


def test_said_and_accepted_again_counts_again(near: Contact, tracer: Any, now: Any) -> None:
    first = told(near, now)
    self_reports.accept(first, near, by=tracer, now=now)
    services.dismiss(Exposure.objects.filter(target=first.alias), "không gặp", by=tracer, now=now)
    assert level_of(first.alias, "covid19") is None
    self_reports.accept(told(near, now), near, by=tracer, now=now)
    assert level_of(first.alias, "covid19").level == 2  # type: ignore[union-attr]
    assert Exposure.objects.filter(target=first.alias).count() == 1


def test_what_was_typed_stays_where_too_many_have_come(
    client: Any, at: Any, near: Contact, tracer: Any
) -> None:
    at(tracer)
    client.logout()
    for _ in range(self_report.REPORTS.times):
        self_report.REPORTS.take(str(near.pk), NOW)
    answer = client.post(address(near), FORM)
    assert answer.status_code == 422 and "Quán cà phê" in answer.content.decode()
    assert not SelfReport.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"name": "1"}, "name"),
        ({"birth": "hôm qua"}, "birth"),
        ({"from_at": "2021-07-25T08:00"}, "from_at"),
        ({"from_at": "2020-07-25T08:00"}, "from_at"),
        ({"unit": "chỗ nào đó"}, "unit"),
        ({"name": "A\x00B"}, "name"),
        ({"cccd": "abc"}, "cccd"),
        ({"minutes": "-1"}, "minutes"),
    ],
)  # fmt: skip
def test_what_cant_be_is_answered_at_its_field(
    client: Any, at: Any, near: Contact, tracer: Any, change: dict[str, str], field: str
) -> None:
    at(tracer)
    client.logout()
    answer = client.post(address(near), {**FORM, **change})
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not SelfReport.objects.exists()


def test_another_code_opens_nothing(client: Any, near: Contact) -> None:
    path = address(near)
    for wrong in (
        path[:-2] + ("a/" if path[-2] != "a" else "b/"),
        path.replace(str(near.pk), str(near.alias)),
        "/tiep-xuc/x/y/",
    ):
        assert client.get(wrong).status_code == 404


def test_who_met_nobody_that_is_followed_has_nothing_to_say(client: Any, near: Contact) -> None:
    Contact.objects.update(status="dropped")
    assert "không còn được theo dõi" in client.get(address(near)).content.decode()


def test_another_commune_sees_nothing(at: Any, near: Contact, elsewhere: Any, now: Any) -> None:
    row = told(near, now)
    other = at(elsewhere)
    assert other.get(reverse("tracing:self_reports", args=[near.pk])).status_code == 404
    assert (
        other.post(reverse("tracing:self_report", args=[near.pk, row.pk]), {"verb": "accept"}).status_code
        == 404
    )
    assert SelfReport.objects.get().status == "waiting"
