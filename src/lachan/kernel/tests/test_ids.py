import os
import threading
import time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel import ids
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import (
    ceil_of,
    floor_of,
    is_short_code_of,
    is_uuid7,
    ms_of,
    parse_short_code,
    short_code,
    uuid7,
)

milliseconds = st.integers(0, 2**48 - 1)
uuids = st.uuids()


def test_the_layout_is_that_of_rfc_9562():
    u = uuid7()
    assert (u.version, u.variant) == (7, "specified in RFC 4122")
    assert is_uuid7(u)
    assert not is_uuid7(uuid4())
    assert abs(ms_of(u) - time.time_ns() // 1_000_000) < 5_000


def test_it_is_an_ordinary_uuid():
    u = uuid7()
    again = UUID(str(u))
    assert again == u
    assert hash(again) == hash(u)
    assert again.is_safe == u.is_safe
    assert u.bytes == again.bytes


def test_the_example_of_rfc_9562_is_read():
    u = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    assert is_uuid7(u)
    assert ms_of(u) == 1_645_557_742_000


def test_ids_rise_inside_a_process():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_one_given_millisecond_rise_and_stay_in_it():
    made = [uuid7(1_626_000_000_000) for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {ms_of(u) for u in made} == {1_626_000_000_000}


def test_a_clock_that_steps_back_keeps_the_order(monkeypatch):
    monkeypatch.setattr(ids, "_of_clock", ids._Series(ids._entropy))  # the other tests live in the present
    ahead = time.time_ns() + 3_600 * 10**9
    monkeypatch.setattr(ids.time, "time_ns", lambda: ahead)
    first = uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: ahead - 60 * 10**9)
    second = uuid7()
    assert second > first


def test_an_exhausted_millisecond_borrows_from_the_next():
    series = ids._Series(ids._entropy)
    series.start(5)
    series.tail = 2**74 - 1
    series.step()
    assert series.ms == 6


def test_threads_share_one_rising_series():
    made: list[list[UUID]] = [[] for _ in range(4)]

    def work(mine: list[UUID]) -> None:
        mine.extend(uuid7() for _ in range(5_000))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({u for mine in made for u in mine}) == 20_000


def test_a_forked_child_makes_other_ids():
    uuid7()
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(writer, b"".join(uuid7(1_000).bytes for _ in range(50)))
        os._exit(0)
    os.waitpid(pid, 0)
    theirs = os.read(reader, 16 * 50)
    os.close(reader)
    os.close(writer)
    mine = {uuid7(1_000).bytes for _ in range(50)}
    assert len(theirs) == 16 * 50
    assert mine.isdisjoint({theirs[at : at + 16] for at in range(0, len(theirs), 16)})


@given(milliseconds)
def test_the_bounds_of_a_millisecond_hold_its_ids(ms):
    u = uuid7(ms)
    assert floor_of(ms) <= u <= ceil_of(ms)
    assert ms_of(u) == ms_of(floor_of(ms)) == ms_of(ceil_of(ms)) == ms
    assert is_uuid7(floor_of(ms))
    assert is_uuid7(ceil_of(ms))


@given(milliseconds.filter(lambda ms: ms > 0))
def test_milliseconds_do_not_overlap(ms):
    assert ceil_of(ms - 1) < floor_of(ms)


@pytest.mark.parametrize("ms", [-1, 2**48])
def test_a_time_out_of_range_is_refused(ms):
    for make in (uuid7, floor_of, ceil_of):
        with pytest.raises(InvalidInput, match="id_time_range"):
            make(ms)


def test_the_time_of_another_kind_of_uuid_is_refused():
    with pytest.raises(InvalidInput, match="id_not_uuid7"):
        ms_of(uuid4())


@given(uuids)
def test_a_short_code_is_read_back_however_it_is_typed(u):
    code = short_code(u)
    assert len(code) == 13
    assert [len(group) for group in code.split("-")] == [4, 4, 3]
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert (
        parse_short_code(code)
        == parse_short_code(f"  {sloppy} ")
        == parse_short_code(code.replace("-", ""))
        == code
    )
    assert is_short_code_of(sloppy, u)
    assert not set(code) & set("ILOU")


def test_a_short_code_stays_the_same_over_releases():
    assert short_code(UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")) == "QPCV-NRQ8-783"


@given(uuids, st.integers(0, 10), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_every_wrong_character_is_noticed(u, place, character):
    code = short_code(u).replace("-", "")
    typed = code[:place] + character + code[place + 1 :]
    if typed != code:
        with pytest.raises(InvalidInput, match="short_code_check"):
            parse_short_code(typed)


@given(uuids, st.integers(0, 10), st.integers(0, 10))
def test_every_swap_of_two_characters_is_noticed(u, i, j):
    characters = list(short_code(u).replace("-", ""))
    code = "".join(characters)
    characters[i], characters[j] = characters[j], characters[i]
    typed = "".join(characters)
    if typed != code:
        with pytest.raises(InvalidInput, match="short_code_check"):
            parse_short_code(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "short_code_length"),
        ("7K2M-9QXT-4R", "short_code_length"),
        ("7" * 5000, "short_code_length"),
        ("7K2M-9QXT-4RU", "short_code_character"),
        ("7K2M-9QXT-4R\x00", "short_code_character"),
    ],
)
def test_what_is_no_short_code_is_refused_with_the_reason(typed, code):
    with pytest.raises(InvalidInput) as caught:
        parse_short_code(typed)
    assert caught.value.code == code
    assert not is_short_code_of(typed, uuid4())


def test_short_codes_of_neighbours_do_not_collide():
    assert len({short_code(uuid7(1_000)) for _ in range(5_000)}) == 5_000
