from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from lachan.base.scope import Scope
from lachan.registry.places import services
from lachan.registry.places.models import Place
from lachan.registry.units import tree
from lachan.registry.units.models import Unit

NOW = datetime(2021, 7, 20, 3, tzinfo=UTC)
NHA_TRANG = Scope.of(["56/568/"])
VINH_HOA, VINH_HAI, BA_NGOI = "56/568/22327/", "56/568/22330/", "56/569/22408/"


class Officer:
    """Whoever acts: services ask for the id only."""

    def __init__(self) -> None:
        self.pk = uuid4()


@pytest.fixture
def officer() -> Officer:
    return Officer()


@pytest.fixture(autouse=True)
def _tree() -> Iterator[None]:
    tree.forget()
    yield
    tree.forget()


@pytest.fixture
def province(db: Any) -> None:
    """A corner of Khánh Hòa: two districts, three communes."""
    rows = [
        ("56/", 1, "Khánh Hòa", "Tỉnh"),
        ("56/568/", 2, "Nha Trang", "Thành phố"),
        ("56/569/", 2, "Cam Ranh", "Thành phố"),
        (VINH_HOA, 3, "Vĩnh Hòa", "Phường"),
        (VINH_HAI, 3, "Vĩnh Hải", "Phường"),
        (BA_NGOI, 3, "Ba Ngòi", "Phường"),
    ]
    for path, level, name, kind in rows:
        Unit.objects.create(
            path=path,
            code=path.split("/")[-2],
            level=level,
            structure="2021",
            parent_id=path[: path[:-1].rfind("/") + 1] or None,
            name=name,
            full_name=f"{kind} {name}",
            kind=kind,
            folded=name,
            valid_from=date(2021, 7, 1),
            valid_to=None,
        )


@pytest.fixture
def shop(province: None, officer: Officer) -> Place:
    details = services.Details(
        name="Cửa hàng Bách hóa 12",
        kind="shop",
        unit=VINH_HOA,
        address="12 Phạm Văn Đồng",
        owner_name="Nguyễn Thị Hoa",
        owner_phone="0912 345 678",
    )
    return services.create(details, by=officer, now=NOW)
