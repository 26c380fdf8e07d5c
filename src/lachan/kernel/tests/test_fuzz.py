"""Valid scans, broken at random, against every reader: ``LACHAN_FUZZ_SECONDS=600`` makes it a long run."""

import os
import random
import time

import pytest

from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import (
    parse_cccd,
    parse_cccd_card,
    parse_insurance_number,
    parse_insurance_qr,
    parse_national_id,
    parse_national_qr,
    read_any,
    sniff,
)
from lachan.kernel.ids import parse_short_code
from lachan.kernel.phones import parse_phone
from lachan.kernel.redact import redact
from lachan.kernel.tests.samples import SCANS, SIGNED
from lachan.kernel.text import clean_line, clean_name, fold

SEEDS = (
    *SCANS,
    SIGNED,
    "056190000001",
    "225000001",
    "0162 345 6789",
    "+84 (0)258 3822 861",
    "17/05/1990",
    "7K2M-9QXT-4RC",
)
NASTY = (
    "\x00",
    "\ud800",
    "\udfff",
    "|",
    "<",
    "$",
    "-",
    "*",
    "\u202e",
    "\u0301",
    "٣",
    "²",
    "\ufeff",
    "\n",
    "�",
    "İ",
    "ß",
    "0" * 400,
    "",
)
READERS = (
    parse_cccd,
    parse_national_id,
    parse_insurance_number,
    parse_phone,
    parse_date,
    parse_short_code,
    parse_cccd_card,
    parse_national_qr,
    parse_insurance_qr,
    read_any,
    clean_name,
    lambda text: clean_line(text, 100),
)


def mutated(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 6)):
        at, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        text = rng.choice(
            (
                text[:at] + rng.choice(NASTY) + text[at:],
                text[:at] + chr(rng.randrange(0x110000)) + text[at + 1 :],
                text[:at] + text[end:],
                text[:end] + text[at:end] + text[end:],
                text[at:] + text[:at],
                text[:at] + rng.choice(SEEDS)[: rng.randint(1, 40)] + text[end:],
            )
        )
    return text


@pytest.mark.fuzz
def test_broken_scans_are_read_or_refused():
    seed = int(os.environ.get("LACHAN_FUZZ_SEED", random.randrange(2**32)))
    rng = random.Random(seed)
    end = time.monotonic() + float(os.environ.get("LACHAN_FUZZ_SECONDS", "3"))
    rounds = 0
    while time.monotonic() < end:
        text = mutated(rng, rng.choice(SEEDS))
        for read in READERS:
            try:
                read(text)
            except InvalidInput as error:
                assert error.code, (seed, text)
            except Exception as error:
                pytest.fail(f"{error!r} from seed {seed}, text {text!a}")
        fold(text)
        sniff(text)
        redact(text)
        rounds += 1
    assert rounds > 50
