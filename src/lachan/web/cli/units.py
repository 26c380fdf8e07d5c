"""`lachan units load`: all of Vietnam's administrative units, and a province's own lists over them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lachan.web.cli import setup

SHOWN = 20


def register(commands: Any) -> None:
    root = commands.add_parser("units", help="administrative units and their outlines")
    verbs = root.add_subparsers(dest="verb", required=True)
    loading = verbs.add_parser("load", help="load or refresh the units; may be run again at any time")
    loading.add_argument("--structure", choices=["2021", "2025"], help="only one structure (default: both)")
    loading.add_argument(
        "--communes", type=Path, metavar="FILE", help="CSV of a province's own communes of 2021"
    )
    loading.add_argument("--crosswalk", type=Path, metavar="FILE", help="CSV of old commune to new commune")
    loading.set_defaults(run=load)
    outlines = verbs.add_parser("outlines", help="import a province's own outlines from GeoJSON")
    outlines.add_argument("file", type=Path)
    outlines.add_argument("--structure", choices=["2021", "2025"])
    outlines.add_argument(
        "--level", type=int, choices=[1, 2, 3], default=3, help="1 province, 2 district, 3 commune"
    )
    outlines.add_argument(
        "--property", default="", metavar="NAME", help="property that holds the unit's code"
    )
    outlines.add_argument("--kind", choices=["official", "approx_power_diagram", "reference"], default="")
    outlines.add_argument("--source", required=True, help="who issued the outlines, and when")
    outlines.set_defaults(run=load_outlines)


def load(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.registry.units import services

    files = {"communes": arguments.communes, "crosswalk": arguments.crosswalk}
    data = {name: path.read_bytes() for name, path in files.items() if path}
    report = _told(lambda: services.load(arguments.structure, **data, now=SystemClock().now()))
    if report is None:
        return 1
    print(f"Units: {report.created} new, {report.changed} changed, {report.unchanged} as before.")
    print(f"Mapping of 1 July 2025: {report.links} rows new or changed.")
    return _refused(
        [f"line {item.line}: {_words(item.reason)} {item.value}".strip() for item in report.refused]
    )


def load_outlines(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.registry.units import services

    options = {name: getattr(arguments, name) for name in ("structure", "level", "kind", "source")}
    data, name = arguments.file.read_bytes(), arguments.property
    report = _told(
        lambda: services.import_geometry(data, **options, property_name=name, now=SystemClock().now())
    )
    if report is None:
        return 1
    print(f"Outlines: {report.taken} taken, {len(report.refused)} refused.")
    return _refused(
        [f"feature {item.number} ({item.code}): {_words(item.reason)}" for item in report.refused]
    )


def _told(work: Any) -> Any:
    """The work's result; None after printing why it was refused."""
    from lachan.kernel.errors import InvalidInput

    try:
        return work()
    except InvalidInput as error:
        print(_words(error.code, error.params))
        return None


def _words(code: str, params: Any = None) -> str:
    from django.utils import translation

    from lachan.base.messages import text_of

    with translation.override("vi"):
        return text_of(code, params)


def _refused(lines: list[str]) -> int:
    for line in lines[:SHOWN]:
        print(f"  {line}")
    if len(lines) > SHOWN:
        print(f"  … and {len(lines) - SHOWN} more")
    return 0
