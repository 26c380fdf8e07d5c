"""What the tests of households stand on: three communes, and the events that were left."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from lachan.kernel.text import fold
from lachan.registry.audit.models import Event
from lachan.registry.units.models import Unit

PROVINCE, TOWN = "56/", "56/568/"
HOA, HAI = "56/568/22327/", "56/568/22330/"
NAMES = {
    PROVINCE: ("Khánh Hòa", "Tỉnh Khánh Hòa"),
    TOWN: ("Nha Trang", "Thành phố Nha Trang"),
    HOA: ("Vĩnh Hòa", "Phường Vĩnh Hòa"),
    HAI: ("Vĩnh Hải", "Phường Vĩnh Hải"),
}


def units() -> None:
    for path, (name, full) in NAMES.items():
        parent = path.rstrip("/").rpartition("/")[0]
        Unit.objects.create(
            path=path, code=path.split("/")[-2], level=path.count("/"), structure="2021",
            parent_id=f"{parent}/" if parent else None, name=name, full_name=full, kind=full.removesuffix(f" {name}"),
            folded=fold(full), valid_from=date(2020, 1, 1),
        )  # fmt: skip


def events(kind: str, subject: UUID | None = None) -> list[Any]:
    rows = Event.objects.filter(kind=kind).order_by("id")
    return list(rows.filter(subject=subject) if subject else rows)
