"""What a declaration's own citizen is told: the decision with its reasons, and how far the follow-up is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.gate.declarations.models import DataRequest, Declaration, Entry, FollowUp, Hold
from lachan.gate.declarations.prepare.make import HELD, HOLD_TEXTS
from lachan.gate.declarations.services.requests import erased
from lachan.kernel.decisions import RuleSet
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import short_code
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

MOST_OF_A_PHONE = 1000
Status = FollowUp.Status


@dataclass(frozen=True, slots=True)
class Words:
    """A follow-up's status as the citizen is told it."""

    title: str | Promise
    text: str | Promise
    icon: str = "stethoscope"


WORDS: dict[str, Words] = {
    Status.WAITING: Words(
        _("Chờ cán bộ y tế liên hệ"),
        _("Xin để điện thoại ở bên. Nếu thấy mệt hơn, gọi 1900 9095 hoặc 115."),
        icon="clock",
    ),
    Status.RECEIVED: Words(_("Nơi đến đã nhận tin"), _("Trạm y tế nơi bạn đến sẽ liên hệ với bạn.")),
    Status.CALLED: Words(
        _("Cán bộ y tế đã gọi cho bạn"), _("Làm theo lời dặn trong cuộc gọi."), icon="stethoscope"
    ),
    Status.UNREACHABLE: Words(
        _("Cán bộ y tế gọi mà chưa gặp được bạn"), _("Xin gọi lại hoặc đến trạm y tế."), icon="phone-off"
    ),
    Status.ADVISED: Words(_("Bạn đã được tư vấn"), _("Không còn việc phải theo dõi."), icon="check"),
    Status.TEST: Words(
        _("Bạn được hẹn xét nghiệm"), _("Đến đúng nơi, đúng giờ đã hẹn; đeo khẩu trang."), icon="test-pipe"
    ),
    Status.INVESTIGATE: Words(_("Cơ quan y tế đang tìm hiểu thêm"), _("Cán bộ y tế có thể gọi lại cho bạn.")),
    Status.CONTACTED: Words(_("Cán bộ y tế đã gặp bạn"), _("Làm theo lời dặn của cán bộ y tế.")),
    Status.ISOLATED: Words(
        _("Bạn đang cách ly theo hướng dẫn"),
        _("Không ra khỏi nơi cách ly cho đến khi được báo."),
        icon="home",
    ),
    Status.NOT_FOUND: Words(
        _("Trạm y tế chưa tìm thấy bạn ở nơi đến"),
        _("Xin liên hệ trạm y tế nơi bạn đang ở."),
        icon="map-pin",
    ),
    Status.CLOSED: Words(_("Việc theo dõi đã kết thúc"), "", icon="check"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One reason in the reader's language, as decision.html shows it."""

    text: str
    advice: str
    document: str


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the timeline component: what was done or is awaited, by which commune, when."""

    title: str | Promise
    text: str | Promise
    by: str
    at: datetime
    icon: str


@dataclass(frozen=True, slots=True)
class Found:
    """A declaration as its citizen sees it. `gone`: what it said was deleted, on request or in its time."""

    declaration: Declaration
    code: str
    gone: bool
    place: str
    unit: str
    reasons: list[Told]
    steps: list[Step]
    requests: list[DataRequest]


def by_code(code: str, phones: Iterable[UUID]) -> UUID | None:
    """The id of the declaration of this (canonical) code that gave this phone; None if there is no such."""
    ids = (
        Declaration.objects.filter(phone_index__in=list(phones)).order_by("-id").values_list("id", flat=True)
    )
    return next((each for each in ids[:MOST_OF_A_PHONE] if short_code(each) == code), None)


def details(declaration: UUID, language: str) -> Found | None:
    """What there is to tell about it; None once the row itself is gone."""
    row = Declaration.objects.defer("payload").filter(pk=declaration).first()
    if row is None:
        return None
    entry = Entry.objects.filter(declaration=declaration).first()
    place = Place.objects.filter(pk=row.place).first() if row.place else None
    return Found(
        declaration=row,
        code=short_code(declaration),
        gone=entry is None or erased(entry),
        place=place.name if place else "",
        unit=units.label(row.unit),
        reasons=reasons(row, language),
        steps=steps(declaration),
        requests=list(DataRequest.objects.filter(declaration=declaration).order_by("-id")),
    )


def reasons(row: Declaration, language: str) -> list[Told]:
    """The reasons that were recorded, in the words of the rules of that day; a rule that is unknown now is left out."""
    language = language if language == "en" else "vi"
    try:
        rules = RuleSet.at(date.fromisoformat(row.ruleset))
    except (ValueError, InvalidInput):
        return []
    known = {reason.rule_id: reason for reason in (*rules.reasons, rules.fallback, rules.broken)}
    told = [_held(row, language)] if HELD in row.reasons.split() else []
    for each in row.reasons.split():
        if reason := known.get(each):
            told.append(Told(reason.text[language], reason.advice[language], reason.document))
    return told


def _held(row: Declaration, language: str) -> Told:
    at = row.occurred_at
    hold = Hold.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=at), alias=row.alias, valid_from__lte=at
    ).first()
    text, advice = HOLD_TEXTS[language]
    return Told(text, advice, hold.document if hold else "")


def steps(declaration: UUID) -> list[Step]:
    """Where its follow-up stands in each commune that has it. What officers wrote down is not told."""
    rows = FollowUp.objects.filter(declaration=declaration).order_by("id")
    return [_step(row) for row in rows]


def _step(row: FollowUp) -> Step:
    words = WORDS[Status(row.status)]
    return Step(words.title, words.text, units.label(row.unit), row.updated_at, words.icon)
