"""What a scanned or typed text is: every code finds its reader, and nothing that a stranger shows breaks the sorting."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel import reading
from lachan.kernel.codes import vectors as codes
from lachan.kernel.codes.lc1 import issue, peek
from lachan.kernel.codes.wire import encode, pack, to_base45
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import write_cccd_card, write_insurance_qr, write_national_qr
from lachan.kernel.ids import short_code
from lachan.kernel.reading import KINDS, Reading, kind_of, reading_of
from lachan.kernel.tests import samples
from lachan.kernel.tests.samples import anything, cards, insurance_cards, national_qrs

ENROL = "LCE1:" + "A-_z" * 5 + "Aa" + "." + "B" * 22
CODE = short_code(UUID(int=7))


@pytest.mark.parametrize("case", codes.build()["cases"], ids=lambda case: case["name"])
def test_our_codes_are_told_as_their_reader_tells_them(case: dict[str, str]) -> None:
    text = case["text"]
    try:
        said = peek(text).claims.kind
    except InvalidInput:
        assert kind_of(text) in KINDS
    else:
        assert kind_of(f"\ufeff{text}\r\n") == said


def test_an_appointment_and_a_kind_to_come() -> None:
    def signed(kind: int) -> str:
        payload = encode({0: kind, 6: 1_600_000_000, 7: bytes(16)})
        return "LC1:" + to_base45(pack(b"kid.", payload, bytes(64)))

    assert [kind_of(signed(kind)) for kind in (5, 7, 16, 23)] == ["appointment", "lc1", "lc1", "lc1"]


@pytest.mark.parametrize("text", ["LC1:", "LC1:é", "LC1:" + "0" * 40, samples.SIGNED, "LC1:6BF+70"])
def test_a_code_that_says_nothing_known_is_still_ours(text: str) -> None:
    assert kind_of(text) == "lc1"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("HC1:NCFOXN", "hc1", "HC1:NCFOXN"), ("shc:/5676", "shc", "shc:/5676"), (samples.CARD, "cccd", samples.CARD),
        (samples.CARD_2024, "cccd", samples.CARD_2024), (samples.NATIONAL_MASKED, "national", samples.NATIONAL_MASKED),
        (samples.INSURANCE + "\r\n", "bhyt", samples.INSURANCE), (f"https://x.vn/quet/#{ENROL}", "enrol", ENROL),
        (ENROL.replace(":", "%3a"), "enrol", ENROL), (ENROL[:-1], "unknown", ""), (f"https://x.vn/{ENROL[5:]}", "url", f"https://x.vn/{ENROL[5:]}"),
        ("https://x.vn/q/7K2M9QXT#LC1:AB%20C", "poster", "7K2M9QXT"), ("HTTPS://X.VN/VAO/7k2m9qxt/", "poster", "7K2M9QXT"),
        ("http://127.0.0.1:8000/q/7K2M9QXT?a=b", "poster", "7K2M9QXT"), ("https://x.vn/q/7K2M9QXT/more", "url", "https://x.vn/q/7K2M9QXT/more"),
        ("https://x.vn/p/7K2M9QXT", "url", "https://x.vn/p/7K2M9QXT"), ("056190000001", "cccd_number", "056190000001"),
        (" 056.190 000-001\n", "cccd_number", "056190000001"), ("225 123 456", "cmnd_number", "225123456"), ("111111111", "unknown", ""),
        ("0905 123 456", "phone", "+84905123456"), ("01652345678", "phone", "+84352345678"), ("(0258) 3822861", "phone", "+842583822861"),
        ("+1 (650) 253-0000", "phone", "+16502530000"), ("0016502530000", "phone", "+16502530000"), ("5600000042", "insurance_number", "5600000042"),
        ("dn 4 56 5600000042", "insurance_number", "DN4565600000042"), ("79a-123.45", "plate", "79A12345"), ("79-C1 234.56", "plate", "79C123456"), ("79MĐ1 234.56", "plate", "79MD123456"),
        ("80-136-NG-12", "plate", "80136NG12"), ("TM-12-34", "plate", "TM1234"), ("Đ", "unknown", ""),
        ("b1234567", "passport_number", "B1234567"), ("7K2M 9QXT", "place_code", "7K2M9QXT"), (CODE.lower(), "short_code", CODE),
        (CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "unknown", ""), ("", "unknown", ""), ("Nguyễn Văn An", "unknown", ""),
        ("TRANTHAN", "unknown", ""), ("０５６１９００００００１", "unknown", ""), ("a|b|c|d", "unknown", ""), ("javascript:alert(1)", "unknown", ""),
        ("WIFI:S:x;;", "unknown", ""), ("LCT1:6BF", "unknown", ""), ("1" * 41, "unknown", ""),
    ],
)  # fmt: skip
def test_every_text_finds_its_reader(text: str, kind: reading.Kind, value: str) -> None:
    assert reading_of(text) == Reading(kind, value)


@given(
    cards.map(write_cccd_card) | national_qrs.map(write_national_qr) | insurance_cards.map(write_insurance_qr)
)
def test_any_card_goes_to_a_card_reader(text: str) -> None:
    assert kind_of(text) in ("cccd", "national", "bhyt")


@given(
    anything
    | st.text(st.characters(), max_size=60)
    | st.text("0123456789+-() .AB\n", max_size=30)
    | st.binary().map(lambda raw: "LC1:" + to_base45(raw))
)
def test_any_text_is_of_some_kind(text: str) -> None:
    found = reading_of(text)
    assert found.kind in KINDS and (found.value == "") == (found.kind == "unknown")
    if found.kind not in ("poster", "phone"):
        assert reading_of(found.value) == found


@pytest.mark.parametrize(
    "text",
    ["LC1:" * 500_000, "|" * 500_000, "#" * 500_000, "http://" + "a/" * 4000, "0" * 8192, "\ud800", "\x00" * 9000, "x" * 10**6, "LCE1:#" * 1300],
    ids=range(9),
)  # fmt: skip
def test_what_is_far_too_long_is_nothing(text: str) -> None:
    assert kind_of(text) in ("unknown", "url")


def test_changed_codes_never_stop_the_sorting() -> None:
    rng = random.Random(2021)
    good = issue(codes.PERSON, codes.ISSUER)
    for _ in range(2000):
        at = rng.randrange(len(good))
        assert kind_of(good[:at] + chr(rng.randrange(1, 300)) + good[at + rng.randrange(3) :]) in KINDS
