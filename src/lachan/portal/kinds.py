"""The portal's events, in words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lachan.gate.declarations.models import FollowUp, Result
from lachan.gate.declarations.staff.paper_forms import REASON_WORDS
from lachan.portal.services.inspect import FINDINGS, OUTCOMES
from lachan.registry.audit import words
from lachan.registry.places.models import Place

words.register(
    {
        "place.inspected": _("Kiểm tra điểm"),
        "place.inspection_exported": _("Tải danh sách kiểm tra"),
        "place.owner_seen": _("Chủ điểm xem trang của mình"),
        "system.checked": _("Kiểm tra hệ thống"),
        "system.event_replayed": _("Chạy lại một sự kiện bị kẹt"),
    }
)


def place_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """A place's name stands on its door."""
    return dict(Place.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


words.register_subject("place", _("điểm"), place_names)
words.register_values("place.kind", dict(Place.Kind.choices))
words.register_values("place.status", dict(Place.Status.choices))
words.register_values("follow_up.status", dict(FollowUp.Status.choices))
words.register_values("result", dict(Result.choices))
words.register_values("paper.reason", REASON_WORDS)
words.register_values("outcome", OUTCOMES)
words.register_values("findings", FINDINGS)
