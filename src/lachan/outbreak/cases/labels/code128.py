"""Code 128 (ISO/IEC 15417), code set B: the bars that every laboratory's reader takes."""

from __future__ import annotations

from lachan.kernel.errors import InvalidInput

WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211"
    "221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113"
    "132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121"
    "312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211"
    "221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141"
    "114113114311411113411311113141114131311141411131211412211214211232"
)
"""Of the values 0 to 105, six digits each: bar, space, bar, space, bar, space in modules."""
STOP = "2331112"
START_B, FIRST, LAST = 104, 32, 126


def values(text: str) -> list[int]:
    """Start, characters and check digit. Raises InvalidInput for what isn't printable ASCII."""
    if not text or not all(FIRST <= ord(one) <= LAST for one in text):
        raise InvalidInput("bad_character")
    own = [ord(one) - FIRST for one in text]
    check = (START_B + sum(place * value for place, value in enumerate(own, start=1))) % 103
    return [START_B, *own, check]


def bars(text: str) -> list[list[int]]:
    """(left, width) of each bar in modules, from 0 at the first."""
    runs = "".join(WIDTHS[6 * value : 6 * value + 6] for value in values(text)) + STOP
    drawn, at = [], 0
    for place, run in enumerate(runs):
        if place % 2 == 0:
            drawn.append([at, int(run)])
        at += int(run)
    return drawn
