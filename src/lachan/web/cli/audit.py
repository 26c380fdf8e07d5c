"""`lachan audit verify`: prove that the log of events is whole."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    root = commands.add_parser("audit", help="the sealed log of events")
    verbs = root.add_subparsers(dest="verb", required=True)
    verify = verbs.add_parser("verify", help="recompute the whole chain and name every fault")
    verify.add_argument(
        "--expect",
        metavar="SEQ:HASH",
        help="a head that was noted earlier: finds a log whose end was cut off",
    )
    verify.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the log has a fault, 2 when --expect can't be read."""
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.registry.audit import sealing

    try:
        expected = head_of(arguments.expect) if arguments.expect else None
    except ValueError:
        print("--expect is a number, a colon and 64 hexadecimal digits", file=sys.stderr)
        return 2
    report = sealing.verify(SystemClock().now(), expected=expected)
    for fault in report.faults:
        print(fault)
    state = "whole" if report.ok else f"{len(report.faults)} faults"
    print(f"{report.count} sealed events, {state}. Head {report.seq}:{report.head.hex()}")
    if report.ok:
        print("Write that head down somewhere else; give it back later as --expect.")
    return int(not report.ok)


def head_of(text: str) -> tuple[int, bytes]:
    """(number, hash) of `SEQ:HASH`. Raises ValueError."""
    seq, _, digest = text.partition(":")
    raw = bytes.fromhex(digest)
    if len(raw) != 32:
        raise ValueError(text)
    return int(seq), raw
