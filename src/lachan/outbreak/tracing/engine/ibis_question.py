"""The same questions as Ibis expressions: on DuckDB here, on Spark or another engine beyond one machine.

``visits``: (subject, place, start, end), each visit once. ``sources``: (subject, since, until). Integer columns, seconds of `days.seconds`.
Needs ibis-framework, which serving and the worker do not.
"""

from __future__ import annotations

from typing import Any

import ibis

__all__ = ["contacts", "f2", "meetings", "present"]

Table = Any  # ibis.Table, whose columns are attributes that mypy can't know


def _overlaps(visits: Table, sources: Table, min_overlap_s: int) -> Table:
    """Each meeting of a source: (contact, place, first, last)."""
    mine = visits.join(sources, "subject").select(
        me=lambda row: row.subject,
        at=lambda row: row.place,
        begin=lambda row: ibis.greatest(row.start, row.since),
        finish=lambda row: ibis.least(row.end, row.until),
    )
    mine = mine.filter(mine.finish - mine.begin >= min_overlap_s)
    other = visits.view()
    both = mine.join(
        other,
        [
            mine.at == other.place,
            mine.me != other.subject,
            other.start <= mine.finish - min_overlap_s,
            other.end >= mine.begin + min_overlap_s,
        ],
    ).select(
        subject=other.subject,
        place=other.place,
        first=ibis.greatest(mine.begin, other.start),
        last=ibis.least(mine.finish, other.end),
    )
    return both.filter(both.last - both.first >= min_overlap_s)


def _grouped(overlaps: Table, *by: str) -> Table:
    return overlaps.group_by(list(by)).aggregate(
        seconds=lambda row: (row.last - row.first).sum().cast("int64"),
        first=lambda row: row.first.min(),
        last=lambda row: row.last.max(),
        meetings=lambda row: row.count(),
    )


def meetings(visits: Table, sources: Table, min_overlap_s: int) -> Table:
    """By contact and place: (subject, place, seconds, first, last, meetings)."""
    return _grouped(_overlaps(visits, sources, min_overlap_s), "subject", "place")


def contacts(visits: Table, sources: Table, min_overlap_s: int) -> Table:
    """By contact, summed over places and sources: (subject, seconds, first, last, meetings)."""
    return _grouped(_overlaps(visits, sources, min_overlap_s), "subject")


def f2(visits: Table, sources: Table, until: int, min_overlap_s: int, latency_s: int = 0) -> Table:
    """Contacts of each contact from `latency_s` after its first exposure; neither a source nor a contact itself."""
    f1 = contacts(visits, sources, min_overlap_s)
    exposed = f1.select(subject=f1.subject, since=f1.first + latency_s, until=ibis.literal(until, "int64"))
    second = contacts(visits, exposed, min_overlap_s)
    known = f1.select("subject").union(sources.select("subject"))
    return second.anti_join(known, "subject")


def present(visits: Table, place: int, since: int, until: int, min_stay_s: int = 1) -> Table:
    """Who was at a place: (subject, seconds, first, last, meetings)."""
    there = visits.filter(visits.place == place).select(
        subject=lambda row: row.subject,
        first=lambda row: ibis.greatest(row.start, since),
        last=lambda row: ibis.least(row.end, until),
    )
    return _grouped(there.filter(there.last - there.first >= min_stay_s), "subject")
