"""The keys that sign EU certificates: imported from a file of issuers' certificates, kept as one list, the latest counting."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from lachan.gate.checkpoints.models import Hc1Issuers
from lachan.gate.checkpoints.services import bundle
from lachan.kernel.codes.hc1 import Imported, import_certificates
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.services import record


def import_issuers(data: bytes, *, by: Any = None, now: datetime) -> Imported:
    """Take a file's certificates as the list of devices' next bundles. `by` None: on the machine itself.

    Raises InvalidInput: trust_too_long, trust_broken, hc1_none (no certificate in it could be taken).
    """
    found = import_certificates(data)
    if not found.trust.keys:
        raise InvalidInput("hc1_none")
    counts = {"taken": len(found.trust.keys), "refused": len(found.refused)}
    with transaction.atomic():
        row = _keep(found.trust.to_json(), counts, by, now)
        record("issuers.imported", actor=by, subject_kind="hc1", subject=row.pk, data=counts, now=now)
    bundle.forget()
    return found


def remove_issuer(kid: str, *, by: Any, now: datetime) -> bool:
    """Trust no key of this id (hexadecimal) any more, until a list with it is imported. False when none is trusted."""
    with transaction.atomic():
        last = Hc1Issuers.objects.select_for_update().order_by("-id").first()
        known = json.loads(last.keys) if last else []
        left = [key for key in known if key["kid"] != kid]
        if last is None or len(left) == len(known):
            return False
        row = _keep(left, {"taken": len(left), "refused": last.refused}, by, now)
        data = {"kid": kid, "left": len(left)}
        record("issuers.removed", actor=by, subject_kind="hc1", subject=row.pk, data=data, now=now)
    bundle.forget()
    return True


def _keep(keys: list[dict[str, Any]], counts: dict[str, int], by: Any, now: datetime) -> Hc1Issuers:
    text = json.dumps(keys, separators=(",", ":"))
    return Hc1Issuers.objects.create(keys=text, made_by=getattr(by, "pk", None), made_at=now, **counts)
