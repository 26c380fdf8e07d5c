"""The days of the health service, told once the citizens' days are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lachan.kernel.clock import day_bounds, local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import services as cases
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.isolation.models import Order
from lachan.outbreak.isolation.services import following, orders, release
from lachan.outbreak.tracing import services as tracing
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors import levels
from lachan.registry.accounts.demo import VINH_HOA
from lachan.registry.accounts.models import User
from lachan.registry.places import services as places
from lachan.registry.places.details import Details, clean
from lachan.registry.places.models import Place
from lachan.registry.units.selectors import by_path
from lachan.web.demo.outbreak import HOME, NEVER, Truth
from lachan.web.demo.response import areas, known, laboratory, work
from lachan.web.demo.response.folk import Folk

DISEASE = "covid19"
FOUND, FOUND_SILENT = 0.85, 0.35
"""Shares of the infected who are tested: with symptoms, without."""
TRACED = timedelta(days=5)
"""Cases of the last days are traced; older ones are history."""
LIKELY = 0.3
"""Score of an exposure from which the demo's officers confirm it."""
MOST_CASES, MOST_CASE_ORDERS, MOST_CONTACT_ORDERS = 100, 10, 30
"""A demo is to be looked at, not to be waited for."""
SITE, BEDS = "Khu cách ly tập trung Trường Tiểu học Vĩnh Hòa", 8
TEAM, MOST_NEIGHBOURS = "to1.vinhhoa", 150
"""The community team of the demo, and how many people of its commune are entered besides those who were found."""
DETECTED = (("community", 0.45), ("home", 0.2), ("facility", 0.2), ("screening", 0.1), ("lockdown", 0.05))


@dataclass(slots=True)
class Made:
    """How much was done."""

    households: int = 0
    cases: int = 0
    exposures: int = 0
    orders: int = 0


def respond(rng: np.random.Generator, folk: Folk, truth: Truth, start: Any, now: datetime) -> Made:
    """`start`: the day from which the truth counts its days."""
    officers = User.objects.in_bulk(
        ["dieutra", "xetnghiem", "huyen.nhatrang", "quantri", "lanhdao", TEAM], field_name="username"
    )
    made = Made()
    ill = np.flatnonzero(truth.infected < NEVER)
    tested = _tested(rng, truth, ill, start, now)[-MOST_CASES:]
    found = np.array([who for who, _ in tested], dtype=np.int64)
    settled = day_bounds(start)[0]
    neighbours = folk.living_in(VINH_HOA)[:MOST_NEIGHBOURS]
    made.households = folk.settle(np.union1d(found, neighbours), officers["huyen.nhatrang"], settled)
    if len(neighbours):
        folk.send_round(VINH_HOA, officers[TEAM], officers["huyen.nhatrang"], settled)
    for who, sampled in tested:
        _one(rng, folk, truth, who, sampled, start, officers, now, made)
    _isolate(rng, officers, now, made)
    _besides(folk, neighbours, officers, now)
    return made


def _besides(folk: Folk, neighbours: NDArray[np.int64], officers: Any, now: datetime) -> None:
    """What doesn't follow from one case: areas, places made known, pools, and how the work stands."""
    areas.draw(officers, [commune.path for commune in folk.found], now)
    known.make_known(officers, now)
    pooled = neighbours[-2 * laboratory.POOLED :].tolist()
    laboratory.pool(list(folk.known(pooled, now).values()), VINH_HOA, officers["xetnghiem"], now)
    work.share_out(officers, now)


def _tested(
    rng: np.random.Generator, truth: Truth, ill: Any, start: Any, now: datetime
) -> list[tuple[int, datetime]]:
    """(who, when the sample was taken) of those who are found, in the order of time."""
    found = []
    for who in ill.tolist():
        silent = bool(truth.silent[who])
        if rng.random() >= (FOUND_SILENT if silent else FOUND):
            continue
        day = int(truth.onset[who]) + int(rng.integers(1, 4))
        moment = day_bounds(start + timedelta(days=day))[0] + timedelta(minutes=int(rng.integers(450, 1000)))
        if moment + timedelta(hours=14) < now:
            found.append((who, moment))
    return sorted(found, key=lambda one: (one[1], one[0]))


def _one(
    rng: np.random.Generator, folk: Folk, truth: Truth, who: int, sampled: datetime, start: Any, officers: Any,
    now: datetime, made: Made,
) -> None:  # fmt: skip
    """A sample, its result, the case that it opens, and, of a recent one, the tracing."""
    person, alias = folk.known([who], sampled)[who]
    unit = folk.unit(who)
    taking = cases.Taking(
        DISEASE, Sample.Kind.PCR, unit, sampled, person=person.pk, alias=alias, lab="CDC Khánh Hòa"
    )
    sample = cases.take_sample(taking, by=officers["xetnghiem"], now=sampled)
    resulted = sampled + timedelta(hours=int(rng.integers(6, 14)))
    ct = Decimal(str(round(float(rng.uniform(16, 33)), 1)))
    cases.record_result(sample, "positive", resulted, ct, by=officers["xetnghiem"], now=resulted)
    case = Case.objects.filter(person=person.pk, disease=DISEASE, merged_into=None).order_by("-id").first()
    if case is None:
        return
    made.cases += 1
    asked = min(now, resulted + timedelta(hours=3))
    case = _investigated(rng, folk, truth, who, case, start, officers["dieutra"], asked)
    if resulted > now - TRACED:
        made.exposures += tracing.trace(case, by=officers["dieutra"], now=asked)
        _decide(rng, case, officers["dieutra"], min(now, asked + timedelta(hours=2)))


def _investigated(
    rng: np.random.Generator,
    folk: Folk,
    truth: Truth,
    who: int,
    case: Case,
    start: Any,
    by: User,
    at: datetime,
) -> Case:
    """What the interview found out: onset, where detected, from whom."""
    silent = bool(truth.silent[who])
    source = int(truth.source[who])
    names, chances = [name for name, _ in DETECTED], [chance for _, chance in DETECTED]
    changes: dict[str, Any] = {
        "asymptomatic": silent,
        "detection": str(rng.choice(names, p=chances)),
        "infection": "local",
        "officer": by.pk,
    }
    if not silent:
        changes["onset"] = start + timedelta(days=int(truth.onset[who]))
    if source >= 0 and rng.random() < (0.9 if truth.layer[who] == HOME else 0.4):
        behind = folk.known([source], at)[source][0]
        known = Case.objects.filter(person=behind.pk, disease=DISEASE).values_list("pk", flat=True).first()
        changes["source_case"] = known
    try:
        return cases.update_case(case, changes, by=by, now=at)
    except InvalidInput:  # an onset that can't be is left out, as an officer would
        changes.pop("onset", None)
        return cases.update_case(case, changes, by=by, now=at)


def _decide(rng: np.random.Generator, case: Case, by: User, at: datetime) -> None:
    """The likely ones are confirmed, some of the others dismissed, the rest wait."""
    rows = list(Exposure.objects.filter(source=case.alias, disease=DISEASE, status=Exposure.Status.PROPOSED))
    likely = [row for row in rows if row.score >= LIKELY or row.kind == Exposure.Kind.HOUSEHOLD]
    tracing.confirm(likely[:40], by=by, now=at)
    others = [row for row in rows if row not in likely and rng.random() < 0.3]
    if others:
        tracing.dismiss(others, "Ngồi xa, đeo khẩu trang, thời gian ngắn", by=by, now=at)


def _isolate(rng: np.random.Generator, officers: Any, now: datetime, made: Made) -> None:
    """Orders for recent cases and their confirmed contacts; most report every day, some are silent."""
    by, at = officers["huyen.nhatrang"], now - timedelta(days=3)
    number, site = 100, _site(officers["quantri"], at)
    lately = Case.objects.filter(disease=DISEASE, confirmed_on__gte=local_day(now) - TRACED)
    for case in lately.order_by("-id")[:MOST_CASE_ORDERS]:
        number += _ordered(lambda case=case: orders.draft_for_case(case, by=by, now=at), number, site, by, at)
    contacts = list(
        Contact.objects.filter(disease=DISEASE, status="active")
        .exclude(person=None)
        .order_by("-id")[:MOST_CONTACT_ORDERS]
    )
    known = levels.levels_of([contact.alias for contact in contacts], DISEASE)
    for contact in contacts:
        level = known.get(contact.alias)
        if level is not None and level.level in (1, 2):
            name = f"f{level.level}"
            number += _ordered(
                lambda contact=contact, name=name: orders.draft_for_contact(contact, name, by=by, now=at),
                number,
                site,
                by,
                at,
            )
    made.orders = Order.objects.count()
    _report(rng, by, now)
    following.find_silent(now)
    release.propose_due(now)


def _site(by: User, at: datetime) -> Place | None:
    """A site of central isolation in the demo's ward, with few beds; it fills up but for one."""
    if by_path(VINH_HOA) is None:
        return None
    told = Details(SITE, "isolation", VINH_HOA, address="Đường 2 tháng 4", capacity=BEDS)
    [place] = places.create_many([clean(told)], by=by, now=at)
    return place


def _ordered(draft: Any, number: int, site: Place | None, by: User, at: datetime) -> int:
    """Draft and, but for every sixth, issue, at the site while it has more than one bed left; 1 if it was drafted."""
    try:
        order = draft()
    except InvalidInput:
        return 0
    if number % 6 and order.status == Order.Status.DRAFT:
        inside = Order.objects.filter(place=site.pk).count() if site else BEDS
        central = site if site and inside < BEDS - 1 and order.level == "f1" else None
        orders.correct(
            order,
            kind="facility" if central else "home",
            place=central.pk if central else None,
            to_on=order.to_on,
            address=order.address or "tại nhà",
            by=by,
            now=at,
        )
        orders.issue(order, f"{number}/QĐ-UBND", "Nguyễn Văn Thành", "Chủ tịch", by=by, now=at)
    return 1


def _report(rng: np.random.Generator, by: User, now: datetime) -> None:
    for order in Order.objects.filter(status=Order.Status.ISSUED).order_by("id"):
        if rng.random() < 0.12:  # silent
            continue
        for back in (2, 1, 0):
            at = now - timedelta(days=back, hours=float(rng.uniform(0.5, 5)))
            ill = rng.random() < 0.06
            said = following.Report(
                "self" if rng.random() < 0.7 else "call",
                temperature=Decimal("38.1") if ill else Decimal("36.6"),
                symptoms=("fever", "cough") if ill else (),
            )
            following.check(order, said, occurred_at=at, by=None if said.via == "self" else by, now=at)
