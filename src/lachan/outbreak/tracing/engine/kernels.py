"""The loops over visits: compiled by numba where a process asked for it (`jit.compile_kernels`), plain Python otherwise.

Two visits to one place, [a0, a1) and [b0, b1), meet when ``min(a1, b1) - max(a0, b0) >= least``, `least` being at least 1 second; never two
visits of one subject. A source's visit is first cut to the window in which it counts. A meeting that began before `dawn` belongs to an
earlier day's segment, which holds both visits too, and isn't counted again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lachan.outbreak.tracing.engine.jit import kernel

EASY = 5
"""How many visits are compared with one source in the time in which one is compared with the sorted sources of its place."""

BATCH = 1 << 14
"""Meetings that are gathered before they are added to the table."""

Array = Any
Number = Any
"""Types are numba's to find. `np.int64` is here because uint32 and int64 make a float there."""


@kernel
def lower(values: Array, wanted: Number, low: Number, high: Number) -> Any:
    """The first position in [low, high) of a sorted column whose value is not below `wanted`; else `high`."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def meetings_of(
    place: Array, place_at: Array, longest: Array, subject: Array, start: Array, end: Array, who: Array, who_at: Array,
    row: Array, dawn: Number, me: Number, since: Number, until: Number, least: Number,
) -> Any:  # fmt: skip
    """Each meeting of one subject in a day: (contact, place, first second, second after the last)."""
    at = lower(who, me, 0, who.size)
    mine = row[0:0]
    if at < who.size and who[at] == me:
        mine = row[who_at[at] : who_at[at + 1]]
    room = 0
    found = 0
    contact = np.empty(256, np.uint32)
    where = np.empty(256, np.uint32)
    first = np.empty(256, np.int32)
    last = np.empty(256, np.int32)
    for visit in mine:
        a0 = max(np.int64(start[visit]), since)
        a1 = min(np.int64(end[visit]), until)
        run = lower(place_at, np.int64(visit) + 1, 0, place_at.size) - 1
        here = place[run]
        while run > 0 and place[run - 1] == here:
            run -= 1
        while a1 - a0 >= least and run < place.size and place[run] == here:
            low = lower(
                start,
                a0 + least - np.int64(longest[run]),
                np.int64(place_at[run]),
                np.int64(place_at[run + 1]),
            )
            high = lower(start, a1 - least + 1, low, np.int64(place_at[run + 1]))
            room = found + high - low
            if room > contact.size:
                contact = grown(contact, 2 * room)
                where = grown(where, 2 * room)
                first = grown(first, 2 * room)
                last = grown(last, 2 * room)
            for other in range(low, high):
                b0 = max(a0, np.int64(start[other]))
                b1 = min(a1, np.int64(end[other]))
                if b1 - b0 >= least and b0 >= dawn and subject[other] != me:
                    contact[found] = subject[other]
                    where[found] = here
                    first[found] = b0
                    last[found] = b1
                    found += 1
            run += 1
    return contact[:found], where[:found], first[:found], last[:found]


@kernel
def grown(column: Array, size: Number) -> Array:
    """The column with room for more."""
    larger = np.empty(size, column.dtype)
    larger[: column.size] = column
    return larger


@kernel
def visits_of(
    start: Array, end: Array, who: Array, who_at: Array, row: Array, subjects: Array, since: Array, until: Array,
    dusk: Number, least: Number,
) -> Any:  # fmt: skip
    """The visits of many sources (ascending by subject) that are long enough within their windows.

    (row, begin, finish), in the order of the sources; begin and finish are cut to the window. One whose window opens at `dusk` (the next
    day's first second) or later belongs to a later day's segment.
    """
    room: Any = 0
    at = np.int64(0)
    for each in range(subjects.size):
        at = lower(who, np.int64(subjects[each]), at, who.size)
        if at < who.size and who[at] == subjects[each]:
            room += np.int64(who_at[at + 1]) - np.int64(who_at[at])
    rows = np.empty(room, np.uint32)
    begin = np.empty(room, np.int32)
    finish = np.empty(room, np.int32)
    found = 0
    at = np.int64(0)
    for each in range(subjects.size):
        at = lower(who, np.int64(subjects[each]), at, who.size)
        if at < who.size and who[at] == subjects[each]:
            for number in range(np.int64(who_at[at]), np.int64(who_at[at + 1])):
                visit = row[number]
                a0 = max(np.int64(start[visit]), np.int64(since[each]))
                a1 = min(np.int64(end[visit]), np.int64(until[each]))
                if a1 - a0 >= least and a0 < dusk:
                    rows[found] = visit
                    begin[found] = a0
                    finish[found] = a1
                    found += 1
    return rows[:found], begin[:found], finish[:found]


@kernel
def note(table: Array, contact: Number, count: Number, seconds: Number, first: Number, last: Number) -> None:
    """Add meetings to a contact's line of `table` (`answers.empty_table`). No branch: the line is seldom in the cache, and a wrong guess would
    wait for it."""
    table[contact, 0] += count
    table[contact, 1] += seconds
    table[contact, 2] = min(table[contact, 2], first)
    table[contact, 3] = max(table[contact, 3], last)


@kernel
def one_source(
    subject: Array, start: Array, end: Array, low: Number, high: Number, me: Number, a0: Number, a1: Number, dawn: Number,
    least: Number, contact: Array, first: Array, last: Array, found: Number,
) -> Any:  # fmt: skip
    """One source's visit against the visits [low, high) to its place: whom it met, appended at `found`. Returns the new end."""
    for other in range(low, high):
        b0 = max(np.int64(start[other]), a0)
        b1 = min(np.int64(end[other]), a1)
        contact[found] = subject[other]
        first[found] = b0
        last[found] = b1
        found += (b1 - b0 >= least) & (b0 >= dawn) & (np.int64(subject[other]) != me)
    return found


@kernel
def note_all(table: Array, contact: Array, first: Array, last: Array, found: Number) -> None:
    """Add many single meetings at once: a thousand lines that are not in the cache are fetched side by side."""
    for each in range(found):
        b0 = np.int64(first[each])
        b1 = np.int64(last[each])
        note(table, np.int64(contact[each]), 1, b1 - b0, b0, b1)


@kernel
def sweep(
    place: Array, place_at: Array, longest: Array, subject: Array, start: Array, end: Array, dawn: Number, rows: Array,
    begin: Array, finish: Array, least: Number, source: Array, table: Array,
) -> Any:  # fmt: skip
    """Everyone who met any of many sources in a day; each place is gone through once, however many sources were there.

    ``rows`` (ascending), ``begin``, ``finish``: the sources' visits, from `visits_of`. ``source``: a bit for each subject, set for a source that
    may itself be a contact. ``table``: see `note`; added to. Returns the number of meetings.
    """
    total: Any = 0
    at = 0
    run = 0
    found = np.int64(0)
    contact = np.empty(BATCH, np.uint32)
    first = np.empty(BATCH, np.int32)
    last = np.empty(BATCH, np.int32)
    lows = np.empty(1, np.int64)
    highs = np.empty(1, np.int64)
    while at < rows.size:
        while place_at[run + 1] <= rows[at]:
            run += 1
        while run > 0 and place[run - 1] == place[run]:
            run -= 1
        here = place[run]
        stop = at
        while run < place.size and place[run] == here:
            low = np.int64(place_at[run])
            high = np.int64(place_at[run + 1])
            while stop < rows.size and rows[stop] < high:
                stop += 1
            run += 1
        first_run = run - 1
        while first_run > 0 and place[first_run - 1] == here:
            first_run -= 1
        count = stop - at
        if lows.size < count:
            lows = np.empty(2 * count, np.int64)
            highs = np.empty(2 * count, np.int64)
        for each_run in range(first_run, run):
            low = np.int64(place_at[each_run])
            high = np.int64(place_at[each_run + 1])
            work = 0
            for each in range(count):
                lows[each] = lower(start, begin[at + each] + least - np.int64(longest[each_run]), low, high)
                highs[each] = lower(start, finish[at + each] - least + 1, lows[each], high)
                work += highs[each] - lows[each]
            low = lows[:count].min()
            high = highs[:count].max()
            if work <= EASY * (high - low):
                for each in range(count):
                    if found + highs[each] - lows[each] > contact.size:
                        note_all(table, contact, first, last, found)
                        total += found
                        found = np.int64(0)
                        if highs[each] - lows[each] > contact.size:
                            contact = np.empty(2 * (high - low), np.uint32)
                            first = np.empty(2 * (high - low), np.int32)
                            last = np.empty(2 * (high - low), np.int32)
                    found = one_source(
                        subject, start, end, lows[each], highs[each], np.int64(subject[rows[at + each]]),
                        np.int64(begin[at + each]), np.int64(finish[at + each]), dawn, least, contact, first, last, found,
                    )  # fmt: skip
            else:
                total += sweep_run(
                    subject, start, end, low, high, rows[at:stop], begin[at:stop], finish[at:stop], dawn, least, source,
                    table,
                )  # fmt: skip
        at = stop
    note_all(table, contact, first, last, found)
    return total + found


@kernel
def sweep_run(
    subject: Array, start: Array, end: Array, low: Number, high: Number, rows: Array, begin: Array, finish: Array,
    dawn: Number, least: Number, source: Array, table: Array,
) -> Any:  # fmt: skip
    """Visits [low, high), sorted by start, against all the sources of their place.

    Where a visit [b0, b1) of at least `least` seconds meets sources, beginnings and ends tell without looking at each: those that begin
    by ``b1 - least``, less those that end before ``b0 + least`` (which all begin in time). Their sums give the seconds.
    """
    count = rows.size
    begins = np.sort(begin)
    ends = np.sort(finish)
    sum_begins = np.zeros(count + 1, np.int64)
    sum_ends = np.zeros(count + 1, np.int64)
    for each in range(count):
        sum_begins[each + 1] = sum_begins[each] + begins[each]
        sum_ends[each + 1] = sum_ends[each] + ends[each]
    total: Any = 0
    begun = 0  # sources that begin by b0; both only grow, as visits are sorted by start
    over = 0  # sources that end before b0 + least
    for other in range(low, high):
        b0 = np.int64(start[other])
        b1 = np.int64(end[other])
        while begun < count and begins[begun] <= b0:
            begun += 1
        while over < count and ends[over] < b0 + least:
            over += 1
        if b1 - b0 < least:
            continue
        contact = np.int64(subject[other])
        if b0 < dawn or source[contact >> 3] >> (contact & 7) & 1:
            for each in range(count):
                first = max(b0, np.int64(begin[each]))
                last = min(b1, np.int64(finish[each]))
                if last - first >= least and first >= dawn and subject[rows[each]] != contact:
                    note(table, contact, 1, last - first, first, last)
                    total += 1
            continue
        in_time = begun
        while in_time < count and begins[in_time] <= b1 - least:
            in_time += 1
        met = in_time - over
        if met <= 0:
            continue
        left = over  # sources that end before b1: those from `over` on do so within the visit
        while left < count and ends[left] < b1:
            left += 1
        sum_last = sum_ends[left] - sum_ends[over] + b1 * (met - (left - over))
        sum_first = sum_begins[in_time] - sum_begins[begun] + b0 * (met - (in_time - begun))
        first = b0 if met > in_time - begun else np.int64(begins[begun])
        last = b1 if met > left - over else np.int64(ends[left - 1])
        note(table, contact, met, sum_last - sum_first, first, last)
        total += met
    return total


@kernel
def count_pairs(
    place: Array,
    place_at: Array,
    longest: Array,
    subject: Array,
    start: Array,
    end: Array,
    dawn: Number,
    least: Number,
) -> Any:
    """All the meetings of a day, each pair of visits looked at: (meetings, seconds)."""
    found: Any = 0
    seconds: Any = 0
    for run in range(place.size):
        other_run = run  # a visit meets those after it of its own run, and those of the place's later runs
        while other_run < place.size and place[other_run] == place[run]:
            stop = np.int64(place_at[other_run + 1])
            low = np.int64(place_at[other_run])
            for one in range(np.int64(place_at[run]), np.int64(place_at[run + 1])):
                a0 = np.int64(start[one])
                a1 = np.int64(end[one])
                if other_run == run:
                    low = np.int64(one + 1)
                while low < stop and start[low] < a0 + least - np.int64(longest[other_run]):
                    low += 1
                high = lower(start, a1 - least + 1, low, stop)
                count, both = pairs_of(subject, start, end, low, high, subject[one], a0, a1, dawn, least)
                found += count
                seconds += both
            other_run += 1
    return found, seconds


@kernel
def pairs_of(
    subject: Array, start: Array, end: Array, low: Number, high: Number, me: Number, a0: Number, a1: Number, dawn: Number,
    least: Number,
) -> Any:  # fmt: skip
    """One visit against [low, high): (meetings, seconds). Without a branch, so that several are compared at once."""
    count = np.int64(0)
    seconds = np.int64(0)
    for other in range(low, high):
        first = max(a0, np.int64(start[other]))
        both = min(a1, np.int64(end[other])) - first
        met = np.int64((both >= least) & (first >= dawn) & (subject[other] != me))
        count += met
        seconds += met * both
    return count, seconds
