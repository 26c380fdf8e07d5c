from __future__ import annotations

import pytest

from lachan.base.scope import Scope
from lachan.gate.declarations.models import AreaLevel, Declaration, Entry, Hold
from lachan.gate.declarations.prepare import Refused
from lachan.gate.declarations.selectors import history
from lachan.gate.declarations.services.submit import Conflict, submit
from lachan.gate.declarations.tests import small
from lachan.registry.audit.models import Event, PendingSeal
from lachan.registry.places.models import Place


def test_a_declaration_is_recorded_with_its_event(province, now):
    answer = small.declare(now, place=small.MARKET)
    entry = Entry.objects.get(declaration=answer.id)
    assert (answer.result, entry.result, entry.declared) == ("green", 0, small.HAI)
    event = Event.objects.get(subject=answer.id, kind="declaration.received")
    assert PendingSeal.objects.filter(event=event.id).exists()
    row = Declaration.objects.get(pk=answer.id)
    assert b"056190001234" not in bytes(row.payload)


def test_the_same_again_is_one_row_and_the_same_answer(province, now):
    sent = small.submission(now, small.answers())
    first, second = submit(sent, now), submit(sent, now + small.LATER)
    assert (first.code, first.result, first.recorded_at) == (second.code, second.result, second.recorded_at)
    assert Declaration.objects.count() == Entry.objects.count() == 1


def test_another_content_under_the_same_id_is_a_conflict(province, now):
    sent = small.submission(now, small.answers())
    submit(sent, now)
    with pytest.raises(Conflict):
        submit(small.submission(now, small.answers("Trần Văn Bình"), id=sent.id), now)
    assert Entry.objects.get().name == "Nguyễn Thị Hoa"


def test_what_is_wrong_is_refused_by_field_and_leaves_nothing(province, now):
    with pytest.raises(Refused) as refused:
        small.declare(now, small.answers(residence="99/999/99999/", phone="123"), place="NOSUCH")
    assert {error.field for error in refused.value.fields} == {"place"}
    with pytest.raises(Refused) as refused:
        small.declare(now, small.answers(phone="123", birth="2031-01-01"))
    assert {error.field for error in refused.value.fields} == {"phone", "birth"}
    assert not Entry.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize("channel", ["staff", "paper"])
def test_nobody_names_a_channel_of_staff_without_an_account(province, now, channel):
    with pytest.raises(Refused):
        small.declare(now, channel=channel)


def test_a_closed_place_takes_no_declaration(province, now):
    Place.objects.filter(code=small.MARKET).update(status="closed", decided_at=now)
    with pytest.raises(Refused):
        small.declare(now, place=small.MARKET)


def test_a_hold_stops_whom_it_names(province, now):
    first = small.declare(now)
    alias = Entry.objects.get(declaration=first.id).alias
    Hold.objects.create(alias=alias, reason="isolation", document="QĐ 12/QĐ-UBND", valid_from=now)
    held = small.declare(now + small.LATER)
    assert (held.result, held.reasons[0].rule) == ("stop", "hold")


def test_the_level_of_where_one_lives_counts(province, now):
    AreaLevel.objects.create(unit=small.OTHER, level=4, document="QĐ 34/QĐ-UBND", valid_from=now)
    answer = small.declare(now, small.answers(residence=small.CAM))
    assert "area_untested" in [reason.rule for reason in answer.reasons]


@pytest.mark.django_db
def test_two_children_of_one_name_and_birthday_have_a_record_each(province, now):
    said = {
        "national_id": None, "phone": None, "birth": "2015-03-02", "for_other": True, "proxy_name": "Lê Văn Ba",
        "proxy_phone": "0905111222", "proxy_relation": "parent",
    }  # fmt: skip
    here = small.declared(now, "Lê Minh An", residence=small.HOA, **said)
    there = small.declared(now, "Lê Minh An", residence=small.CAM, **said)
    assert here.alias != there.alias  # the commune tells them apart
    small.work(now)
    here.refresh_from_db()
    there.refresh_from_db()
    one, two = history.person_of(here), history.person_of(there)
    assert one and two and one != two
    whole = Scope.of([small.PROVINCE])
    assert history.of_person(whole, one) == [here] and history.of_person(whole, two) == [there]
