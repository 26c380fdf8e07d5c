"""The shipped forms: complete, bilingual, and a whole declaration through each."""

from datetime import date
from typing import Any

import pytest

from lachan.kernel.errors import InvalidInput
from lachan.kernel.policies import CONFIDENCE
from lachan.kernel.questionnaire import Questionnaire, columns, form_at, forms
from lachan.kernel.questionnaire.formats import FORMATS

TODAY = date(2021, 7, 1)
FORM_IDS = ("checkpoint", "domestic", "entry", "facility")
EVERY = [version for form in forms().values() for version in form.versions]
VIETNAMESE = set("ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ")

PERSON: dict[str, Any] = {
    "name": "Nguyễn Thị Hồng Ánh", "birth": "1990-05-17", "sex": "female", "nationality": "VN",
    "national_id": "056190123456", "phone": "0905 123 456", "residence": "22327", "address": "12 Trần Phú, tổ 3",
}  # fmt: skip
WELL: dict[str, Any] = {"no_symptoms": True, "no_contact": True, "pledge": True}
TRIPS: dict[str, dict[str, Any]] = {
    "domestic": {},
    "facility": {"reason": "examination"},
    "checkpoint": {
        "vehicle": "car", "plate": "79a-123.45", "origin": "22327", "destination": "22330", "purpose": "work",
    },
    "entry": {
        "passport": "c1234567", "transport": "air", "gate": "Cam Ranh", "vehicle_number": "VN441", "departure_country": "KR",
        "departure_date": "2021-06-30", "entry_date": "2021-07-01",
    },
}  # fmt: skip


def declaration(form: str, **more: Any) -> dict[str, Any]:
    return {**PERSON, **TRIPS[form], **WELL, **more}


def test_the_four_forms_are_there() -> None:
    assert tuple(forms()) == FORM_IDS


@pytest.mark.parametrize("form", EVERY, ids=lambda form: f"{form.id}-{form.version}")
def test_every_text_is_in_both_languages(form: Questionnaire) -> None:
    texts = [form.title]
    for item in form.by_link_id.values():
        texts += [item.text, *([item.hint] if item.hint else []), *(option.text for option in item.options)]
    for text in texts:
        assert text["vi"].strip() and text["en"].strip()
        assert not set(text["en"].lower()) & VIETNAMESE, text
    differ = [text for text in texts if text["vi"] != text["en"]]
    assert len(differ) > 0.85 * len(texts)  # PCR, Malaysia are the same in both


@pytest.mark.parametrize("form", EVERY, ids=lambda form: f"{form.id}-{form.version}")
def test_every_form_carries_what_the_core_record_needs(form: Questionnaire) -> None:
    roles = {item.role for item in form.questions() if item.role}
    needed = {"name", "birth", "sex", "nationality", "national_id", "passport", "phone", "residence", "address",
              "proxy_name", "proxy_phone", "pledge"}  # fmt: skip
    assert needed <= roles
    # At a health facility the place of the QR is where the person is going.
    assert ("destination" in roles) is (form.id != "facility")
    assert form.document and form.source_confidence in CONFIDENCE
    assert all(item.format in FORMATS for item in form.questions() if item.format)


@pytest.mark.parametrize("form", EVERY, ids=lambda form: f"{form.id}-{form.version}")
def test_identity_papers_are_sensitive_and_not_in_the_list(form: Questionnaire) -> None:
    for item in form.questions():
        if item.role in ("national_id", "passport", "insurance", "email", "address"):
            assert item.sensitive and not item.in_list, item.link_id


@pytest.mark.parametrize("form", FORM_IDS)
def test_a_healthy_declaration_passes(form: str) -> None:
    clean = form_at(form, TODAY).compile()(declaration(form), TODAY)
    assert clean.errors == []
    assert clean.record["name"] == "Nguyễn Thị Hồng Ánh"
    assert clean.record["phone"] == "+84905123456"
    assert clean.record["national_id"] == "056190123456"
    assert clean.record["residence"] == "22327"


@pytest.mark.parametrize("form", FORM_IDS)
def test_declaring_for_someone_without_a_phone(form: str) -> None:
    validate = form_at(form, TODAY).compile()
    answers = declaration(form, for_other=True, birth="1942")
    del answers["phone"]
    assert {error.field for error in validate(answers, TODAY).errors} == {
        "proxy_name",
        "proxy_phone",
        "proxy_relation",
    }
    clean = validate(
        {**answers, "proxy_name": "Lê Văn Tám", "proxy_phone": "0914000111", "proxy_relation": "child"}, TODAY
    )
    assert clean.errors == []
    assert clean.record["proxy_phone"] == "+84914000111"
    assert "phone" not in clean.record


def test_the_citizens_quick_way_is_short() -> None:
    """Under a minute: whoever is well answers what is required and nothing unfolds."""
    from lachan.kernel.questionnaire import enabled

    form = form_at("domestic", TODAY)
    shown = enabled(form, declaration("domestic"))
    required = [item.link_id for item in form.questions() if item.required and item.link_id in shown]
    assert len(required) <= 10
    assert not shown & {"fever", "contact_case", "proxy_name", "chronic_detail"}
    assert len(form.questions()) >= 30


def test_pregnancy_is_asked_of_women_only() -> None:
    validate = form_at("domestic", TODAY).compile()
    assert validate(declaration("domestic", pregnant=True), TODAY).answers["pregnant"] is True
    assert "pregnant" not in validate(declaration("domestic", pregnant=True, sex="male"), TODAY).answers


def test_a_return_visit_asks_what_can_change() -> None:
    form = form_at("domestic", TODAY)
    again = {item.link_id for item in form.return_visit()}
    assert {"no_symptoms", "fever", "no_contact", "contact_case", "places_visited", "pledge"} <= again
    assert not again & set(PERSON)
    earlier = declaration("domestic", no_symptoms=False, fever=True)
    merged = form.merge_return(earlier, WELL)
    assert merged["name"] == PERSON["name"] and "fever" not in merged
    assert form.compile()(merged, TODAY).errors == []


def test_columns_follow_from_the_form() -> None:
    shown = columns(form_at("checkpoint", TODAY))
    by_id = {column.link_id: column for column in shown}
    assert [c.link_id for c in shown if c.in_list][:3] == ["name", "birth", "sex"]
    assert by_id["plate"].kind == "plate" and by_id["plate"].label["en"] == "Number plate"
    assert by_id["vehicle"].options["car"]["vi"] == "Ô tô con"
    assert "pledge" not in by_id and "identity" not in by_id


def test_unknown_and_not_yet() -> None:
    with pytest.raises(InvalidInput, match="form_unknown"):
        form_at("nothing", TODAY)
    with pytest.raises(InvalidInput, match="form_none_in_force"):
        form_at("domestic", date(2019, 1, 1))
