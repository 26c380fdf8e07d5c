"""`lachan hc1 FILE`: take a list of the certificates that sign EU certificates; devices have it with their next rules."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    hc1 = commands.add_parser("hc1", help="import the issuers of EU certificates (HC1)")
    hc1.add_argument("file", type=Path, help="JSON of base64 certificates, as published by the EU's gateway")
    hc1.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    setup()
    from lachan.gate.checkpoints.services.issuers import import_issuers
    from lachan.kernel.clock import SystemClock
    from lachan.kernel.errors import InvalidInput

    try:
        data = arguments.file.read_bytes()
        found = import_issuers(data, now=SystemClock().now())
    except (OSError, InvalidInput) as error:
        raise SystemExit(f"Nothing was taken: {error}") from None
    print(f"Taken: {len(found.trust.keys)} keys.")
    for position, code in found.refused:
        print(f"Refused: certificate {position + 1}: {code}")
