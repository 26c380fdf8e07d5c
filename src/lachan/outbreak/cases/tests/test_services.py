from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import selectors, services
from lachan.outbreak.cases.dates import Implausible
from lachan.outbreak.cases.models import Case, Sample, Stay
from lachan.outbreak.cases.services import CaseExists, update_case
from lachan.outbreak.cases.tests import made
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias, Person

Open = Callable[..., Case]
OTHER = {
    "name": "Trần Thị Hoa",
    "birth": "1991-02-03",
    "sex": "f",
    "cccd": "056191004321",
    "phone": "0987654321",
}


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(subject=case.pk).order_by("id").values_list("kind", flat=True))


def test_codes_run_without_gaps_by_disease_and_year(opened: Open) -> None:
    first = opened()
    with pytest.raises(Implausible):
        opened(typed=OTHER, onset=date(2021, 7, 30))
    second, dengue = opened(typed=OTHER), opened(typed=OTHER, disease="dengue")
    assert [first.code, second.code, dengue.code] == [
        "KH-COVID19-21-00001", "KH-COVID19-21-00002", "KH-DENGUE-21-00001",
    ]  # fmt: skip


def test_a_case_finds_the_person_that_the_registry_knows(
    opened: Open, investigator: Any, now: datetime
) -> None:
    first, dengue = opened(), opened(disease="dengue", typed={"cccd": "", "name": "NGUYỄN VĂN BÌNH"})
    assert first.person == dengue.person and Person.objects.count() == 1
    assert {first.alias, dengue.alias} <= set(
        Alias.objects.filter(person=first.person).values_list("alias", flat=True)
    )


def test_one_illness_is_one_case(opened: Open) -> None:
    first = opened()
    with pytest.raises(CaseExists) as refused:
        opened()
    assert refused.value.case == first and refused.value.params == {"code": first.code}


def test_a_later_illness_is_another_case(opened: Open, now: datetime, investigator: Any) -> None:
    opened(reported_on=date(2021, 1, 5), onset=date(2021, 1, 3))
    assert made.case(investigator, now, onset=date(2021, 7, 20)).code.endswith("00002")


@pytest.mark.parametrize("disease", ["covid19", "dengue", "measles"])
def test_nothing_known_is_not_classified_which_isnt_no_case(opened: Open, disease: str) -> None:
    case = opened(disease=disease)
    assert (case.classification, case.reasons) == ("not_classified", "nothing_holds")


def test_answers_classify_with_reasons_and_version(opened: Open, investigator: Any, now: datetime) -> None:
    case = opened()
    answers = {"has_symptoms": "yes", "fever": True, "contact_case": True}
    case = update_case(case, {"answers": answers}, by=investigator, now=now)
    assert (case.classification, case.reasons, case.definition) == (
        "suspect",
        "symptoms_with_link",
        "disease_covid19/2020-01-23",
    )
    assert case.form == "investigation/1.0.0"
    assert kinds(case) == ["case.opened", "case.updated", "case.classified"]


def test_signs_are_counted_for_dengue(opened: Open, investigator: Any, now: datetime) -> None:
    case = opened(disease="dengue", answers={"has_symptoms": "yes", "fever": True, "headache": True})
    assert case.classification == "not_classified"
    more = {"has_symptoms": "yes", "fever": True, "headache": True, "bleeding": True}
    assert update_case(case, {"answers": more}, by=investigator, now=now).classification == "suspect"
    more["focus"] = True
    assert update_case(case, {"answers": more}, by=investigator, now=now).classification == "probable"


def test_an_officers_word_stands_until_it_is_taken_back(
    opened: Open, investigator: Any, now: datetime
) -> None:
    case = opened()
    with pytest.raises(InvalidInput, match="case_reason"):
        services.override(case, "confirmed", " ", by=investigator, now=now)
    case = services.override(case, "confirmed", "Hội chẩn ngày 21/7", by=investigator, now=now)
    assert case.classification == "confirmed" and case.reasons == "nothing_holds"
    services.reclassify(case, now=now)
    case.refresh_from_db()
    assert case.classification == "confirmed"
    case = services.override(case, "", "Ghi nhầm", by=investigator, now=now)
    assert (case.classification, case.override_reason) == ("not_classified", "")


def test_a_change_that_nobody_saw_coming_isnt_overwritten(
    opened: Open, investigator: Any, now: datetime
) -> None:
    case = opened()
    update_case(case, {"infection": "local"}, by=investigator, now=now + timedelta(minutes=1))
    with pytest.raises(InvalidInput, match="case_changed"):
        update_case(case, {"infection": "abroad"}, by=investigator, now=now, seen=case.updated_at)


def test_a_date_once_confirmed_isnt_asked_again(opened: Open, investigator: Any, now: datetime) -> None:
    case = opened(onset=date(2021, 7, 10))
    with pytest.raises(Implausible):
        update_case(case, {"sampled_on": date(2021, 7, 8)}, by=investigator, now=now)
    key = "sampled_on.sample_before_onset"
    case = update_case(
        case, {"sampled_on": date(2021, 7, 8)}, by=investigator, now=now, confirmed_unusual=[key]
    )
    assert case.unusual == key
    case = update_case(case, {"infection": "local"}, by=investigator, now=now)
    assert case.unusual == key
    with pytest.raises(Implausible):
        update_case(case, {"sampled_on": date(2021, 7, 7)}, by=investigator, now=now)
    assert update_case(case, {"sampled_on": date(2021, 7, 11)}, by=investigator, now=now).unusual == ""


def test_changing_where_it_was_found_leaves_an_event_of_its_own(
    opened: Open, investigator: Any, now: datetime
) -> None:
    case = update_case(opened(detection="facility"), {"detection": "community"}, by=investigator, now=now)
    event = Event.objects.get(subject=case.pk, kind="case.detection")
    assert '"from":"facility"' in event.data.replace(" ", "") and '"to":"community"' in event.data.replace(
        " ", ""
    )
    assert "case.updated" not in kinds(case)


def test_stays_follow_each_other(opened: Open, investigator: Any, now: datetime) -> None:
    from lachan.registry.places.models import Place

    case, place = opened(), Place.objects.get(code=small.MARKET)
    first = services.transfer(
        case, place.pk, now - timedelta(days=2), severity="mild", by=investigator, now=now
    )
    with pytest.raises(InvalidInput, match="stay_before"):
        services.transfer(case, None, now - timedelta(days=3), by=investigator, now=now)
    services.transfer(case, None, now - timedelta(days=1), by=investigator, now=now)
    first.refresh_from_db()
    case.refresh_from_db()
    assert first.to_at == now - timedelta(days=1) and case.facility is None
    assert case.isolated_at == now - timedelta(days=2)
    services.set_outcome(case, "recovered", date(2021, 7, 22), by=investigator, now=now)
    assert not Stay.objects.filter(case=case, to_at=None).exists()


def test_an_outcome_has_its_day(opened: Open, investigator: Any, now: datetime) -> None:
    case = opened(onset=date(2021, 7, 10))
    with pytest.raises(InvalidInput) as refused:
        services.set_outcome(case, "deceased", None, by=investigator, now=now)
    assert refused.value.field == "outcome_on"
    with pytest.raises(Implausible):
        services.set_outcome(case, "deceased", date(2021, 7, 9), by=investigator, now=now)


def test_the_infectious_window_is_whole_days_of_vietnam(opened: Open, now: datetime) -> None:
    case = opened(onset=date(2021, 7, 10))
    start, end = selectors.infectious_window(case) or (None, None)
    assert start is not None and end is not None
    assert (start.isoformat(), end.isoformat()) == ("2021-07-07T00:00:00+07:00", "2021-07-25T00:00:00+07:00")
    assert selectors.infectious_window(opened(typed=OTHER)) is None


def test_isolation_ends_the_window(opened: Open, investigator: Any, now: datetime) -> None:
    case = opened(onset=date(2021, 7, 10))
    case = update_case(case, {"isolated_at": now - timedelta(days=7)}, by=investigator, now=now)
    assert selectors.infectious_days(case) == (date(2021, 7, 7), date(2021, 7, 15))


def test_a_merge_is_undone_exactly(opened: Open, investigator: Any, now: datetime) -> None:
    kept, absorbed = opened(), opened(typed={**OTHER, "name": made.FIELDS["name"]}, onset=date(2021, 7, 18))
    child = opened(typed={"name": "Lê Nam", "cccd": "", "phone": "0905111222"}, source_case=absorbed.pk)
    sample = made.sample(investigator, now, case=absorbed.pk)
    row = services.merge(kept, absorbed, "Cùng một người, hai số giấy tờ", investigator, now)
    kept.refresh_from_db()
    sample.refresh_from_db()
    child.refresh_from_db()
    assert (sample.case_id, child.source_case, kept.onset) == (kept.pk, kept.pk, date(2021, 7, 18))
    assert list(selectors.visible(_all())) == [kept, child] or set(selectors.visible(_all())) == {kept, child}
    assert Person.objects.get(pk=absorbed.person).merged_into_id == kept.person
    assert {case.pk for case in selectors.cases_of(kept.person)} == {kept.pk}
    services.unmerge(row, "Nhầm", investigator, now)
    for one in (kept, absorbed, sample, child):
        one.refresh_from_db()
    assert (sample.case_id, child.source_case, kept.onset, absorbed.merged_into) == (
        absorbed.pk,
        absorbed.pk,
        None,
        None,
    )
    assert Person.objects.get(pk=absorbed.person).merged_into_id is None
    with pytest.raises(InvalidInput, match="merge_undone"):
        services.unmerge(row, "Nữa", investigator, now)


def _all() -> Any:
    from lachan.base.scope import Scope

    return Scope((small.PROVINCE,))


def test_duplicates_are_found_by_phone_and_not_by_name_alone(opened: Open) -> None:
    first = opened()
    same = opened(typed={"cccd": "056080009999"})
    opened(typed={"cccd": "056080008888", "phone": "", "birth": "1980"})
    found = selectors.duplicates_of(first, _all())
    assert [(one.case, one.why) for one in found] == [(same, "phone")]


def test_a_case_can_only_be_changed_while_it_stands(opened: Open, investigator: Any, now: datetime) -> None:
    kept, absorbed = opened(), opened(typed=OTHER)
    services.merge(kept, absorbed, "trùng", investigator, now)
    with pytest.raises(InvalidInput, match="case_merged"):
        update_case(absorbed, {"infection": "local"}, by=investigator, now=now)


def test_results_count_only_where_they_say_something(opened: Open, investigator: Any, now: datetime) -> None:
    case = opened()
    sample = made.sample(investigator, now, case=case.pk)
    services.record_result(sample, Sample.Result.UNCLEAR, now, by=investigator, now=now)
    case.refresh_from_db()
    assert case.classification == "not_classified"
