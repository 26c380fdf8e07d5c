"""`lachan area …`: the epidemic level of a unit, by a document. Arrivals and decisions look at it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    root = commands.add_parser("area", help="epidemic levels of units")
    verbs = root.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="the levels in force").set_defaults(run=listed)
    setting = verbs.add_parser("set", help="set a unit's level from a day on")
    setting.add_argument("unit", help="path, such as 56/568/22327/")
    setting.add_argument("level", type=int, choices=range(1, 5), help="1 green to 4 red")
    setting.add_argument("--document", required=True, help="number and date of the decision")
    setting.add_argument("--from", dest="day", help="first day, such as 2021-07-23; default: from now on")
    setting.set_defaults(run=placed)


def listed(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.gate.declarations.selectors.world import area_levels
    from lachan.kernel.clock import SystemClock
    from lachan.registry.units.selectors import label

    for path, level in sorted(area_levels(SystemClock().now()).items()):
        print(f"{level}  {path:<16} {label(path)}")
    return 0


def placed(arguments: argparse.Namespace) -> int:
    setup()
    from datetime import date

    from lachan.gate.declarations.services.world import set_level
    from lachan.kernel.clock import SystemClock, day_bounds
    from lachan.registry.units.models import Unit

    now = SystemClock().now()
    try:
        begins = day_bounds(date.fromisoformat(arguments.day))[0] if arguments.day else now
    except ValueError:
        print("--from is a day such as 2021-07-23", file=sys.stderr)
        return 2
    if not Unit.objects.filter(path=arguments.unit).exists() or not arguments.document.strip():
        print("The path of a unit and its document are needed.", file=sys.stderr)
        return 1
    set_level(arguments.unit, arguments.level, arguments.document, valid_from=begins, by=None, now=now)
    print(f"{arguments.unit} has level {arguments.level} from {begins:%d/%m/%Y %H:%M} UTC.")
    return 0
