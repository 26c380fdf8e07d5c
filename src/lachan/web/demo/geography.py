"""Where the demo's people live: the province's communes, weighted by population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from lachan.registry.units.models import Unit

DISTRICTS = {
    "568": 422_600, "569": 130_800, "570": 107_200, "571": 127_400, "572": 230_600, "573": 39_500, "574": 142_500,
    "575": 26_400, "576": 90,
}  # fmt: skip
"""Inhabitants of Khánh Hòa's districts about 2019, rounded and from memory: they only spread the made-up people."""
ELSEWHERE = 100_000  # a district that isn't known
WARD, RURAL = 1.8, 1.0
LARGE = {"22327": 2.2, "22330": 2.5}  # Vĩnh Hòa and Vĩnh Hải are among the largest wards of Nha Trang


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune with its share of the province's people."""

    path: str
    name: str  # "Vĩnh Hòa"
    full_name: str
    weight: float
    latitude: float | None
    longitude: float | None

    @property
    def district(self) -> str:
        return self.path.rsplit("/", 2)[0] + "/"

    @property
    def urban(self) -> bool:
        return not self.full_name.startswith("Xã ")


def communes(rng: np.random.Generator) -> list[Commune]:
    """The communes of the installation's province and structure, by path. Raises LookupError when none is loaded."""
    rows = Unit.objects.filter(
        path__startswith=f"{settings.PROVINCE}/", structure=settings.STRUCTURE, level=Unit.Level.COMMUNE
    ).order_by("path")
    found = list(rows)
    if not found:
        raise LookupError(f"no communes of province {settings.PROVINCE} ({settings.STRUCTURE}) are loaded")
    weights = _weights(rng, found)
    return [
        Commune(unit.path, unit.name, unit.full_name, weight, unit.latitude, unit.longitude)
        for unit, weight in zip(found, weights, strict=True)
    ]


def _weights(rng: np.random.Generator, units: list[Unit]) -> list[float]:
    """A commune's own population where it is known, else its part of the district's."""
    kinds = [(WARD if unit.kind != "Xã" else RURAL) * LARGE.get(unit.code, 1.0) for unit in units]
    raw = rng.lognormal(0, 0.35, len(units)) * kinds
    districts = [unit.path.split("/")[1] for unit in units]
    sums: dict[str, float] = {}
    for district, weight in zip(districts, raw, strict=True):
        sums[district] = sums.get(district, 0.0) + float(weight)
    return [
        float(unit.population or DISTRICTS.get(district, ELSEWHERE) * weight / sums[district])
        for unit, district, weight in zip(units, districts, raw, strict=True)
    ]


def shares(found: list[Commune]) -> NDArray[np.float64]:
    weights = np.array([one.weight for one in found])
    return weights / weights.sum()


def outside(rng: np.random.Generator, provinces: tuple[str, ...], count: int) -> list[str]:
    """Communes of other provinces, where travellers come from. Empty when those provinces aren't loaded."""
    paths: list[str] = []
    for province in provinces:
        paths += Unit.objects.filter(
            path__startswith=f"{province}/", structure=settings.STRUCTURE, level=Unit.Level.COMMUNE
        ).order_by("path").values_list("path", flat=True)  # fmt: skip
    return [paths[at] for at in rng.integers(0, len(paths), count)] if paths else []
