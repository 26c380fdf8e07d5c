"""What changes cases and what a laboratory finds. Every verb leaves its event in its own transaction."""

from lachan.outbreak.cases.services.changing import override, set_outcome, transfer, update_case
from lachan.outbreak.cases.services.judge import judge, reclassify
from lachan.outbreak.cases.services.lab import (
    Taking,
    make_pool,
    receive,
    record_pool,
    record_result,
    take_sample,
)
from lachan.outbreak.cases.services.merging import merge, unmerge
from lachan.outbreak.cases.services.opening import CaseDraft, CaseExists, open_case

__all__ = [
    "CaseDraft",
    "CaseExists",
    "Taking",
    "judge",
    "make_pool",
    "merge",
    "open_case",
    "override",
    "receive",
    "reclassify",
    "record_pool",
    "record_result",
    "set_outcome",
    "take_sample",
    "transfer",
    "unmerge",
    "update_case",
]
