"""A few units for the demo's tests: two districts of the province, and one commune elsewhere."""

from __future__ import annotations

from datetime import date

from lachan.kernel.text import fold
from lachan.registry.units import tree
from lachan.registry.units.models import Unit

ROWS = (
    ("56/", "Khánh Hòa", "Tỉnh"), ("56/568/", "Nha Trang", "Thành phố"), ("56/568/22327/", "Vĩnh Hòa", "Phường"),
    ("56/568/22330/", "Vĩnh Hải", "Phường"), ("56/568/22384/", "Vĩnh Lương", "Xã"), ("56/572/", "Ninh Hòa", "Thị xã"),
    ("56/572/22603/", "Ninh Ích", "Xã"), ("79/", "Hồ Chí Minh", "Thành phố"), ("79/760/", "Quận 1", "Quận"),
    ("79/760/26734/", "Tân Định", "Phường"),
)  # fmt: skip


def units() -> None:
    for path, name, kind in ROWS:
        parent = path.rstrip("/").rpartition("/")[0]
        Unit.objects.create(
            path=path, code=path.rstrip("/").rpartition("/")[2], level=path.count("/"), structure="2021",
            parent_id=f"{parent}/" if parent else None, name=name, full_name=f"{kind} {name}", kind=kind,
            folded=fold(f"{kind} {name}"), valid_from=date(2020, 1, 1), latitude=12.2, longitude=109.2,
        )  # fmt: skip
    tree.forget()
