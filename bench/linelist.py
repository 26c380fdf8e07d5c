"""`lachan bench linelist`: the line list with 100,000 cases and 1 M contacts, and the import of 5,000 rows.

Requests go through Django's test client, so everything but the socket is measured: session, scopes, filters, template.
Contacts stand in the same database as tracing keeps them, so that caches and pages of the file are shared as they would
be. JSON on the last line; `--quick` is a fiftieth of it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.ground import FAMILY, GIVEN, MIDDLE, ROOT, communes, installation

CASES, CONTACTS, ROWS = 100_000, 1_000_000, 5_000
ROUNDS = 15
ANSWERS = json.dumps(
    {"has_symptoms": "yes", "fever": True, "cough": True, "contact_case": True, "movements": "x" * 80}
)
NOW = datetime(2021, 9, 1, 3, tzinfo=UTC)
TARGET_MS, TARGET_S = 100, 20

INSIDE = """
import sys, json
sys.path.insert(0, {root!r})
import django
django.setup()
from bench.linelist import measure
print(json.dumps(measure({cases}, {contacts}, {rows})))
"""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench linelist", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fiftieth of the cases, contacts and rows")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--contacts", type=int, default=CONTACTS)
    given = parser.parse_args(arguments)
    share = 50 if given.quick else 1
    with installation() as ground:
        code = INSIDE.format(
            root=str(ROOT), cases=given.cases // share, contacts=given.contacts // share, rows=ROWS // share
        )
        ground.environment["LACHAN_DEMO"] = "0"
        print(run_long(ground, code).strip().splitlines()[-1])


def run_long(ground: Any, code: str) -> str:
    """As Installation.python, with time enough for a million rows."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=ground.environment,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=3600,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return done.stdout


def measure(cases: int, contacts: int, rows: int) -> dict[str, Any]:
    """Fill, ask, import. Times in milliseconds and seconds."""
    chance = random.Random(7)
    start = time.perf_counter()
    fill(chance, cases, contacts)
    found: dict[str, Any] = {
        "cases": cases,
        "contacts": contacts,
        "fill_s": round(time.perf_counter() - start, 1),
    }
    every: list[float] = []
    for name, unit, role in (
        ("province", "56/", "case_officer"), ("district", "56/568/", "case_officer"),
        ("commune", communes()[0], "commune_health_worker"),
    ):  # fmt: skip
        times = asked(chance, f"bench.{name}", unit, role)
        found[f"{name}_p95_ms"] = p95([one for some in times.values() for one in some])
        slowest = max(times, key=lambda key: p95(times[key]))
        found[f"{name}_slowest"] = f"{slowest}: {p95(times[slowest])}"
        every += [one for some in times.values() for one in some]
    found["list_p50_ms"] = round(statistics.median(every), 1)
    found["list_p95_ms"] = p95(every)
    found |= imported(chance, rows)
    found["ok"] = found["list_p95_ms"] <= TARGET_MS and found["import_s"] <= TARGET_S and found["adds_up"]
    return found


def p95(times: list[float]) -> float:
    return round(sorted(times)[max(0, int(len(times) * 0.95) - 1)], 1)


def name_of(chance: random.Random) -> str:
    return f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"


def fill(chance: random.Random, cases: int, contacts: int) -> None:
    """Cases with their people and numbers, in 139 communes over 200 days; contacts as tracing keeps them."""
    from django.db import connection, transaction

    with transaction.atomic():
        for first in range(0, cases, 5000):
            _cases(chance, first, min(5000, cases - first))
    with transaction.atomic():
        for first in range(0, contacts, 20_000):
            _contacts(chance, min(20_000, contacts - first))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _cases(chance: random.Random, first: int, count: int) -> None:
    from lachan.base import keys
    from lachan.kernel.ids import uuid7
    from lachan.kernel.text import fold
    from lachan.outbreak.cases.models import Case
    from lachan.registry.people.models import Alias, Identifier, Person

    ring, paths = keys.keyring(), communes()
    people, numbers, aliases, made = [], [], [], []
    for number in range(first, first + count):
        name, unit, day = (
            name_of(chance),
            chance.choice(paths),
            date(2021, 2, 1) + timedelta(days=chance.randrange(200)),
        )
        person = Person(
            name=name, folded=fold(name), birth=f"{chance.randint(1930, 2015)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
            residence=unit, created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        people.append(person)
        alias, cccd = uuid7(), f"056080{number:06d}"
        aliases.append(Alias(alias=alias, person=person, since=NOW))
        numbers.append(
            Identifier(person=person, kind="cccd", value=cccd, index=ring.blind("cccd", cccd), first_seen=NOW)
        )
        made.append(
            Case(
                disease=chance.choices(("covid19", "dengue", "measles"), (90, 8, 2))[0],
                code=f"KH-COVID19-21-{number:05d}", national_code=f"BN{number}" if number % 3 else "", person=person.pk,
                alias=alias, name=name, folded=person.folded, birth_year=int(person.birth[:4]), sex=chance.choice("mf"),
                unit=unit, reported_by=unit if chance.random() < 0.9 else chance.choice(paths),
                classification=chance.choices(("confirmed", "probable", "suspect", "no_case", "not_classified"), (60, 5, 20, 10, 5))[0],
                reasons="pcr_positive", onset=day, reported_on=day + timedelta(days=2), confirmed_on=day + timedelta(days=1),
                detection=chance.choice(("community", "facility", "lockdown", "home", "")), answers=ANSWERS,
                outcome=chance.choice(("recovered", "", "deceased")), made_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip
    Person.objects.bulk_create(people)
    Alias.objects.bulk_create(aliases)
    Identifier.objects.bulk_create(numbers)
    Case.objects.bulk_create(made)


def _contacts(chance: random.Random, count: int) -> None:
    from lachan.kernel.ids import uuid7
    from lachan.outbreak.tracing.models import Exposure

    paths = communes()
    rows = []
    for _ in range(count):
        at = NOW - timedelta(minutes=chance.randrange(200 * 1440))
        rows.append(exposure(Exposure, uuid7(), uuid7(), chance.choice(paths), at))
    Exposure.objects.bulk_create(rows)


def exposure(model: Any, source: Any, target: Any, unit: str, at: datetime) -> Any:
    """A row of tracing by the columns that it has: what isn't named here keeps its default."""
    wanted = {
        "disease": "covid19", "source": source, "target": target, "unit": unit, "kind": "visit", "evidence": target.hex,
        "started_at": at, "ended_at": at + timedelta(minutes=20), "from_at": at, "to_at": at + timedelta(minutes=20),
        "minutes": 20, "made_at": NOW, "first_at": at, "last_at": at, "on": at.date(),
    }  # fmt: skip
    names = {one.attname for one in model._meta.concrete_fields}
    return model(**{name: value for name, value in wanted.items() if name in names})


def asked(chance: random.Random, username: str, unit: str, role: str) -> dict[str, list[float]]:
    """Milliseconds of each kind of question, for one officer."""
    from django.test import Client

    from lachan.base import middleware
    from lachan.kernel.clock import FixedClock
    from lachan.registry.accounts.models import Grant, User

    middleware.CLOCK = FixedClock(NOW)
    user = User.objects.create(username=username, full_name=username, mfa_required=False, created_at=NOW)
    Grant.objects.create(user=user, role=role, unit=unit, valid_from=NOW - timedelta(days=1))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    questions: dict[str, Callable[[], str]] = {
        "newest": lambda: "",
        "confirmed": lambda: "?benh=covid19&phan_loai=confirmed",
        "probable": lambda: "?phan_loai=probable&ket_cuc=none",
        "rare": lambda: "?benh=measles&phan_loai=not_classified&phat_hien=home",
        "name": lambda: f"?q={name_of(chance)}",
        "word": lambda: f"?q={chance.choice(GIVEN)}",
        "nobody": lambda: "?q=zzz+xyz",
        "code": lambda: f"?q=KH-COVID19-21-{chance.randrange(CASES // 50):05d}",
        "days": lambda: "?ngay=onset&tu=2021-05-01&den=2021-05-07",
        "reported": lambda: "?sort=reported",
        "by_name": lambda: "?sort=name",
        "commune": lambda: f"?don_vi={chance.choice(communes())}",
        "counts": lambda: "so-lieu/?benh=covid19",
    }
    times: dict[str, list[float]] = {name: [] for name in questions}
    client.get("/cb/ca-benh/")
    for _ in range(ROUNDS):
        for name, question in questions.items():
            start = time.perf_counter()
            answer = client.get(f"/cb/ca-benh/{question()}")
            times[name].append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200, (name, answer.status_code, answer.get("Location"))
    return times


def imported(chance: random.Random, rows: int) -> dict[str, Any]:
    """A list of which a fifth is known already and a tenth stands in it twice: tried, then applied."""
    from lachan.base.scope import Scope
    from lachan.outbreak.cases.services import imports
    from lachan.registry.accounts.models import User

    by, scope = User.objects.get(username="bench.province"), Scope(("56/",))
    data = listed(chance, rows)
    start = time.perf_counter()
    kept = imports.upload("list.csv", data, "covid19", unit="56/", scope=scope, by=by, now=NOW)
    tried = time.perf_counter() - start
    foretold = (kept.created, kept.updated, kept.duplicates, kept.refused)
    kept = imports.apply_import(kept, scope, by=by, now=NOW)
    done = (kept.created, kept.updated, kept.duplicates, kept.refused)
    return {
        "rows": kept.rows, "dry_run_s": round(tried, 1), "import_s": round(time.perf_counter() - start, 1),
        "created": done[0], "updated": done[1], "duplicates": done[2], "refused": done[3],
        "adds_up": sum(done) == kept.rows == rows, "as_foretold": foretold == done,
    }  # fmt: skip


def listed(chance: random.Random, rows: int) -> bytes:
    lines = ["STT\tHọ và tên\tNgày sinh\tCCCD\tSĐT\tMã xã\tNgày khởi phát\tNgày lấy mẫu\tKết quả"]
    paths = communes()
    for number in range(rows):
        known = number % 5 == 0
        cccd = f"056080{chance.randrange(2000) if known else 500_000 + number - number % 10 // 9:06d}"
        day = date(2021, 8, 1) + timedelta(days=chance.randrange(25))
        code = chance.choice(paths).rstrip("/").rpartition("/")[2]
        lines.append(
            f"{number}\t{name_of(chance)}\t\t{cccd}\t\t{code}\t{day:%d/%m/%Y}\t{day + timedelta(days=2):%d/%m/%Y}\tDương tính"
        )
    return "\n".join(lines).encode()
