"""From a submission to its rows and its answer: validated, aliased, decided, sealed. Pure: no database, no clock."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from lachan.gate.declarations.prepare.rows import Prepared
from lachan.gate.declarations.prepare.wire import (
    CHANNELS,
    Answer,
    FieldError,
    NotReady,
    Reason,
    Refused,
    Submission,
    digest_of,
)
from lachan.gate.declarations.prepare.world import CLOSED, FROM_ROLES, FormView, PlaceInfo, World
from lachan.kernel import codes, decisions
from lachan.kernel.clock import VN, ms_at
from lachan.kernel.codes import PersonPass, PublicKey
from lachan.kernel.decisions import RESULTS, Decision
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import is_uuid7, short_code, uuid7, uuid_of
from lachan.kernel.pseudonym import pseudonym
from lachan.kernel.questionnaire import Clean
from lachan.kernel.text import fold
from lachan.registry.audit.rows import EventRow

RANKS: dict[str, int] = {result: rank for rank, result in enumerate(RESULTS)}
AHEAD = timedelta(minutes=10)
LATE = timedelta(days=45)
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
COMMUNE_ROLES = {"residence", "destination"}  # a queue is a commune's: a whole province would reach nobody
RECEIVED = "declaration.received"
HELD = "hold"
HOLD_TEXTS = {
    "vi": ("Cơ quan y tế yêu cầu dừng lại để liên hệ.", "Gặp nhân viên trực tại đây; giữ khoảng cách."),
    "en": (
        "The health service asks you to stop and be contacted.",
        "See the officer here; keep your distance.",
    ),
}
MOST_REASONS = 400

_encode = msgspec.json.Encoder().encode


def prepare(
    submission: Submission,
    world: World,
    now: datetime,
    submitted_by: UUID | None = None,
    *,
    digest: bytes | None = None,
) -> Prepared:
    """The rows and the answer of a submission, as of `now` (the server's clock).

    Raises Refused naming every field that is wrong, or NotReady while the world lacks this month's data key.
    """
    now = now if now.tzinfo is UTC else now.astimezone(UTC)
    digest = digest or digest_of(submission)
    occurred, flags = occurred_at(submission.occurred_at, now)
    day = _day(submission.form, world, occurred, now)
    holder, place, view = _checked(submission, world, occurred, day, now)
    clean = view.validate(submission.answers, day)
    errors = [FieldError(error.field, error.code, error.params) for error in clean.errors]
    errors += _resolve_units(view, clean, world)
    if errors:
        raise Refused(errors, submission.lang)
    record = clean.record
    alias = alias_of(record, world, submission.id)
    decision, held = decide(view, clean, world, alias, occurred, day, now)
    result = "stop" if held else decision.result
    reasons = _reasons(decision, held, submission.lang)
    rank, ids = RANKS[result], _joined(reasons)
    phone = record.get("phone")
    data_key = world.data_keys.get(period := f"{now.year:04}-{now.month:02}")
    if data_key is None:
        raise NotReady(period)
    payload = _encode(
        {"answers": clean.answers, "record": record, "flags": flags, "claimed_at": submission.occurred_at}
    )
    declared = place.unit if place else ""
    name = record.get("name") or ""
    birth = record.get("birth")
    sealed = data_key.seal(payload, submission.id.bytes)
    residence, place_id = record.get("residence") or "", place.id if place else None
    answer = make_answer(submission, world, result, reasons, now, holder, flags)
    row_id = uuid7(ms_at(now))  # of the entry and of its event: both are made here and now, for each other
    declaration = (
        submission.id, view.form.id, view.form.version, submission.channel, place_id, declared, alias,
        uuid_of(world.keyring.blind("phone", phone)) if phone else None, period, sealed, digest, rank, ids,
        version_of(decision.ruleset_version), occurred, now, submitted_by,
    )  # fmt: skip
    entry = (
        row_id, submission.id, answer.code, view.form.id, submission.channel, name, fold(name)[:100],
        int(birth[:4]) if birth else None, alias, residence, declared, record.get("destination") or "", place_id,
        rank, ids, _extra(view, clean, flags), occurred, now,
    )  # fmt: skip
    event = EventRow(
        row_id, RECEIVED, submitted_by, "declaration", submission.id, declared or residence,
        sha256(sealed).digest(), f'{{"result":{rank}}}', now,
    )  # fmt: skip
    return Prepared(submission.id, digest, declaration, entry, event, answer)


def occurred_at(claimed: datetime | None, now: datetime) -> tuple[datetime, tuple[str, ...]]:
    """When it was filled in, in UTC, and what is odd about the device's clock; a bad clock refuses nobody.

    A moment ahead of ours, or before 2020, becomes ours (the claim stays in the sealed payload). One older than 45
    days stands, flagged `late`: a phone long offline, a paper form keyed in later.
    """
    if claimed is None:
        return now, ()
    try:
        moment = (claimed if claimed.tzinfo else claimed.replace(tzinfo=VN)).astimezone(UTC)
    except (OverflowError, ValueError):
        return now, ("clock_behind" if claimed.year < 2000 else "clock_ahead",)
    if moment > now:
        return now, (("clock_ahead",) if moment > now + AHEAD else ())
    if moment < EARLIEST:
        return now, ("clock_behind",)
    return moment, (("late",) if moment < now - LATE else ())


def _day(form: str, world: World, occurred: datetime, now: datetime) -> date:
    """The day whose form and rules apply: that of filling in, or today when there were none yet."""
    day = occurred.astimezone(VN).date()
    try:
        world.form(form, day)
        world.rules(day)
    except InvalidInput:
        return now.astimezone(VN).date()
    return day


def _checked(
    submission: Submission, world: World, occurred: datetime, day: date, now: datetime
) -> tuple[PublicKey | None, PlaceInfo | None, FormView]:
    """The fields around the answers. Raises Refused with all of them."""
    errors: list[FieldError] = []
    holder = place = view = None
    if not is_uuid7(submission.id):
        errors.append(FieldError("id", "id_not_uuid7"))
    if submission.channel not in CHANNELS:
        errors.append(FieldError("channel", "not_an_option"))
    if submission.holder:
        holder = holder_key(submission.holder)
        if holder is None:
            errors.append(FieldError("holder", "key_broken"))
    if submission.place:
        place = world.place(submission.place)
        if place is None:
            errors.append(FieldError("place", "place_unknown"))
        elif place.status in CLOSED and _too_late(place, occurred, now, world.terms(day).late_to_closed):
            errors.append(FieldError("place", "place_closed"))
    try:
        view = world.form(submission.form, day)
        world.rules(day)
    except InvalidInput as error:
        errors.append(FieldError("form", error.code, error.params))
    if errors or view is None:
        raise Refused(errors, submission.lang)
    return holder, place, view


def _too_late(place: PlaceInfo, occurred: datetime, now: datetime, late: timedelta) -> bool:
    """Whether a closed place refuses: filled in since it closed, or so long ago that only a set-back clock says so."""
    return place.closed_at is None or occurred >= place.closed_at or now - occurred > late


def holder_key(text: str) -> PublicKey | None:
    """The public key of base64url text; None if it is no point of P-256."""
    if len(text) > 90:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return PublicKey.from_raw(raw[1:] if len(raw) == 65 and raw[0] == 4 else raw)
    except (ValueError, InvalidInput):
        return None


def _resolve_units(view: FormView, clean: Clean, world: World) -> list[FieldError]:
    """Put each unit's path in place of what was sent; an unknown one is an error of its question."""
    errors = []
    for link_id, role, repeats in view.units:
        value = clean.answers.get(link_id)
        if not value:
            continue
        read = world.commune if role in COMMUNE_ROLES else world.unit
        paths = [read(one) for one in value] if repeats else [read(value)]
        if None in paths:
            errors.append(FieldError(link_id, "unit_unknown"))
            continue
        found = paths if repeats else paths[0]
        if role and clean.record.get(role) == value:
            clean.record[role] = found
        clean.answers[link_id] = found
    return errors


def alias_of(record: dict[str, Any], world: World, declaration: UUID) -> UUID:
    """The pseudonym: by national id, else passport, else insurance number, else name and birth with the phone or, for a
    child without one, the commune: two children of one name and birthday aren't one person.

    With none of them (a form of a province's own may ask for none) every declaration stands for itself.
    """
    return pseudonym(record, world.keyring.alias, f"declaration:{declaration.hex}")


def decide(
    view: FormView,
    clean: Clean,
    world: World,
    alias: UUID,
    occurred: datetime,
    day: date,
    now: datetime | None = None,
) -> tuple[Decision, Reason | None]:
    """The rules' decision, and the hold on the person, which outweighs it: the one in force at `occurred`, which the
    device claims, or at `now`, so that nobody gets past a hold by setting a phone's clock back."""
    context = decisions.derived(clean.answers, day)
    context["form"] = view.form.id
    context["area_level_from"] = (
        world.worst_level(_came_from(view, clean), occurred) if world.levels else None
    )
    decision = world.rules(day).decide(clean.answers, context)
    hold = (world.hold(alias, occurred) or world.hold(alias, now or occurred)) if world.holds else None
    if hold is None:
        return decision, None
    return decision, Reason(rule=HELD, result="stop", text="", document=hold.document)


def _came_from(view: FormView, clean: Clean) -> list[str]:
    paths: list[str] = []
    for link_id, role, repeats in view.units:
        value = clean.answers.get(link_id)
        if value and role in FROM_ROLES:
            paths += value if repeats else [value]
    return paths


def _reasons(decision: Decision, held: Reason | None, lang: str) -> list[Reason]:
    reasons = [
        Reason(
            rule=one.rule_id,
            result=one.result,
            text=one.text[lang],
            advice=one.advice[lang],
            document=one.document,
        )
        for one in decision.reasons
    ]
    if held is None:
        return reasons
    text, advice = HOLD_TEXTS[lang]
    rest = [reason for reason in reasons if reason.result != "green"]
    return [Reason(rule=HELD, result="stop", text=text, advice=advice, document=held.document), *rest]


def _joined(reasons: list[Reason]) -> str:
    text = " ".join([reason.rule for reason in reasons])
    return text if len(text) <= MOST_REASONS else text[:MOST_REASONS].rpartition(" ")[0]


def version_of(ruleset: str) -> str:
    """`declarations/2021-05-29` as the column keeps it: the date."""
    return ruleset.rpartition("/")[2][:20]


def _extra(view: FormView, clean: Clean, flags: tuple[str, ...]) -> str:
    """The list columns that have no column of their own; phones masked; the clock's flags under `_flags`."""
    answers = clean.answers
    extra: dict[str, Any] = {}
    for link_id, mask in view.listed:
        value = answers.get(link_id)
        if value is not None:
            extra[link_id] = mask(value) if mask else value
    if flags:
        extra["_flags"] = flags
    return _encode(extra).decode()


def make_answer(
    submission: Submission,
    world: World,
    result: str,
    reasons: list[Reason],
    recorded: datetime,
    holder: PublicKey | None,
    flags: tuple[str, ...] = (),
) -> Answer:
    """What the citizen gets; with a holder's key also the signed pass, unless what it says is too old by now.

    Its life runs from when the form was filled in, so that a set-back clock buys no pass for today.
    """
    occurred = occurred_at(submission.occurred_at, recorded)[0]
    expires = occurred + world.terms(occurred.astimezone(VN).date()).life[result]
    text = None
    if holder is not None and expires > recorded:
        serial = world.keyring.alias("pass", submission.id.hex)
        text = codes.issue(PersonPass(serial, result, recorded, expires, holder), world.signing)
    return Answer(
        id=submission.id,
        code=short_code(submission.id),
        result=result,
        reasons=reasons,
        recorded_at=recorded,
        expires_at=expires,
        pass_text=text,
        flags=flags,
    )


def answer_again(
    prepared: Prepared | None, submission: Submission, world: World, rank: int, recorded: datetime
) -> Answer:
    """The answer to a retry, by what was recorded the first time: its result and its time.

    The reasons are those of today's reading as far as they bear the result; without a reading (`prepared` None, since
    today's form would refuse it) there are none.
    """
    result = RESULTS[rank]
    found = prepared.answer if prepared else None
    reasons = [one for one in (found.reasons if found else []) if RANKS[one.result] <= rank]
    holder = holder_key(submission.holder) if submission.holder else None
    return make_answer(submission, world, result, reasons, recorded, holder, found.flags if found else ())
