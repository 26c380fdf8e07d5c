"""From a submission to rows: what is decided, aliased, sealed, flagged and refused."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from lachan.gate.declarations.prepare import (
    DECLARATION_COLUMNS,
    ENTRY_COLUMNS,
    HoldInfo,
    LevelInfo,
    NotReady,
    PlaceInfo,
    Refused,
    Submission,
    World,
    alias_of,
    answer_again,
    digest_of,
    occurred_at,
    prepare,
)
from lachan.kernel.codes import PersonPass, SigningKey, peek
from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.ids import short_code, uuid7
from lachan.registry.audit.rows import event_row

NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)
HOME = "56/568/22327/"
RISKY = "56/570/22402/"
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)

ANSWERS: dict[str, Any] = {
    "name": "Nguyễn Văn An",
    "birth": "1990-05-17",
    "sex": "male",
    "nationality": "VN",
    "national_id": "056090123456",
    "phone": "0905 123 456",
    "residence": HOME,
    "address": "12 Trần Phú",
    "no_symptoms": True,
    "no_contact": True,
    "pledge": True,
}


@pytest.fixture
def world() -> World:
    place = PlaceInfo(uuid7(), "AB12CD34", HOME, "domestic", "active")
    shut = PlaceInfo(uuid7(), "SHUT1234", HOME, "domestic", "closed", NOW - timedelta(days=1))
    return World(
        Keyring.generate(),
        SigningKey.generate(),
        {"2021-07": DataKey.generate()},
        places={each.code: each for each in (place, shut)},
        units=frozenset({"56/", "56/568/", HOME, "56/570/", RISKY}),
        codes={"22327": HOME},
    )


def submission(answers: dict[str, Any] | None = None, **fields: Any) -> Submission:
    given = {"id": uuid7(), "form": "domestic", "place": "AB12CD34", "occurred_at": NOW, **fields}
    return Submission(answers={**ANSWERS, **(answers or {})}, **given)


def entry_of(prepared: Any) -> dict[str, Any]:
    return dict(zip(ENTRY_COLUMNS, prepared.entry, strict=True))


def declaration_of(prepared: Any) -> dict[str, Any]:
    return dict(zip(DECLARATION_COLUMNS, prepared.declaration, strict=True))


def refused(world: World, said: Submission) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        prepare(said, world, NOW)
    return {error.field: error.code for error in caught.value.fields}


def test_a_well_person_is_green_and_gets_a_short_code(world: World) -> None:
    said = submission()
    made = prepare(said, world, NOW)
    entry = entry_of(made)
    assert (made.answer.result, entry["result"]) == ("green", 0)
    assert made.answer.code == entry["code"] == short_code(said.id)
    assert (entry["residence"], entry["declared"]) == (HOME, HOME)
    assert (entry["name"], entry["folded"], entry["birth_year"]) == ("Nguyễn Văn An", "nguyen van an", 1990)
    assert made.answer.confirmed and made.answer.recorded_at == NOW


def test_the_payload_opens_only_under_its_own_id(world: World) -> None:
    made = prepare(submission(), world, NOW)
    row = declaration_of(made)
    plain = world.data_keys["2021-07"].open(row["payload"], made.id.bytes)
    said = msgspec.json.decode(plain)
    assert said["record"]["phone"] == "+84905123456"
    assert said["answers"]["national_id"] == "056090123456"
    with pytest.raises(ValueError, match="sealed_broken"):
        world.data_keys["2021-07"].open(row["payload"], uuid4().bytes)


def test_nothing_identifying_stands_in_the_clear(world: World) -> None:
    made = prepare(submission({"email": "an@example.vn", "insurance": ""}), world, NOW)
    clear = repr(
        [value for value in (*made.declaration, *made.entry, *made.event) if not isinstance(value, bytes)]
    )
    for secret in ("056090123456", "905123456", "an@example.vn", "Trần Phú"):
        assert secret not in clear


def test_one_person_has_one_alias_by_her_strongest_number(world: World) -> None:
    first = declaration_of(prepare(submission(), world, NOW))["alias"]
    moved = declaration_of(prepare(submission({"phone": "0912345678", "name": "NGUYỄN VĂN AN"}), world, NOW))[
        "alias"
    ]
    other = declaration_of(prepare(submission({"national_id": "056090123457"}), world, NOW))["alias"]
    assert first == moved != other


def test_a_shared_phone_does_not_make_two_people_one(world: World) -> None:
    mother = {"national_id": "", "name": "Trần Thị Mai"}
    child = {"national_id": "", "name": "Nguyễn Văn Bình", "birth": "2015"}
    aliases = {declaration_of(prepare(submission(each), world, NOW))["alias"] for each in (mother, child)}
    assert len(aliases) == 2


def test_the_area_she_comes_from_decides_by_the_nearest_order(world: World) -> None:
    world.levels = {
        "56/": (LevelInfo(1, "d", LONG_AGO, None),),
        RISKY: (LevelInfo(4, "d", LONG_AGO, NOW - timedelta(days=2)),),
        "56/570/": (LevelInfo(2, "d", LONG_AGO, None),),
    }
    assert prepare(submission(), world, NOW).answer.result == "green"
    ended = prepare(submission({"residence": RISKY}), world, NOW)
    assert [reason.rule for reason in ended.answer.reasons] == ["area_watch"]
    world.levels = {**world.levels, RISKY: (LevelInfo(4, "d", LONG_AGO, None),)}
    assert prepare(submission({"residence": RISKY}), world, NOW).answer.result == "stop"


def test_a_place_visited_counts_like_the_home(world: World) -> None:
    world.levels = {RISKY: (LevelInfo(4, "d", LONG_AGO, None),)}
    made = prepare(submission({"visited_units": [HOME, RISKY]}), world, NOW)
    assert made.answer.result == "stop"


def test_a_hold_stops_whatever_was_answered(world: World) -> None:
    alias = declaration_of(prepare(submission(), world, NOW))["alias"]
    world.holds = {alias: (HoldInfo("isolation", "QĐ 12", LONG_AGO, None),)}
    made = prepare(submission(lang="en"), world, NOW)
    assert made.answer.result == "stop"
    assert made.answer.reasons[0].rule == "hold" and made.answer.reasons[0].document == "QĐ 12"
    assert "health service" in made.answer.reasons[0].text
    world.holds = {alias: (HoldInfo("isolation", "QĐ 12", LONG_AGO, NOW),)}
    assert prepare(submission(), world, NOW).answer.result == "green"


def test_a_phones_clock_set_back_gets_nobody_past_a_hold(world: World) -> None:
    before = NOW - timedelta(days=3)
    alias = declaration_of(prepare(submission(), world, NOW))["alias"]
    world.holds = {alias: (HoldInfo("isolation", "QĐ 12", NOW - timedelta(days=1), None),)}
    assert prepare(submission(occurred_at=before), world, NOW).answer.result == "stop"
    world.holds = {alias: (HoldInfo("isolation", "QĐ 12", before, NOW - timedelta(days=1)),)}
    assert prepare(submission(occurred_at=before), world, NOW).answer.result == "stop"  # held at that time
    assert prepare(submission(), world, NOW).answer.result == "green"


def test_reasons_come_in_the_readers_language(world: World) -> None:
    ill = {"no_symptoms": False, "fever": True}
    vi = prepare(submission(ill), world, NOW).answer.reasons[0]
    en = prepare(submission(ill, lang="en"), world, NOW).answer.reasons[0]
    assert vi.rule == en.rule == "symptoms"
    assert "sốt" in vi.text and "fever" in en.text and vi.document


def test_a_phone_with_a_key_gets_a_pass_bound_to_it(world: World) -> None:
    phone = SigningKey.generate()
    text = urlsafe_b64encode(phone.public.raw).decode().rstrip("=")
    made = prepare(submission(holder=text), world, NOW)
    assert made.answer.pass_text is not None
    claims = peek(made.answer.pass_text).claims
    assert isinstance(claims, PersonPass)
    assert claims.holder == phone.public and claims.decision == "green"
    assert claims.expires_at == made.answer.expires_at > NOW
    assert claims.serial not in (made.id.bytes, declaration_of(made)["alias"].bytes)


def test_the_pass_lives_from_when_the_form_was_filled_in(world: World) -> None:
    holder = urlsafe_b64encode(SigningKey.generate().public.raw).decode().rstrip("=")
    late = submission(holder=holder, occurred_at=NOW - timedelta(hours=20))
    made = prepare(late, world, NOW)
    assert made.answer.expires_at == NOW + timedelta(hours=4)
    assert peek(made.answer.pass_text or "").claims.expires_at == made.answer.expires_at
    assert answer_again(made, late, world, 0, NOW).expires_at == made.answer.expires_at
    old = submission(holder=holder, occurred_at=NOW - timedelta(days=3))
    assert prepare(old, world, NOW).answer.pass_text is None
    assert answer_again(None, old, world, 0, NOW).pass_text is None


@pytest.mark.parametrize("link_id", ["residence", "destination"])
@pytest.mark.parametrize("larger", ["56/", "56/568/"])
def test_where_she_lives_and_goes_is_a_commune(world: World, link_id: str, larger: str) -> None:
    assert refused(world, submission({link_id: larger})) == {link_id: "unit_unknown"}


def test_everything_wrong_is_named_at_once(world: World) -> None:
    wrong = refused(world, submission({"name": "", "phone": "12", "residence": "56/999/", "nope": 1}))
    assert {"name", "phone", "residence", "nope"} <= set(wrong)
    assert wrong["residence"] in ("unit_unknown", "unit_format")
    assert wrong["nope"] == "unknown_field"


def test_the_frame_is_checked_too(world: World) -> None:
    wrong = refused(
        world, submission(id=uuid4(), form="nope", place="NOWHERE1", holder="AAAA", channel="carrier")
    )
    assert wrong == {
        "id": "id_not_uuid7", "form": "form_unknown", "place": "place_unknown", "holder": "key_broken",
        "channel": "not_an_option",
    }  # fmt: skip


def test_a_unit_may_be_named_by_code_and_becomes_its_path(world: World) -> None:
    made = prepare(submission({"residence": "22327"}), world, NOW)
    assert entry_of(made)["residence"] == HOME


def test_a_closed_place_takes_what_was_filled_in_before(world: World) -> None:
    assert refused(world, submission(place="SHUT1234")) == {"place": "place_closed"}
    prepare(submission(place="SHUT1234", occurred_at=NOW - timedelta(days=2)), world, NOW)
    long_before = submission(place="SHUT1234", occurred_at=NOW - timedelta(days=4))
    assert refused(world, long_before) == {"place": "place_closed"}


def test_without_this_months_key_it_is_not_refused_but_not_ready(world: World) -> None:
    with pytest.raises(NotReady):
        prepare(submission(), world, NOW + timedelta(days=40))


@pytest.mark.parametrize(
    ("claimed", "stored", "flags"),
    [
        (None, NOW, ()),
        (NOW + timedelta(minutes=5), NOW, ()),
        (NOW + timedelta(days=3650), NOW, ("clock_ahead",)),
        (NOW - timedelta(days=3650), NOW, ("clock_behind",)),
        (NOW - timedelta(days=60), NOW - timedelta(days=60), ("late",)),
        (datetime(2021, 7, 22, 8, 0), datetime(2021, 7, 22, 1, 0, tzinfo=UTC), ()),  # noqa: DTZ001 - Vietnam's
        (datetime.min, NOW, ("clock_behind",)),  # noqa: DTZ901
        (datetime.max, NOW, ("clock_ahead",)),  # noqa: DTZ901
    ],
)
def test_a_bad_clock_refuses_nobody(
    claimed: datetime | None, stored: datetime, flags: tuple[str, ...]
) -> None:
    assert occurred_at(claimed, NOW) == (stored, flags)


def test_an_odd_clock_is_kept_in_the_payload_and_shown_in_the_list(world: World) -> None:
    made = prepare(submission(occurred_at=NOW + timedelta(days=3650)), world, NOW)
    assert entry_of(made)["occurred_at"] == NOW
    assert msgspec.json.decode(entry_of(made)["extra"])["_flags"] == ["clock_ahead"]
    plain = msgspec.json.decode(
        world.data_keys["2021-07"].open(declaration_of(made)["payload"], made.id.bytes)
    )
    assert plain["claimed_at"].startswith("2031-")


def test_the_digest_tells_a_retry_from_another_declaration() -> None:
    said = submission()
    again = msgspec.convert(msgspec.to_builtins(said), Submission)
    again.lang, again.device = "en", "other"
    assert digest_of(said) == digest_of(again)
    assert digest_of(said) != digest_of(submission({"name": "Khác"}, id=said.id))
    assert digest_of(
        Submission(id=said.id, form="domestic", answers=dict(reversed(ANSWERS.items())))
    ) == digest_of(Submission(id=said.id, form="domestic", answers=ANSWERS))


def test_what_json_cannot_carry_is_refused_by_name(world: World) -> None:
    endless: list[Any] = []
    endless.append(endless)
    wrong = refused(world, submission({"name": 10**5000, "address": object(), "sex": endless}))
    assert wrong == {"name": "wrong_type", "address": "wrong_type", "sex": "wrong_type"}


def test_its_event_is_what_the_audit_would_have_made(world: World) -> None:
    actor = uuid7()
    made = prepare(submission(), world, NOW, actor)
    sealed = declaration_of(made)["payload"]
    same = event_row(
        "declaration.received", now=NOW, actor=actor, subject_kind="declaration", subject=made.id, unit=HOME,
        data={"result": 0}, written=sealed, id=made.event.id,
    )  # fmt: skip
    assert made.event == same and made.event.digest == sha256(sealed).digest()
    assert isinstance(entry_of(made)["id"], UUID) and declaration_of(made)["submitted_by"] == actor


def test_children_of_one_name_and_birthday_in_two_communes_are_two(world: World) -> None:
    child = {"name": "Lê Minh An", "birth": "2015-05-01"}
    here = alias_of({**child, "residence": "56/568/22330/"}, world, uuid7())
    assert here == alias_of({**child, "residence": "56/568/22330/"}, world, uuid7())
    assert here != alias_of({**child, "residence": "56/568/22333/"}, world, uuid7())
    with_phone = {**child, "phone": "+84905123456"}
    assert alias_of({**with_phone, "residence": "a/"}, world, uuid7()) == alias_of(with_phone, world, uuid7())
