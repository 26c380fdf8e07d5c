from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.labels.code128 import START_B, WIDTHS, bars, values

printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30)


def test_the_table_is_the_standards() -> None:
    patterns = [WIDTHS[at : at + 6] for at in range(0, len(WIDTHS), 6)]
    assert len(set(patterns)) == 106 and all(sum(map(int, one)) == 11 for one in patterns)
    assert all(sum(map(int, one[::2])) % 2 == 0 for one in patterns)  # even parity of the bars
    assert (patterns[0], patterns[33], patterns[104]) == ("212222", "111323", "211214")


def test_the_check_digit_of_a_known_code() -> None:
    """PJJ123C is the example that most descriptions give: check value 54 in code set A, where these values are alike; the
    start counts one more in B."""
    assert values("PJJ123C") == [START_B, 48, 42, 42, 17, 18, 19, 35, (54 + 1) % 103]


@given(printable)
def test_it_reads_back(text: str) -> None:
    drawn = bars(text)
    edges = [edge for left, width in drawn for edge in (left, left + width)]
    runs = "".join(str(after - before) for before, after in pairwise(edges))
    known = {WIDTHS[at : at + 6]: at // 6 for at in range(0, len(WIDTHS), 6)}
    back = [known[runs[at : at + 6]] for at in range(0, len(runs) - 7, 6)]
    assert back == values(text) and runs.endswith("2331112")


@pytest.mark.parametrize("text", ["", "Bình", "a\n"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        bars(text)
