"""What the Python kernel decides at a gate, and how it chains a log, as JSON: the scanner must answer the same."""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from typing import Any
from uuid import UUID

from lachan.kernel import scanlog
from lachan.kernel.gates import GUARDS, HOW, KINDS, GateRules

SEED, CASES = 2021, 1500
DAYS = (date(2021, 7, 22), date(2021, 11, 1), date(2026, 11, 24))
VALUES: dict[str, tuple[Any, ...]] = {
    "how": HOW,
    "verified": (True, False),
    "declared_result": ("green", "attention", "stop", None),
    "declared_age_h": (None, 0, 1, 24, 25, 72, 73, 1.5),
    "area_level_from": (None, 0, 1, 2, 3, 4),
    "symptoms": (True, False, None),
    "test_result": ("negative", "positive", "pending", None),
    "test_age_h": (None, 0, 1, 72, 73, -1, "3"),
    "doses": (None, 0, 1, 2, 3),
    "days_since_last_dose": (None, 0, 13, 14, 400),
    "days_since_recovery": (None, 0, 180, 181),
    "hold": (True, False),
    "temperature": (None, 360, 374, 375, 379, 380, 410, 36.5, "hot"),
    "has_travel_paper": (True, False),
    "paper_expired": (True, False),
    "hc1_ok": (True, False, None),
    "role": ("driver", "companion", "person", ""),
    "direction": ("in", "out", ""),
    **dict.fromkeys(GUARDS, (False, False, False, True)),
}


def gates(rng: random.Random) -> list[dict[str, Any]]:
    cases = []
    for _ in range(CASES):
        day, kind = rng.choice(DAYS), rng.choice(KINDS)
        context = {key: rng.choice(values) for key, values in VALUES.items() if rng.random() < 0.7}
        decision = GateRules.at(day, kind).decide(context)
        said = {"result": decision.result, "reasons": [one.rule_id for one in decision.reasons]}
        cases.append({"rules": f"{day}/{kind}", "context": context, "said": said})
    return cases


def chains(rng: random.Random) -> list[dict[str, Any]]:
    cases = []
    for size in range(1, 12):
        log, first = UUID(int=rng.getrandbits(128)), rng.choice((1, 2, 255, 256, 2**31, 2**40))
        lines = ["".join(rng.choices('{"a":Nguyễn\u00a0😀', k=rng.randrange(60))) for _ in range(size)]
        head = scanlog.head_after(scanlog.GENESIS, [line.encode() for line in lines])
        signed = scanlog.to_sign(log, first, scanlog.GENESIS, head)
        cases.append(
            {"log": str(log), "first": first, "lines": lines, "head": head.hex(), "signed": signed.hex()}
        )
    return cases


def main() -> None:
    rng = random.Random(SEED)
    rules = {f"{day}/{kind}": GateRules.at(day, kind).to_json() for day in DAYS for kind in KINDS}
    json.dump({"rules": rules, "gates": gates(rng), "chains": chains(rng)}, sys.stdout)


if __name__ == "__main__":
    main()
