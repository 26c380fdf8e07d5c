"""What this browser's session declared, for pages without scripts: the answer, never the answers given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.declarations.citizen.forms import DeclarationForm
from lachan.gate.declarations.prepare import Answer
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

KEY = "declared"
MOST = 20


def remember(request: Request, answer: Answer, form: DeclarationForm, place: Place | None) -> None:
    """Keep the answer in the session, the newest 20."""
    told: dict[str, Any] = msgspec.to_builtins(answer)
    told["form"] = form.questionnaire.id
    told["title"] = dict(form.questionnaire.title)
    told["place"] = place.name if place else ""
    kept = {**remembered(request), str(answer.id): told}
    request.session[KEY] = dict(list(kept.items())[-MOST:])


def remembered(request: Request) -> dict[str, dict[str, Any]]:
    """Answers by declaration id, oldest first."""
    found = request.session.get(KEY)
    return found if isinstance(found, dict) else {}


def answer_of(request: Request, declaration: UUID) -> dict[str, Any] | None:
    """What this session was answered, with times as times; None for what it didn't declare."""
    told = remembered(request).get(str(declaration))
    if told is None:
        return None
    answer = msgspec.convert(
        {key: told[key] for key in told if key not in ("form", "title", "place")}, Answer
    )
    return {**told, "recorded_at": answer.recorded_at, "expires_at": answer.expires_at}


def commune_paths() -> tuple[str, ...]:
    """The communes of the installation's own province, which a page without scripts offers to pick from."""
    return tuple(units.communes_under(Scope.of([f"{settings.PROVINCE}/"])))
