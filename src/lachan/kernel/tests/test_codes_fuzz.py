"""Long random runs over everything that reads a stranger's text. Seconds to spend: LACHAN_FUZZ_SECONDS (3)."""

import os
import random
import time
from collections.abc import Callable
from datetime import timedelta

import cbor2
import pytest

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import ERRORS, TrustList, peek, read, vectors
from lachan.kernel.codes.wire import ALPHABET, from_base45, pack, to_base45
from lachan.kernel.errors import InvalidInput

SECONDS = float(os.environ.get("LACHAN_FUZZ_SECONDS", "3"))
CLOCK = FixedClock(vectors.NOW)
SLOWEST = timedelta(milliseconds=500)  # far above a verification: what it finds is an input that explodes


def _mutated(data: bytes, dice: random.Random) -> bytes:
    data = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(4):
            case 0:
                data[at:at] = dice.randbytes(dice.randrange(1, 5))
            case 1:
                del data[at : at + dice.randrange(1, 5)]
            case 2:
                data[at:at] = data[dice.randrange(len(data) + 1) :][:40]
            case 3:
                data[at : at + 1] = dice.randbytes(1)
    return bytes(data)


def _nested(dice: random.Random, depth: int = 0):
    if depth > 5 or dice.random() < 0.4:
        leaves = (
            dice.randbytes(dice.randrange(20)),
            dice.getrandbits(70),
            "ỡ",
            None,
            True,
            1.5,
            -1,
            cbor2.undefined,
        )
        return dice.choice(leaves)
    inside = [_nested(dice, depth + 1) for _ in range(dice.randrange(4))]
    if dice.random() < 0.3:
        return cbor2.CBORTag(dice.choice((0, 1, 2, 4, 5, 18, 28, 29, 30, 35, 36, 37, 100, 258, 260)), inside)
    return inside if dice.random() < 0.5 else {dice.randrange(20): item for item in inside}


def _text(seeds: list[str], dice: random.Random) -> str:
    seed = dice.choice(seeds)
    prefix, _, body = seed.partition("...")[0].partition(":")
    prefix += ":"
    match dice.randrange(5):
        case 0:
            return prefix + to_base45(_mutated(from_base45(body), dice))
        case 1:
            return prefix + to_base45(pack(dice.randbytes(4), cbor2.dumps(_nested(dice)), bytes(64)))
        case 2:
            return prefix + to_base45(pack(dice.randbytes(4), dice.randbytes(dice.randrange(300)), bytes(64)))
        case 3:
            letters = list(seed)
            letters[dice.randrange(len(letters))] = dice.choice(ALPHABET)
            return "".join(letters)
        case _:
            return prefix + "".join(dice.choices(ALPHABET, k=dice.randrange(600)))


def _run(seeds: list[str], attempt: Callable[[str], object], good: set[str]) -> int:
    dice = random.Random(os.environ.get("LACHAN_FUZZ_SEED", "lachan"))
    deadline, tries = time.monotonic() + SECONDS / 2, 0
    while time.monotonic() < deadline:
        text = _text(seeds, dice)
        began = time.monotonic()
        try:
            attempt(text)
        except InvalidInput as error:
            assert error.code in ERRORS, text
        else:
            assert text in good, text
        assert time.monotonic() - began < SLOWEST.total_seconds(), text
        tries += 1
    return tries


@pytest.mark.fuzz
def test_no_stranger_text_passes_or_crashes_the_reader():
    cases = [case["text"] for case in vectors.build()["cases"] if case["expect"]["ok"]]

    def attempt(text):
        try:
            peek(text)
        except InvalidInput as error:
            assert error.code in ERRORS
        return read(text, vectors.TRUST, CLOCK)

    assert _run(cases, attempt, set(cases)) > 100


@pytest.mark.fuzz
def test_no_stranger_text_passes_or_crashes_the_trust_list():
    good = vectors.TRUST.sign(vectors.ANCHOR)

    def attempt(text):
        return TrustList.verify(text, [vectors.ANCHOR.public], CLOCK)

    assert _run([good], attempt, {good}) > 100
