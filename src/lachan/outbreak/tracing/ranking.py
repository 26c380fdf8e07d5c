"""Which contact first. Pure; every part of the score has a reason in words (`selectors.reasons`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lachan.kernel.clock import local_day


@dataclass(frozen=True, slots=True)
class Urgency:
    """`days_ago`: since the last exposure. `days_left`: of the follow-up, 0 on its last day, negative once it is over."""

    score: float
    days_ago: int
    days_left: int


def together(scores: Iterable[float]) -> float:
    """Several pieces of evidence about two people: none lowers the rest, and all of them don't exceed 1."""
    left = 1.0
    for score in scores:
        left *= 1.0 - min(max(score, 0.0), 1.0)
    return 1.0 - left


def follow_until(last_exposure: datetime, follow: timedelta) -> date:
    """The last day of the follow-up: so many days after the last exposure."""
    return local_day(last_exposure) + follow


def urgency(
    strength: float, last_exposure: datetime, now: datetime, follow: timedelta, recency: timedelta
) -> Urgency:
    """The strength of the evidence, halved for every `recency` since the last exposure; a tenth once follow-up is over.

    Strength is 0 to 1. An exposure that goes on still (a household) is as recent as can be.
    """
    today = local_day(now)
    ago = max(0, (today - local_day(min(last_exposure, now))).days)
    left = (follow_until(last_exposure, follow) - today).days
    score = strength * 0.5 ** (timedelta(days=ago) / recency)
    return Urgency(score if left >= 0 else score / 10, ago, left)
