import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.chain import GENESIS, ChainReport, canonical, link, verify

FIELD = st.one_of(st.none(), st.integers(), st.binary(max_size=20), st.text(max_size=20))
PAYLOADS = st.lists(st.binary(max_size=30), min_size=1, max_size=8)


def chained(payloads):
    rows, head = [], GENESIS
    for payload in payloads:
        head = link(head, payload)
        rows.append((payload, head))
    return rows


def typed(fields):
    return [(type(field), field) for field in fields]


def test_a_link_is_sha256_over_framed_parts():
    assert GENESIS.hex() == "2ee926cbc31dc6f0805c1ac48954685f9191306303601bff6fbb44042b89cff5"
    assert link(GENESIS, b"a").hex() == "863c1d523796829f45ad83b4c905b0dbdaf195bede6890913d22f1cd4cd3e43b"


def test_bytes_can_not_move_between_the_parts_of_a_link():
    assert link(b"ab", b"c") != link(b"a", b"bc")


@given(PAYLOADS)
def test_an_untouched_chain_holds(payloads):
    rows = chained(payloads)
    assert verify(GENESIS, rows) == ChainReport(True, len(rows), None, rows[-1][1])


def test_an_empty_chain_holds():
    assert verify(GENESIS, []) == ChainReport(True, 0, None, GENESIS)


@given(PAYLOADS, st.data())
def test_a_changed_payload_is_found_where_it_is(payloads, data):
    rows = chained(payloads)
    at = data.draw(st.integers(0, len(rows) - 1))
    head = GENESIS if at == 0 else rows[at - 1][1]
    rows[at] = (rows[at][0] + b"!", rows[at][1])
    assert verify(GENESIS, rows) == ChainReport(False, at, at, head)


@given(st.lists(st.binary(min_size=1, max_size=8), min_size=2, max_size=8, unique=True), st.data())
def test_a_dropped_row_is_found(payloads, data):
    rows = chained(payloads)
    at = data.draw(st.integers(0, len(rows) - 2))
    del rows[at]
    report = verify(GENESIS, rows)
    assert (report.ok, report.broken_at) == (False, at)


def test_rewriting_a_row_with_its_hash_breaks_the_next():
    rows = chained([b"a", b"b", b"c"])
    rows[1] = (b"B", link(rows[0][1], b"B"))
    assert verify(GENESIS, rows).broken_at == 2


def test_a_chain_can_be_verified_from_the_middle():
    rows = chained([b"a", b"b", b"c"])
    assert verify(rows[0][1], rows[1:]).ok
    assert not verify(GENESIS, rows[1:]).ok


@given(st.lists(FIELD, max_size=6), st.lists(FIELD, max_size=6))
def test_only_equal_rows_share_their_bytes(left, right):
    assert (canonical(left) == canonical(right)) == (typed(left) == typed(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [([], [None]), ([""], [None]), ([b"a"], ["a"]), ([1], ["1"]), (["ab", "c"], ["a", "bc"]), ([0], [None])],
)
def test_look_alikes_differ(left, right):
    assert canonical(left) != canonical(right)


@pytest.mark.parametrize("value", [True, 1.0, [], object()])
def test_ambiguous_types_are_refused(value):
    with pytest.raises(TypeError):
        canonical([value])


def test_a_report_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        verify(GENESIS, []).ok = False
