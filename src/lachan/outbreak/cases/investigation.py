"""The investigation form of a disease, and what its answers say to the case definition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Item, Questionnaire, form_at

USE = "investigation"
GENERAL = "investigation"
SYMPTOMS, SIGNS, LINKS = "symptoms", "signs", "links"
"""Groups of yes-or-no questions that rules see as one: any of them, how many of them, any of them."""
ASKED = "has_symptoms"


def form_for(disease: str, day: date) -> Questionnaire:
    """`investigation_<disease>` where there is one in force, else the general form."""
    try:
        return form_at(f"{GENERAL}_{disease}", day, USE)
    except InvalidInput:
        return form_at(GENERAL, day, USE)


def named(form: Questionnaire) -> str:
    """How a case notes which form its answers belong to."""
    return f"{form.id}/{form.version}"


def read_answers(text: str) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def write_answers(answers: Mapping[str, Any]) -> str:
    return json.dumps(dict(answers), ensure_ascii=False, sort_keys=True) if answers else ""


def derived(form: Questionnaire, answers: Mapping[str, Any]) -> dict[str, Any]:
    """`symptoms`, `signs`, `epi_link` of the answers. What nobody answered isn't there, which isn't "no"."""
    found: dict[str, Any] = {}
    symptoms = _said(form, SYMPTOMS, answers)
    asked = answers.get(ASKED)
    if any(symptoms) or asked in ("yes", "no"):
        found["symptoms"] = any(symptoms) or asked == "yes"
    if signs := _said(form, SIGNS, answers):
        found["signs"] = sum(signs)
    if links := _said(form, LINKS, answers):
        found["epi_link"] = any(links)
    return found


def _said(form: Questionnaire, group: str, answers: Mapping[str, Any]) -> list[bool]:
    """The answers to the yes-or-no questions of a group, at any depth."""
    item = form.by_link_id.get(group)
    return [answers[one.link_id] for one in _boxes(item) if isinstance(answers.get(one.link_id), bool)]


def _boxes(item: Item | None) -> Iterable[Item]:
    return (one for one in item.walk() if one.type == "boolean") if item is not None else ()
