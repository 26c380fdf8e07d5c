import base45
import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.codes import wire

KID = b"\1\2\3\4"
SIGNATURE = bytes(range(64))
FLAT = st.dictionaries(
    st.integers(0, 2**32 - 1),
    st.one_of(st.integers(0, 2**64 - 1), st.binary(max_size=40), st.text(max_size=40)),
    max_size=8,
)


@given(st.binary(max_size=300))
def test_base45_agrees_with_the_reference_library(data):
    text = wire.to_base45(data)
    assert text == base45.b45encode(data).decode()
    assert wire.from_base45(text) == data


@given(st.text(wire.ALPHABET, max_size=40))
def test_base45_refuses_what_the_reference_library_refuses(text):
    try:
        expected = base45.b45decode(text)
    except ValueError:
        expected = None
    try:
        assert wire.from_base45(text) == expected
    except wire.Malformed:
        assert expected is None


@given(st.binary(max_size=60))
def test_three_dots_never_occur_inside_base45(data):
    text = wire.to_base45(data)
    assert "..." not in text
    assert not text.endswith(".")


@pytest.mark.parametrize(
    "text", ["A", "ABCD", ":::", "GGW", "::", "aa", "00\n", "00 \n", "\n", "ỡ0", "0\0", "\ud800\ud800"]
)
def test_wrong_base45_is_refused(text):
    with pytest.raises(wire.Malformed):
        wire.from_base45(text)


@given(FLAT)
def test_flat_maps_survive(value):
    assert wire.decode(wire.encode(value)) == value


@given(FLAT)
def test_the_encoding_is_rfc_8949s(value):
    data = wire.encode(value)
    keys = [cbor2.dumps(key) for key in cbor2.loads(data)]
    assert keys == sorted(keys)


@given(st.binary(max_size=60))
def test_any_bytes_have_one_meaning_or_none(data):
    try:
        value = wire.decode(data)
    except wire.Malformed:
        return
    assert cbor2.dumps(value, canonical=True) == data


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a10100" + "00",  # trailing byte
        "a201000101",  # repeated key
        "a202000100",  # keys out of order
        "a1180100",  # long spelling of a key
        "a1011800",  # long spelling of a value
        "a101580161",  # long length
        "bf0100ff",  # indefinite map
        "a1015f4161ff",  # indefinite bytes
        "a10120",  # negative number
        "a101f5",  # boolean
        "a101f6",  # null
        "a101f90000",  # float
        "a101c100",  # a date tag
        "a101c24101",  # a bignum that would fit
        "a1c2410100",  # a bignum as a key
        "a1616100",  # text key
        "a12000",  # negative key
        "a1f500",  # boolean key, equal to 1 in Python
        "a101a0",  # nested map
        "a10180",  # nested array
        "a10161ff",  # broken UTF-8
        "a101d81c80",  # shared reference
        "a101d8236128",  # regular expression
        "bbffffffffffffffff",
        "5b7fffffffffffffff",
        "81" * 3000 + "00",
        "9f" * 3000,
        "d81c81d81d00",  # a list that holds itself
    ],
)
def test_other_cbor_is_refused(wrong):
    with pytest.raises(wire.Malformed):
        wire.decode(bytes.fromhex(wrong))


def test_depth_is_what_was_asked_for():
    data = wire.encode({1: [[2]]})
    assert wire.decode(data, depth=3) == {1: [[2]]}
    with pytest.raises(wire.Malformed):
        wire.decode(data, depth=2)


@given(st.binary(max_size=700))
def test_the_frame_is_cose_sign1(payload):
    frame = wire.pack(KID, payload, SIGNATURE)
    tag = cbor2.loads(frame)
    assert tag.tag == 18
    protected, unprotected, inside, signature = tag.value
    assert cbor2.loads(protected) == {1: -7, 4: KID}
    assert (unprotected, inside, signature) == ({}, payload, SIGNATURE)
    assert wire.to_be_signed(KID, payload) == cbor2.dumps(["Signature1", protected, b"", payload])
    assert wire.unpack(frame) == (KID, payload, SIGNATURE)


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65535, 65536])
def test_frames_of_every_length_head(size):
    frame = wire.pack(KID, bytes(size), SIGNATURE)
    assert wire.unpack(frame)[1] == bytes(size)
    with pytest.raises(wire.Malformed):
        wire.unpack(frame + b"\0")
    with pytest.raises(wire.Malformed):
        wire.unpack(frame[:-1])


@pytest.mark.parametrize(
    "tag_value",
    [
        cbor2.CBORTag(17, [bytes.fromhex("a20126044401020304"), {}, b"p", SIGNATURE]),
        cbor2.CBORTag(18, [bytes.fromhex("a20126044401020304"), {4: KID}, b"p", SIGNATURE]),
        cbor2.CBORTag(18, [bytes.fromhex("a20138240444 01020304".replace(" ", "")), {}, b"p", SIGNATURE]),
        cbor2.CBORTag(18, [bytes.fromhex("a10126"), {4: KID}, b"p", SIGNATURE]),
        cbor2.CBORTag(18, [bytes.fromhex("a20126044401020304"), {}, None, SIGNATURE]),
        cbor2.CBORTag(18, [bytes.fromhex("a20126044401020304"), {}, "p", SIGNATURE]),
        cbor2.CBORTag(18, [bytes.fromhex("a20126044401020304"), {}, b"p", SIGNATURE[:63]]),
        cbor2.CBORTag(61, cbor2.CBORTag(18, [bytes.fromhex("a20126044401020304"), {}, b"p", SIGNATURE])),
        [bytes.fromhex("a20126044401020304"), {}, b"p", SIGNATURE],
    ],
)
def test_other_cose_variants_are_refused(tag_value):
    with pytest.raises(wire.Malformed):
        wire.unpack(cbor2.dumps(tag_value))


@given(st.binary(max_size=120))
def test_any_bytes_unpack_or_are_malformed(data):
    for frame in (data, bytes.fromhex("d28449a20126044401020304a0") + data):
        try:
            kid, payload, signature = wire.unpack(frame)
        except wire.Malformed:
            continue
        assert wire.pack(kid, payload, signature) == frame
