"""What the list benchmark does inside the installation under test: making the world, signing in, importing places.

`python -m bench.stages STAGE …`; JSON on the last line.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

DAYS = 60


def load(people: str, declarations: str) -> dict[str, Any]:
    """Tables, units and the province."""
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    from lachan.kernel.clock import SystemClock
    from lachan.registry.units import services as units
    from lachan.web.demo import fill, province

    now = SystemClock().now()
    units.load(now=now)
    plan = replace(fill.Plan.of(int(people), days=DAYS), declarations=int(declarations))
    begun = time.monotonic()
    made = province.fill_province(plan, now, lambda text: print(text, flush=True), events=False)
    return {**_shape(now), "people": made.people, "rows_per_s": round(_rows() / (time.monotonic() - begun))}


def _shape(now: datetime) -> dict[str, Any]:
    """The days that filters ask for, and a cursor in the middle of the table."""
    from datetime import timedelta

    from lachan.gate.declarations.models import Entry
    from lachan.kernel.clock import local_day

    total = Entry.objects.count()
    middle = Entry.objects.order_by("id").values_list("id", flat=True)[total // 2]
    today = local_day(now)
    return {
        "declarations": total,
        "middle": str(middle),
        "first": str(today - timedelta(days=DAYS // 2)),
        "last": str(today - timedelta(days=DAYS // 3)),
    }


def _rows() -> int:
    from lachan.gate.declarations.models import Declaration, Entry
    from lachan.registry.people.models import Alias, Identifier, NameKey, Person

    return sum(model.objects.count() for model in (Declaration, Entry, Person, Alias, Identifier, NameKey))


def sessions(*usernames: str) -> dict[str, Any]:
    """A signed-in session of each account, with a unit, a place, a phone and a code of its jurisdiction to ask for."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from lachan.registry.accounts.models import User

    found = {}
    for username in usernames:
        user = User.objects.get(username=username)
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        found[username] = {"cookie": store.session_key, **_of_scope(user)}
    return found


def _of_scope(user: Any) -> dict[str, str]:
    from lachan.gate.declarations.models import Declaration
    from lachan.gate.declarations.selectors import entries
    from lachan.gate.declarations.selectors.payload import opened
    from lachan.kernel.clock import SystemClock
    from lachan.registry.places.models import Place

    now = SystemClock().now()
    scope = user.scope("declarations.view", now)
    row = next(one for one in entries.page(scope, entries.Filters()).rows if one.place)
    record = opened(Declaration.objects.get(pk=row.declaration), now)["record"]
    phone = record.get("phone") or record["proxy_phone"]
    code = Place.objects.filter(pk=row.place or "").values_list("code", flat=True)[0]
    return {"unit": row.declared, "place": code, "phone": phone.replace("+84", "0"), "code": row.code}


def import_(count: str) -> dict[str, Any]:
    """Seconds for uploading and applying a table of so many places."""
    from lachan.kernel.clock import SystemClock
    from lachan.registry.accounts.models import User
    from lachan.registry.places import services
    from lachan.registry.places.models import Place

    now = SystemClock().now()
    user = User.objects.get(username="quantri")
    table = _table(int(count))
    scope = user.scope("places.manage", now)
    begun = time.monotonic()
    kept = services.upload("places.csv", table, scope, by=user, now=now)
    kept = services.apply_import(kept, scope, by=user, now=now)
    seconds = time.monotonic() - begun
    if kept.created != int(count):
        raise SystemExit(f"{kept.created} of {count} places were imported: {kept.report[:500]}")
    Place.objects.filter(
        created_by=user.pk, created_at=now
    ).delete()  # so that the next run can import them too
    return {"seconds": round(seconds, 2), "rows": kept.created}


def _table(count: int) -> bytes:
    from lachan.registry.units.models import Unit

    communes = Unit.objects.filter(path__startswith="56/", structure="2021", level=3).order_by("path")
    paths = list(communes.values_list("path", flat=True))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Tên điểm", "Loại", "Xã, phường", "Địa chỉ", "Chủ điểm", "Số điện thoại"])
    for at in range(count):
        writer.writerow(
            [
                f"Cửa hàng số {at}",
                "shop",
                paths[at % len(paths)],
                f"{at % 400} Trần Phú",
                "Nguyễn Thị Hoa",
                f"0905{at:06d}",
            ]
        )
    return text.getvalue().encode()


STAGES: dict[str, Callable[..., dict[str, Any]]] = {"load": load, "sessions": sessions, "import": import_}

if __name__ == "__main__":
    from lachan.web.cli.run import make_keys_first

    make_keys_first()
    print(json.dumps(STAGES[sys.argv[1]](*sys.argv[2:])), flush=True)
