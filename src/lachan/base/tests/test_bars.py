"""Charts: in the picture, in proportion, on a scale of round numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.base import bars

KINDS = ("green", "attention", "stop")
COLUMNS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 10**3)), max_size=24
)


@given(COLUMNS)
def test_bars_stay_in_the_picture_and_keep_proportion(numbers: list[tuple[int, int, int]]) -> None:
    columns = [bars.Column("", "", tuple(zip(KINDS, each, strict=True))) for each in numbers]
    drawn = bars.chart(columns, 480)
    assert drawn.most == max((sum(each) for each in numbers), default=0)
    for bar, each in zip(drawn.bars, numbers, strict=True):
        assert drawn.left <= bar.x <= bar.middle <= bar.x + bar.width <= drawn.width
        heights = sum(part.height for part in bar.parts)
        assert abs(heights - drawn.height * sum(each) / drawn.top) <= 0.3
        assert [part.kind for part in bar.parts] == [
            kind for kind, number in zip(KINDS, each, strict=True) if number
        ]


@given(st.integers(0, 10**9))
def test_the_scale_is_of_round_numbers_and_reaches_over_the_highest(most: int) -> None:
    marks = bars.scale(most)
    step = marks[1]
    assert marks[0] == 0 and marks[-1] >= most > marks[-2] - (most == 0)
    assert marks == tuple(range(0, marks[-1] + 1, step)) and len(marks) <= bars.MOST_TICKS + 1
    assert str(step).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("most, marks", [(0, (0, 1)), (3, (0, 1, 2, 3)), (428, (0, 100, 200, 300, 400, 500))])
def test_scales_as_one_would_draw_them(most: int, marks: tuple[int, ...]) -> None:
    assert bars.scale(most) == marks


def test_ticks_stand_where_their_number_is() -> None:
    drawn = bars.chart([bars.Column("1", "1", (("green", 5),))], 100)
    assert [(tick.value, tick.y) for tick in drawn.ticks] == [
        (0, 120.0), (1, 96.0), (2, 72.0), (3, 48.0), (4, 24.0), (5, 0.0)
    ]  # fmt: skip
