"""What the dated case definition says of a case, from its answers and its laboratory results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.diseases import Classified, Disease
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import work
from lachan.outbreak.cases.investigation import derived, form_for, read_answers
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.services.told import tell

CONCLUSIVE = (Sample.Result.POSITIVE, Sample.Result.NEGATIVE)
MOST_REASONS = 200


def results_of(case: Case) -> dict[str, str]:
    """By kind of test: positive if any sample of the case was, else negative. What had no result isn't there."""
    return strongest(
        Sample.objects.filter(case=case, result__in=CONCLUSIVE).order_by("id").values_list("kind", "result")
    )


def strongest(results: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A later negative doesn't undo an illness: recovery is an outcome, not a classification."""
    found: dict[str, str] = {}
    for kind, result in results:
        if found.get(kind) != Sample.Result.POSITIVE:
            found[kind] = result
    return found


def context_of(case: Case, results: Mapping[str, str], today: date) -> dict[str, Any]:
    """What rules see: answers by linkId, results by kind, and what follows from them."""
    answers = read_answers(case.answers or "")
    context = {**answers, **derived(form_for(case.disease, case.reported_on), answers), **results}
    if case.asymptomatic is not None:
        context["symptoms"] = not case.asymptomatic
    elif case.onset is not None:
        context["symptoms"] = True
    if case.source_case is not None:
        context["epi_link"] = True
    if case.onset is not None:
        context["days_ill"] = ((case.sampled_on or today) - case.onset).days
    return context


def judge(case: Case, now: datetime) -> Classified:
    """By the definition in force on the day of the report, so that a later one doesn't rewrite the register.

    Raises InvalidInput ``policy_none_in_force`` for a report of before the disease's first definition.
    """
    disease = disease_at(case.disease, case.reported_on)
    return disease.classify(context_of(case, results_of(case), local_day(now)))


def disease_at(code: str, day: date) -> Disease:
    """The definition in force; the field at fault is named."""
    try:
        return Disease.at(code, day)
    except InvalidInput as error:
        raise error.at("disease" if error.code == "disease_unknown" else "reported_on") from None


def reclassify(case: Case, *, now: datetime, by: Any = None) -> bool:
    """Judge again; whether the classification changed. An officer's own word stands until it is taken back."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        found = judge(case, now)
        before, case.classification = case.classification, case.overridden or found.result
        case.reasons = _ids(found)
        case.definition = found.version
        case.updated_at = now
        case.save(update_fields=["classification", "reasons", "definition", "updated_at"])
        changed = before != case.classification
        if changed:
            data = {"from": before, "to": case.classification, "disease": case.disease}
            tell("case.classified", case, data, by=by, now=now)
            if case.classification == Case.Classification.NO_CASE:
                work.not_to_investigate(case, now=now)
    return changed


def _ids(found: Classified) -> str:
    return " ".join(one.rule_id for one in found.reasons if one.document or one.rule_id)[:MOST_REASONS]
