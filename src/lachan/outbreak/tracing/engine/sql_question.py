"""The same questions in plain SQL, as SQLite understands it: what one would write first, and a third opinion.

Tables: ``visits`` (subject, place, start, "end"), each visit once, indexed by (place, start) and by subject; ``sources`` (subject, since,
until). Parameters are named: ``least``; ``longest``, the length of the longest visit, so that the index of places is searched from there;
for F2 ``until`` and ``latency``.
"""

# ruff: noqa: S608 - every part is a constant of this file

from __future__ import annotations

__all__ = ["CONTACTS", "F2", "MEETINGS", "PRESENT"]

_OVERLAPS = """
select b.subject as subject, b.place as place,
       max(a.start, s.since, b.start) as first, min(a."end", s.until, b."end") as last
from {sources} s
cross join visits a on a.subject = s.subject
cross join visits b on b.place = a.place and b.subject <> a.subject
     and b.start between max(a.start, s.since) + :least - :longest and min(a."end", s.until) - :least
where min(a."end", s.until, b."end") - max(a.start, s.since, b.start) >= :least
"""
"""`cross join` keeps SQLite to this order: sources, their visits by the index of subjects, others by the index of places."""

_SUMS = "sum(last - first) as seconds, min(first) as first, max(last) as last, count(*) as meetings"

MEETINGS = (
    f"select subject, place, {_SUMS} from ({_OVERLAPS.format(sources='sources')}) group by subject, place"
)
"""By contact and place."""

CONTACTS = f"select subject, {_SUMS} from ({_OVERLAPS.format(sources='sources')}) group by subject"
"""By contact, over places and sources."""

F2 = f"""
with f1 as materialized ({CONTACTS}),
     exposed as materialized (select subject, first + :latency as since, :until as until from f1)
select subject, {_SUMS} from ({_OVERLAPS.format(sources="exposed")})
where subject not in (select subject from f1) and subject not in (select subject from sources)
group by subject
"""
"""Contacts of each contact from its first exposure on; neither a source nor a contact."""

PRESENT = f"""
select subject, {_SUMS} from
  (select subject, max(start, :since) as first, min("end", :until) as last from visits where place = :place)
where last - first >= :least group by subject
"""
"""Who was at a place."""
