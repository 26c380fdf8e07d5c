"""Questions about cases, samples and pools."""

from lachan.outbreak.cases.selectors.duplicates import Duplicate, duplicates_of, merges_of
from lachan.outbreak.cases.selectors.episodes import cases_of, episode_of
from lachan.outbreak.cases.selectors.line_list import Filters, by_id, counts, every, page, visible
from lachan.outbreak.cases.selectors.world import case_of, confirmed_of, infectious_days, infectious_window

__all__ = [
    "Duplicate",
    "Filters",
    "by_id",
    "case_of",
    "cases_of",
    "confirmed_of",
    "counts",
    "duplicates_of",
    "episode_of",
    "every",
    "infectious_days",
    "infectious_window",
    "merges_of",
    "page",
    "visible",
]
