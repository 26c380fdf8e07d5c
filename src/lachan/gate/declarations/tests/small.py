"""What the tests of declarations stand on: units, places, accounts, and a declaration in one line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.prepare import Answer, Submission
from lachan.gate.declarations.services.submit import submit
from lachan.kernel.clock import ms_at
from lachan.kernel.ids import uuid7
from lachan.kernel.text import fold

PROVINCE, TOWN, OTHER = "56/", "56/568/", "56/569/"
HOA, HAI, CAM = "56/568/22327/", "56/568/22330/", "56/569/22420/"
LATER_HOA = "56/22327/"  # a commune of the structure of 2025
NAMES = {
    PROVINCE: ("Khánh Hòa", "Tỉnh Khánh Hòa", "Tỉnh"),
    TOWN: ("Nha Trang", "Thành phố Nha Trang", "Thành phố"),
    OTHER: ("Cam Ranh", "Thành phố Cam Ranh", "Thành phố"),
    HOA: ("Vĩnh Hòa", "Phường Vĩnh Hòa", "Phường"),
    HAI: ("Vĩnh Hải", "Phường Vĩnh Hải", "Phường"),
    CAM: ("Cam Nghĩa", "Phường Cam Nghĩa", "Phường"),
    LATER_HOA: ("Bắc Nha Trang", "Phường Bắc Nha Trang", "Phường"),
}
MARKET, GATE = "MKT00001", "GTE00001"


def units(since: date) -> None:
    from lachan.registry.units.models import Unit

    for path, (name, full, kind) in NAMES.items():
        parent = path.rstrip("/").rpartition("/")[0]
        Unit.objects.create(
            path=path, code=path.rstrip("/").rpartition("/")[2], 
            level=3 if path == LATER_HOA else path.count("/"), structure="2025" if path == LATER_HOA else "2021",
            parent_id=f"{parent}/" if parent else None, name=name, full_name=full, kind=kind, folded=fold(full),
            valid_from=date(2025, 7, 1) if path == LATER_HOA else since,
        )  # fmt: skip


def places(now: datetime) -> None:
    from lachan.registry.places.models import Place

    for code, name, unit, kind, form in (
        (MARKET, "Chợ Vĩnh Hải", HAI, "market", "domestic"),
        (GATE, "Chốt Rọ Tượng", CAM, "checkpoint", "checkpoint"),
    ):
        Place.objects.create(
            code=code,
            name=name,
            folded=fold(name),
            unit=unit,
            kind=kind,
            form=form,
            seed=b"0" * 16,
            created_at=now,
        )


def officer(username: str, role: str, unit: str, since: datetime) -> Any:
    from lachan.registry.accounts.models import Grant, User

    user = User.objects.create_user(
        username, full_name=f"Cán bộ {username}", created_at=since, mfa_required=False
    )
    Grant.objects.create(user=user, role=role, unit=unit, valid_from=since)
    return user


def answers(name: str = "Nguyễn Thị Hoa", *, residence: str = HOA, **more: Any) -> dict[str, Any]:
    """A healthy person's domestic declaration; anything said besides overrides it."""
    said: dict[str, Any] = {
        "name": name, "birth": "1990-05-17", "sex": "female", "nationality": "VN", "national_id": "056190001234",
        "phone": "0905123456", "residence": residence, "address": "12 Nguyễn Trãi", "no_symptoms": True,
        "no_contact": True, "pledge": True, **more,
    }  # fmt: skip
    return {key: value for key, value in said.items() if value is not None}


def submission(now: datetime, said: dict[str, Any], **fields: Any) -> Submission:
    return Submission(
        id=fields.pop("id", uuid7(ms_at(now))), form=fields.pop("form", "domestic"), answers=said, **fields
    )


def declare(now: datetime, said: dict[str, Any] | None = None, *, by: Any = None, **fields: Any) -> Answer:
    return submit(submission(now, said or answers(), **fields), now, by)


def declared(
    now: datetime, name: str = "Nguyễn Thị Hoa", *, sick: bool = False, place: str = "", **more: Any
) -> Entry:
    """The entry of a declaration just made; `sick`: with a fever, so that it is flagged."""
    if sick:
        more |= {"no_symptoms": False, "fever": True}
    more.setdefault("national_id", f"0561900{abs(hash_of(name)) % 100000:05d}")
    answer = declare(now, answers(name, **more), place=place)
    return Entry.objects.get(declaration=answer.id)


def hash_of(text: str) -> int:
    return int.from_bytes(fold(text).encode()[-4:], "big") + sum(fold(text).encode())


def work(now: datetime) -> None:
    """What the worker does: seal the events and let every consumer read them."""
    from lachan.registry.audit import consumers, sealing

    sealing.seal_all(now)
    consumers.run_consumers(now)


def events(kind: str, subject: UUID | None = None) -> list[Any]:
    from lachan.registry.audit.models import Event

    rows = Event.objects.filter(kind=kind).order_by("id")
    return list(rows.filter(subject=subject) if subject else rows)


LATER = timedelta(hours=3)
