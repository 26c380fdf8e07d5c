"""Accounts as their pages show them: names of units and roles, states, histories in words."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from lachan.kernel.codes.qr import to_qr_svg
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.roles import roles
from lachan.registry.audit.models import Event
from lachan.registry.audit.words import title_of
from lachan.registry.units.selectors import label


def _look(icon: str, verbs: tuple[str, ...]) -> dict[str, str]:
    """The front end's build collects icons by the word before their name."""
    return {f"account.{verb}": icon for verb in verbs}


ICONS: dict[str, str] = {
    **_look(icon="lock", verbs=("locked", "closed")),
    **_look(icon="lock-open", verbs=("unlocked",)),
    **_look(icon="login-2", verbs=("signed_in",)),
    **_look(icon="logout", verbs=("signed_out", "sessions_ended")),
    **_look(icon="alert-triangle", verbs=("sign_in_failed",)),
    **_look(icon="user-plus", verbs=("created", "invited", "granted")),
    **_look(icon="user-minus", verbs=("revoked",)),
    **_look(icon="key", verbs=("password_changed", "password_link_made", "rescue_made", "rescued")),
    **_look(
        icon="shield-lock",
        verbs=(
            "second_factor_added",
            "second_factor_removed",
            "second_factor_reset",
            "recovery_codes_renewed",
        ),
    ),
}
OTHERWISE = _look(icon="edit", verbs=("",))["account."]


def qr_image(text: str, title: str) -> str:
    """A QR as a data address for an <img>."""
    drawing = to_qr_svg(text, title=title).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class ShownGrant:
    grant: Grant
    role: str
    unit: str
    state: Any
    kind: str  # of the status component

    @property
    def last_moment(self) -> datetime | None:
        """The end as people say it: a grant until the first moment of the 22nd holds to the end of the 21st."""
        end = self.grant.valid_to
        return end - timedelta(microseconds=1) if end else None


def shown_grants(grants: Iterable[Grant], now: datetime) -> list[ShownGrant]:
    known = roles(now)
    return [
        ShownGrant(
            grant,
            known[grant.role].title if grant.role in known else grant.role,
            label(grant.unit),
            *_state(grant, now),
        )
        for grant in grants
    ]


def _state(grant: Grant, now: datetime) -> tuple[Any, str]:
    if grant.valid_from > now:
        return _("Chưa đến hạn"), "wait"
    if grant.valid_to is not None and grant.valid_to <= now:
        return _("Hết hạn"), "off"
    return _("Đang có hiệu lực"), "done"


def account_state(user: User, rests: bool) -> tuple[Any, str]:
    """An account's state in words, and the status component's kind."""
    if not user.is_active:
        return _("Đã đóng"), "off"
    if user.locked_at is not None:
        return _("Đang khóa"), "stop"
    if rests:
        return _("Tạm nghỉ sau nhiều lần sai"), "attention"
    return _("Đang mở"), "done"


def timeline(events: Iterable[Event], now: datetime) -> list[dict[str, Any]]:
    """Events as the timeline component takes them, with the names of who acted."""
    events, known = list(events), roles(now)
    names = dict(
        User.objects.filter(pk__in={event.actor for event in events if event.actor}).values_list(
            "pk", "full_name"
        )
    )
    return [
        {
            "title": title_of(event.kind),
            "text": _text(event, known),
            "by": names.get(event.actor, "") if event.actor and event.actor != event.subject else "",
            "at": event.recorded_at,
            "icon": ICONS.get(event.kind, OTHERWISE),
        }
        for event in events
    ]


def _text(event: Event, known: Any) -> str:
    role = json.loads(event.data).get("role")
    if not role:
        return ""
    title = known[role].title if role in known else role
    return f"{title} · {label(event.unit)}"
