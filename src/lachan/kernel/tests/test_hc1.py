import dataclasses
import json
import os
import random
import time
import zlib
from base64 import b64decode, b64encode
from datetime import UTC, date, datetime, timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import hc1
from lachan.kernel.codes.hc1 import ERRORS, EntryRules, Hc1Key, Hc1Trust, import_certificates, peek, read
from lachan.kernel.codes.hc1.certificates import usage_of
from lachan.kernel.codes.wire import ALPHABET, Malformed, from_base45
from lachan.kernel.errors import InvalidInput
from lachan.kernel.tests import hc1_writer as writer
from lachan.kernel.tests.hc1_vectors import CHANGES, build
from lachan.kernel.tests.hc1_writer import DAY, NOW, Issuer, dcc, frame, issue, token, wrap

CLOCK = FixedClock(NOW)
ISSUERS = {alg: Issuer.make(alg) for alg in ("ES256", "PS256")}
EC, RSA = ISSUERS["ES256"], ISSUERS["PS256"]
STRANGER = Issuer.make("ES256")
TRUST = Hc1Trust((EC.trusted(), RSA.trusted()))
GOOD = issue(dcc("v"), EC)


def refused(text, trust=TRUST, clock=CLOCK):
    with pytest.raises(InvalidInput) as caught:
        read(text, trust, clock)
    assert caught.value.code in ERRORS
    return caught.value.code


@pytest.mark.parametrize("alg", ["ES256", "PS256"])
@pytest.mark.parametrize("kind", ["v", "t", "r"])
@pytest.mark.parametrize("tags", [(), (18,), (61, 18)])
def test_a_certificate_is_read(alg, kind, tags):
    issuer = ISSUERS[alg]
    found = read(wrap(frame(issuer, token(dcc(kind))), tags), TRUST, CLOCK)
    assert (found.kind, found.dcc, found.kid) == (kind, dcc(kind), issuer.kid)
    assert (found.issuer, found.issued_at, found.expires_at) == ("VN", NOW - DAY, NOW + 90 * DAY)
    assert (found.name, found.birth, found.entry["co"]) == ("Nguyễn Thị Hoa", "1990-05-17", "VN")


def test_a_name_without_its_accents_is_the_transliteration():
    content = dcc("v") | {"nam": {"fnt": "NGUYEN", "gnt": "THI<HOA"}, "dob": "1990"}
    found = peek(issue(content, EC))
    assert (found.name, found.birth) == ("NGUYEN THI HOA", "1990")


def test_the_protected_key_id_wins():
    good = frame(EC, token(dcc("v")), loose={4: STRANGER.kid})
    assert read(wrap(good), TRUST, CLOCK).kid == EC.kid
    forged = frame(EC, token(dcc("v")), {1: -7, 4: STRANGER.kid}, {4: EC.kid})
    assert refused(wrap(forged)) == "code_key_unknown"
    assert read(wrap(frame(EC, token(dcc("v")), {1: -7}, {4: EC.kid})), TRUST, CLOCK).kid == EC.kid


def test_two_certificates_of_one_key_id():
    trust = Hc1Trust((STRANGER.trusted(kid=EC.kid), EC.trusted()))
    assert read(GOOD, trust, CLOCK).kind == "v"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (lambda: frame(STRANGER, token(dcc("v"))), "code_key_unknown"),
        (lambda: frame(STRANGER, token(dcc("v")), {1: -7, 4: EC.kid}), "code_signature"),
        (lambda: frame(EC, token(dcc("v")), {1: -37, 4: EC.kid}), "code_alg"),
        (lambda: frame(EC, token(dcc("v")), {1: -7, 4: RSA.kid}), "code_alg"),
        (lambda: frame(EC, token(dcc("v")), {1: -8, 4: EC.kid}), "code_alg"),
        (lambda: frame(EC, token(dcc("v")), {4: EC.kid}, {1: -7}), "code_cose"),
        (lambda: frame(EC, token(dcc("v")), {1: -7}), "code_cose"),
        (lambda: frame(EC, token(dcc("v")))[:3], "code_cose"),
        (lambda: [*frame(EC, token(dcc("v"))), 7], "code_cose"),
        (lambda: [*frame(EC, token(dcc("v")))[:3], b""], "code_signature"),
        (lambda: [*frame(EC, token(dcc("v")))[:3], bytes(64)], "code_signature"),
        (lambda: frame(EC, b"\x81" * 900 + b"\0"), "code_cose"),
        (lambda: frame(EC, token(dcc("v")) + b"\0"), "code_cose"),
        (lambda: frame(EC, cbor2.dumps(cbor2.CBORTag(55799, {}))), "code_cose"),
        (lambda: frame(EC, b"\xd8\x1c\x81\xd8\x1d\x00"), "code_cose"),
        (lambda: frame(EC, b"\xa2\x01\x61a\x01\x61b"), "code_cose"),
        (lambda: frame(EC, cbor2.dumps({1: "VN"})), "code_claims"),
    ],
)
def test_what_is_refused(parts, code):
    assert refused(wrap(parts())) == code


def test_text_that_is_none():
    assert refused("LC1:" + GOOD[4:]) == "code_prefix"
    assert refused(GOOD + "\n") == "code_base45"
    assert refused(GOOD.lower().replace("hc1:", "HC1:")) == "code_base45"
    assert refused("HC1:" + "0" * 4296) == "code_too_long"
    assert refused(writer.text(b"plain")) == "code_zip"
    assert refused(writer.text(zlib.compress(zlib.decompress(from_base45(GOOD[4:])) + b"\0"))) == "code_cose"


def test_the_stream_is_whole_and_small():
    packed = from_base45(GOOD[4:])
    bomb = zlib.compress(bytes(64 * 1024 + 1), 9)
    assert refused(writer.text(bomb)) == "code_zip"
    assert refused(writer.text(zlib.compress(bytes(2_000_000), 9))) == "code_zip"
    assert refused(writer.text(zlib.compress(bytes(64 * 1024), 9))) == "code_cose"
    assert refused(writer.text(packed + b"\0")) == "code_zip"
    assert refused(writer.text(packed + packed[-4:])) == "code_zip"
    assert refused(writer.text(packed[:-1])) == "code_zip"
    assert refused(writer.text(packed[:-1] + bytes((packed[-1] ^ 1,)))) == "code_zip"


def test_times():
    assert read(GOOD, TRUST, FixedClock(NOW - DAY - timedelta(seconds=60))).kind == "v"
    assert refused(GOOD, clock=FixedClock(NOW - DAY - timedelta(seconds=61))) == "code_not_yet_valid"
    assert read(GOOD, TRUST, FixedClock(NOW + 90 * DAY - timedelta(seconds=1))).kind == "v"
    assert refused(GOOD, clock=FixedClock(NOW + 90 * DAY)) == "code_expired"
    assert refused(GOOD, Hc1Trust((EC.trusted(not_after=NOW),))) == "code_expired"
    assert refused(GOOD, Hc1Trust((EC.trusted(not_before=NOW + DAY),))) == "code_not_yet_valid"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_structure_is_checked(change):
    assert refused(issue(dcc("v") | change, EC)) == "code_claims"


@pytest.mark.parametrize(
    ("kind", "change"),
    [("v", {"dn": 2.0}), ("v", {"dt": "2021-11-05T00:00:00Z"}), ("t", {"tc": None}), ("t", {"sc": "2022-01-18T09:30:00+07"}), ("v", {"other": [1]})],
)  # fmt: skip
def test_what_issuers_are_known_to_write_is_read(kind, change):
    assert read(issue(dcc(kind, **change), EC), TRUST, CLOCK).kind == kind


def test_empty_kinds_and_an_unknown_birth_are_read():
    content = dcc("v") | {"t": None, "r": [], "dob": ""}
    assert read(issue(content, EC), TRUST, CLOCK).birth == ""


def test_maps_of_indefinite_length_are_read():
    payload = token(dcc("v"))
    open_map = b"\xbf" + payload[1:] + b"\xff"
    assert read(wrap(frame(EC, open_map)), TRUST, CLOCK).kind == "v"


# Whose signature, and for what


@pytest.mark.parametrize("stem", [writer.EKU, writer.BAD_EKU])
def test_a_key_signs_what_its_certificate_says(stem):
    issuer = Issuer.make("ES256", stem + "1", stem + "3")
    imported = import_certificates(json.dumps([issuer.base64]))
    assert imported.refused == () and imported.trust.keys[0].usage == {"t", "r"}
    assert read(issue(dcc("t"), issuer), imported.trust, CLOCK).kind == "t"
    assert refused(issue(dcc("v"), issuer), imported.trust) == "code_usage"


def test_without_a_usage_of_ours_all_of_them():
    other = Issuer.make("ES256", "1.3.6.1.5.5.7.3.2")
    trust = import_certificates(json.dumps([EC.base64, other.base64])).trust
    assert [key.usage for key in trust.keys] == [frozenset("vtr")] * 2


def test_a_usage_that_cannot_be_read_is_not_all():
    issuer = Issuer.make("ES256", writer.EKU + "1")
    at = issuer.der.index(bytes.fromhex("0603551d25")) + 5
    broken = issuer.der[: at + 1] + b"\x7f" + issuer.der[at + 2 :]
    with pytest.raises(Malformed):
        usage_of(broken)


def test_a_usage_is_read_beside_an_extension_that_strict_parsers_refuse():
    issuer = Issuer.make("ES256", writer.EKU + "2")
    at = issuer.der.index(bytes.fromhex("2b060104018e378f650102"))
    assert usage_of(b"\x06\x03\x55\x1d\x0f\xff\xff" + issuer.der[: at + 40]) == {"v"}


def test_import_takes_what_it_can():
    pem = "-----BEGIN CERTIFICATE-----\n" + RSA.base64 + "\n-----END CERTIFICATE-----\n"
    kid = b64encode(EC.kid).decode()
    small = Issuer(writer.ec.generate_private_key(writer.ec.SECP384R1()))
    items = [
        {"rawData": EC.base64, "kid": kid}, pem, "nonsense", {"certificate": RSA.base64, "kid": kid}, 7, {}, small.base64,
        RSA.base64[:200], EC.base64,
    ]  # fmt: skip
    found = import_certificates(json.dumps({"certificates": items}))
    assert {key.kid for key in found.trust.keys} == {EC.kid, RSA.kid} and len(found.trust.keys) == 2
    assert found.refused == (
        (2, "certificate_broken"), (3, "certificate_kid"), (4, "certificate_broken"), (5, "certificate_broken"),
        (6, "certificate_key"), (7, "certificate_broken"),
    )  # fmt: skip
    assert {key.alg for key in found.trust.keys} == {"ES256", "PS256"}
    assert found.trust.keys[0].not_after == NOW + 100 * DAY


def test_a_file_may_be_the_certificates_themselves():
    der = b64decode(RSA.base64)
    pem = "subject=CN = DSC\n" + "".join(
        f"-----BEGIN CERTIFICATE-----\r\n{one.base64}\r\n-----END CERTIFICATE-----\r\nissuer=\r\n"
        for one in (EC, RSA)
    )
    assert [key.kid for key in import_certificates(der).trust.keys] == [RSA.kid]
    assert {key.kid for key in import_certificates(pem.encode()).trust.keys} == {EC.kid, RSA.kid}
    assert import_certificates(der[:-1]).refused == ((0, "certificate_broken"),)


@pytest.mark.parametrize("data", ["", "{}", "7", "[" * 100_000, b"\xff", '{"certificates": 3}'])
def test_a_file_that_is_no_list(data):
    with pytest.raises(InvalidInput, match="trust_broken"):
        import_certificates(data)


def test_a_list_is_kept_and_read_back():
    trust = Hc1Trust((EC.trusted(usage=frozenset("t"), not_after=NOW), RSA.trusted()))
    kept = json.loads(json.dumps(trust.to_json()))
    back = Hc1Trust.from_json(kept)
    assert back.to_json() == kept
    assert read(issue(dcc("v"), RSA), back, CLOCK).kind == "v"
    for change in ({"spki": "AAAA"}, {"alg": "PS256"}, {"kid": "xx"}, {"usage": ["q"]}, {"not_after": "x"}):
        with pytest.raises(InvalidInput, match="key_broken"):
            Hc1Trust.from_json([{**EC.trusted().to_json(), **change}])


def test_a_weak_key_is_no_key():
    weak = writer.rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(InvalidInput, match="key_broken"):
        Hc1Key(b"12345678", weak.public_key())


# Property and fuzz


def alike(text, original):
    """Either refused, or the same certificate: the compression around it may be spelt in more than one way."""
    try:
        found = read(text, TRUST, CLOCK)
    except InvalidInput as error:
        assert error.code in ERRORS
        return False
    assert dataclasses.asdict(found) == original
    return True


ORIGINAL = dataclasses.asdict(read(GOOD, TRUST, CLOCK))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.text(ALPHABET, max_size=300).map("HC1:".__add__))
def test_survives_any_text(text):
    assert not alike(text, ORIGINAL)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_survives_any_frame(data):
    assert not alike(writer.text(zlib.compress(data)), ORIGINAL)


def test_no_byte_under_the_signature_can_be_changed():
    for issuer in (EC, RSA):
        protected, _, payload, signature = frame(issuer, token(dcc("v")))
        for part in range(3):
            parts = [protected, payload, signature]
            for at in range(len(parts[part])):
                changed = bytearray(parts[part])
                changed[at] ^= 1 << (at % 8)
                parts[part] = bytes(changed)
                refused(wrap([parts[0], {}, parts[1], parts[2]]))
                parts = [protected, payload, signature]


def test_no_letter_changes_what_is_accepted():
    dice, accepted = random.Random("hc1"), 0
    for at in range(4, len(GOOD)):
        letter = dice.choice(ALPHABET.replace(GOOD[at], ""))
        accepted += alike(GOOD[:at] + letter + GOOD[at + 1 :], ORIGINAL)
    assert accepted < 5


@pytest.mark.fuzz
def test_a_long_random_run():
    dice = random.Random(os.environ.get("LACHAN_FUZZ_SEED", "lachan"))
    inside = zlib.decompress(from_base45(GOOD[4:]))
    deadline, tries = time.monotonic() + float(os.environ.get("LACHAN_FUZZ_SECONDS", "3")) / 3, 0
    while time.monotonic() < deadline:
        data, tries = bytearray(inside), tries + 1
        for _ in range(dice.choice((1, 1, 3))):
            at = dice.randrange(len(data) + 1)
            data[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
        begun = time.monotonic()
        alike(writer.text(zlib.compress(bytes(data))), ORIGINAL)
        assert time.monotonic() - begun < 0.5
    assert tries > 200


# Entry rules


def judged(kind, now=NOW, day=None, **changes):
    certificate = peek(issue(dcc(kind, **changes), EC))
    entry = EntryRules.at(day or now.date()).check(certificate, now)
    assert entry.ok == (not entry.reasons)
    return [reason.rule_id for reason in entry.reasons]


@pytest.mark.parametrize(
    ("kind", "changes", "reasons"),
    [
        ("v", {}, []),
        ("v", {"tg": "1"}, ["v_disease"]),
        ("v", {"mp": "EpiVacCorona"}, ["v_vaccine"]),
        ("v", {"dn": 1}, ["v_complete"]),
        ("v", {"dn": 3}, []),
        ("v", {"dt": "2022-01-06"}, []),
        ("v", {"dt": "2022-01-07"}, ["v_wait"]),
        ("v", {"dt": "2021-01-20"}, []),
        ("v", {"dt": "2021-01-19"}, ["v_age"]),
        ("v", {"dn": 1, "dt": "2022-01-19"}, ["v_complete", "v_wait"]),
        ("t", {}, []),
        ("t", {"tr": "260373001"}, ["t_negative"]),
        ("t", {"sc": "2022-01-17T03:00:00Z"}, []),
        ("t", {"sc": "2022-01-17T09:59:59+07:00"}, ["t_age"]),
        ("t", {"sc": "2022-01-20T03:00:01Z"}, ["t_age"]),
        ("t", {"tt": "LP217198-3"}, ["t_age"]),
        ("t", {"tt": "other"}, ["t_kind", "t_age"]),
        ("r", {}, []),
        ("r", {"df": "2022-01-21"}, ["r_from"]),
        ("r", {"fr": "2021-07-24"}, []),
        ("r", {"fr": "2021-07-23"}, ["r_age"]),
    ],
)
def test_entry_in_january_2022(kind, changes, reasons):
    assert judged(kind, **changes) == reasons


def test_a_day_begins_when_it_begins_in_viet_nam():
    early = datetime(2022, 1, 19, 17, 0, tzinfo=UTC)  # midnight of the 20th there
    assert judged("v", early, dt="2022-01-06") == []
    assert judged("v", early - timedelta(seconds=1), dt="2022-01-06") == ["v_wait"]


def test_later_entries():
    march, summer = date(2022, 3, 15), date(2022, 5, 15)
    assert judged("t", day=march, tt="LP217198-3", sc="2022-01-19T03:00:00Z") == []
    assert judged("t", day=march, tt="LP217198-3", sc="2022-01-19T02:59:59Z") == ["t_age"]
    assert judged("v", day=summer, dn=1, dt="2020-01-01", mp="other") == []
    assert judged("t", day=summer, tr="260373001") == ["t_negative"]
    with pytest.raises(InvalidInput, match="policy_none_in_force"):
        EntryRules.at(date(2021, 12, 19))


def test_a_rule_that_cannot_judge_is_never_ok():
    entry = EntryRules.at(NOW.date()).entry
    odd = {"id": "odd", "when": '{">":[{"var":"payload.v.0.mp"},3]}', "reason_vi": "Lạ", "reason_en": "Odd"}
    rules = EntryRules.of(dataclasses.replace(entry, payload={**entry.payload, "rules": [odd]}))
    found = rules.check(peek(GOOD), NOW)
    assert not found.ok and [reason.rule_id for reason in found.reasons] == ["check_by_officer"]


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"id": "a", "kinds": ["v"], "when": "true", "reason_vi": "x", "reason_en": "x"}],
        [{"id": "a", "when": "nonsense", "reason_vi": "x", "reason_en": "x"}],
        [{"id": "a", "when": '{"or":[1,2]}', "reason_vi": "x", "reason_en": "x"}],
        [{"id": "a", "when": "true", "reason_vi": "x"}],
        [{"id": "a", "kinds": ["v", "t", "r", "q"], "when": "true", "reason_vi": "x", "reason_en": "x"}],
        [{"id": "a", "when": "true", "reason_vi": "x", "reason_en": "x"}] * 2,
    ],
)
def test_rules_that_are_wrong_are_refused_when_loaded(rules):
    entry = EntryRules.at(NOW.date()).entry
    with pytest.raises(InvalidInput):
        EntryRules.of(dataclasses.replace(entry, payload={**entry.payload, "rules": rules}))


def test_rules_go_to_a_device_as_json():
    made = EntryRules.at(NOW.date()).to_json()
    assert json.loads(json.dumps(made)) == made
    assert made["version"] == "hc1/2021-12-20" and made["terms"]["vaccine_wait_days"] == 14
    assert made["rules"][0]["text"].keys() == {"vi", "en"} and made["rules"][0]["kinds"] == ["v"]
    assert hc1.KINDS == ("v", "t", "r")


def test_the_vectors_hold_every_refusal():
    made = build()
    seen = {case["expect"].get("error") for case in made["cases"]}
    assert seen - {None} == set(ERRORS)
    assert sum(case["expect"]["ok"] for case in made["cases"]) > 20
    assert {reason for case in made["entries"] for reason in case["reasons"]} >= {"v_wait", "t_age", "r_from"}
