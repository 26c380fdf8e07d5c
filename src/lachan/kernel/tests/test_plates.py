"""Number plates: one form for every spelling, and what is none is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.plates import is_vietnamese, parse_plate


@pytest.mark.parametrize(
    ("text", "plate", "ours"),
    [
        ("79A-123.45", "79A12345", True), ("79 a 123 45", "79A12345", True), ("79N1-123.45", "79N112345", True), ("79mđ1-234.56", "79MD123456", True),
        ("51LD-123.45", "51LD12345", True), ("80-136-NG-12", "80136NG12", True), ("KA 12-34", "KA1234", True), ("PP 2A-1234", "PP2A1234", False),
        ("1กก", None, False), ("LÀO 1234", None, False), ("không rõ", None, False), ("abcd", None, False), ("79A", None, False),
        ("ı2345", None, False), ("<script>1", None, False), ("1" * 13, None, False), (" " * 50 + "79A12345", None, False), ("٧٩A12345", None, False),
    ],
)  # fmt: skip
def test_spellings(text: str, plate: str | None, ours: bool) -> None:
    if plate is None:
        with pytest.raises(InvalidInput, match="plate_format"):
            parse_plate(text)
    else:
        assert (parse_plate(text), is_vietnamese(plate)) == (plate, ours)


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{2}[A-ZĐ][0-9][ .-]?[0-9]{3}[.]?[0-9]{2}", fullmatch=True))
def test_a_kept_plate_stays_as_it_is(text: str) -> None:
    try:
        plate = parse_plate(text)
    except InvalidInput as error:
        assert error.code == "plate_format"
    else:
        assert plate.isascii() and plate.isupper() | plate.isdigit() and parse_plate(plate.lower()) == plate
