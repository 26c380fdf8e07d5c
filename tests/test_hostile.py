"""What strangers may send to the intake of a running server: each is refused by name of its field, in the reader's
language, and never breaks anything."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import cbor2
import pytest

from tests.e2e.product import Product, running
from tests.smoke import answers, uuid7

ONE, MANY = "/api/intake/declarations", "/api/intake/batch"
VIETNAMESE = set("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")
pytestmark = pytest.mark.load


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with running(people=200) as started:
        yield started


@pytest.fixture(scope="module")
def sound(product: Product) -> dict[str, Any]:
    """The answers of a declaration that is taken."""
    return answers(product.url)


def ask(
    product: Product,
    body: Any,
    *,
    path: str = ONE,
    kind: str = "application/json",
    method: str = "POST",
    **headers: str,
) -> tuple[int, Any, Any]:
    """(status, what the JSON answer says, headers) of one request; `body` goes as it is if it is bytes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    link = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=30)
    try:
        link.request(
            method,
            path,
            raw,
            {"Content-Type": kind, **{name.replace("_", "-"): text for name, text in headers.items()}},
        )
        answer = link.getresponse()
        text = answer.read()
        assert answer.headers["Content-Type"].startswith("application/json"), text[:200]
        return answer.status, json.loads(text), answer.headers
    finally:
        link.close()


def submission(sound: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"id": uuid7(), "form": "domestic", "answers": sound, "lang": "vi", **changed}


def refused(answer: tuple[int, Any, Any]) -> dict[str, str]:
    """field → message of a refusal."""
    status, said, _ = answer
    assert status == 422, (status, said)
    assert said["error"] == "invalid" and said["fields"]
    assert all(field["message"] and field["message"] != field["code"] for field in said["fields"]), said
    return {field["field"]: field["message"] for field in said["fields"]}


def alive(product: Product, sound: dict[str, Any]) -> None:
    status, said, _ = ask(
        product, submission({**sound, "national_id": f"056190{secrets.randbelow(10**6):06d}"})
    )
    assert status == 201, said


BROKEN_JSON = {
    "nothing": b"",
    "half": b'{"id": "01',
    "not text": b"\xff\xfe\x00\x01",
    "only a number": b"7",
    "null": b"null",
    "a list": b"[]",
    "deep lists": b"[" * 30_000,
    "deep objects": b'{"a":' * 10_000,
    "two documents": b"{}{}",
    "NaN": b'{"id": NaN}',
    "html": b"<script>alert(1)</script>",
}
BROKEN_CBOR = {
    "nothing": b"",
    "reserved": b"\x1c",
    "ends early": b"\xa1\x62id",
    "huge length": b"\x9b" + b"\xff" * 8,
    "huge text": b"\x7b" + b"\xff" * 8,
    "deep tags": b"\xc6" * 5_000 + b"\x00",
    "deep lists": b"\x81" * 5_000 + b"\x00",
    "a loop that shares": bytes.fromhex("d81c81d81d00"),
    "a bignum": b"\xc2\x5a\x00\x00\x40\x00" + b"\xff" * 0x4000,
    "a regular expression": cbor2.dumps(cbor2.CBORTag(35, "(a+)+$")),
    "a date out of range": cbor2.dumps(cbor2.CBORTag(1, 1e300)),
    "not a key": b"\xa1\x80\x00",
    "a code in the place of a body": bytes.fromhex("d28443a10126a05820") + b"\x00" * 32,
}


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize("name", BROKEN_JSON)
def test_what_is_not_json(product: Product, name: str, path: str) -> None:
    assert refused(ask(product, BROKEN_JSON[name], path=path))


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize("name", BROKEN_CBOR)
def test_what_is_not_cbor(product: Product, name: str, path: str) -> None:
    assert refused(ask(product, BROKEN_CBOR[name], path=path, kind="application/cbor"))


WRONG = {
    "no id": ("id", {"id": None}),
    "id of another kind": ("id", {"id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}),
    "id a path": ("id", {"id": "../../etc/passwd"}),
    "no such form": ("form", {"form": "không-có"}),
    "form with NUL": ("form", {"form": "domestic\x00"}),
    "form a list": ("form", {"form": ["domestic"]}),
    "no such place": ("place", {"place": "ZZZZZZZZ"}),
    "place is SQL": ("place", {"place": "' or 1=1 --"}),
    "place too long": ("place", {"place": "Z" * 5000}),
    "answers a list": ("answers", {"answers": []}),
    "answers a text": ("answers", {"answers": "name=x"}),
    "language unknown": ("lang", {"lang": "fr"}),
    "time no time": ("occurred_at", {"occurred_at": "hôm qua"}),
    "time out of the calendar": ("occurred_at", {"occurred_at": "2021-13-45T99:00:00"}),
    "key no key": ("holder", {"holder": "AAAA"}),
    "key not on the curve": ("holder", {"holder": "A" * 86}),
    "key too long": ("holder", {"holder": "A" * 5000}),
    "channel of the staff": ("channel", {"channel": "staff"}),
    "device too long": ("device", {"device": "d" * 5000}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_by_its_name(product: Product, sound: dict[str, Any], name: str) -> None:
    field, changed = WRONG[name]
    assert field in refused(ask(product, submission(sound, **changed))), name


ANSWERS = {
    "name": ("name", ["N" * 10_000, "", "\x00", "<script>", 7, None, {"a": 1}, ["x"], "\u202e" * 5, "12345"]),
    "birth": ("birth", ["31/02/1990", "2999-01-01", "0000", "-1", "1" * 400, {}, 1e300, "१९९०"]),
    "national_id": (
        "national_id",
        [
            "999999999999",
            "0561901234567",
            "12345",
            "x" * 10_000,
            56190123456,
            ["056190123456"],
            "０５６１９０１２３４５６x",
        ],
    ),
    "phone": ("phone", ["0", "+" * 50, "tel:0905123456;ext=1", "1" * 10_000, True, {"__proto__": 1}]),
    "residence": (
        "residence",
        ["99/1/2/", "../", "56/568/22327/\x00", "%", "x" * 10_000, 5, None, ["56/568/22327/"]],
    ),
    "sex": ("sex", ["unknown", "female\x00", 1, ["female"], {"female": True}]),
    "address": ("address", ["", " ", "x" * 10_000, 1, []]),
    "pledge": ("pledge", [False, "yes please", None, 2, []]),
    "no_symptoms": ("no_symptoms", ["có lẽ", 9, [], {}]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_wrong_answer_is_refused_by_its_name(product: Product, sound: dict[str, Any], name: str) -> None:
    field, values = ANSWERS[name]
    for value in values:
        for lang in ("vi", "en"):
            said = ask(product, submission({**sound, name: value}, lang=lang))
            assert f"answers.{field}" in refused(said) or field in refused(said), (value, said)


def test_the_sentences_are_in_the_readers_language(product: Product) -> None:
    blank = submission({})
    vietnamese = refused(ask(product, {**blank, "lang": "vi"}))
    english = refused(ask(product, {**blank, "lang": "en"}))
    assert vietnamese.keys() == english.keys() and len(vietnamese) > 5
    assert all(VIETNAMESE & set(text.lower()) for text in vietnamese.values()), vietnamese
    assert not any(VIETNAMESE & set(text.lower()) for text in english.values()), english


def test_the_header_decides_where_the_body_says_no_language(product: Product) -> None:
    english = refused(ask(product, b"nonsense", Accept_Language="en-GB,en;q=0.9"))
    vietnamese = refused(ask(product, b"nonsense", Accept_Language="vi"))
    assert not VIETNAMESE & set(english["body"].lower()) and VIETNAMESE & set(vietnamese["body"].lower())


STRANGE = {
    "__proto__": {"__proto__": {"admin": True}},
    "constructor": {"constructor": {"prototype": {}}},
    "a key with NUL": {"\x00": "\x00"},
    "a long key": {"k" * 5000: 1},
    "many keys": {f"k{number}": number for number in range(2000)},
    "deep": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}}},
    "a number too large": {"k": 10**400},
    "a dotted key": {"name.__class__": "x"},
}


@pytest.mark.parametrize("name", STRANGE)
def test_answers_that_no_form_asks_for_change_nothing(
    product: Product, sound: dict[str, Any], name: str
) -> None:
    status, said, _ = ask(product, submission({**sound, **STRANGE[name]}))
    assert status in (201, 422), said
    if status == 422:
        assert said["fields"] and all(field["message"] for field in said["fields"])
    alive(product, sound)


def test_half_a_surrogate_is_refused(product: Product, sound: dict[str, Any]) -> None:
    for field, value in (("name", r"Nguy\ud800n"), ("address", r"12 \udfff")):
        body = json.dumps(submission({**sound, field: "@@"})).replace("@@", value)
        assert refused(ask(product, body.encode()))
        raw = body.replace(value, "@@").encode().replace(b"@@", b"\xed\xa0\x80")
        assert refused(ask(product, raw))
    alive(product, sound)


def test_too_large_is_413(product: Product, sound: dict[str, Any]) -> None:
    status, said, _ = ask(product, submission({**sound, "address": "x" * 70_000}))
    assert status == 413 and VIETNAMESE & set(said["message"])
    try:
        status, _, _ = ask(product, b"[" + b"0," * 5_000_000 + b"0]", path=MANY)
        assert status == 413
    except ConnectionError:  # answered and hung up before we had sent it all
        pass
    alive(product, sound)


def test_a_length_that_lies(product: Product, sound: dict[str, Any]) -> None:
    host, port = urlsplit(product.url).hostname, urlsplit(product.url).port
    for length in ("99999999999999999999", "-5", "abc", "5, 6"):
        with socket.create_connection((host, port), timeout=10) as link:
            link.sendall(
                f"POST {ONE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{}}".encode()
            )
            first = link.recv(200)
            assert not first or int(first.split()[1]) in (400, 408, 411, 413, 422), first
    alive(product, sound)


def test_only_what_is_json_or_cbor(product: Product, sound: dict[str, Any]) -> None:
    for kind in (
        "text/plain",
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json;" + "x" * 4000,
    ):
        status, said, _ = ask(product, submission(sound), kind=kind)
        assert status == (201 if kind.startswith("application/json;") else 415) and (
            status == 201 or said["message"]
        )
    assert ask(product, submission(sound), Content_Encoding="gzip")[0] == 415
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        status, said, _ = ask(product, b"", method=method)
        assert status == 405 and said["message"], (method, said)


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_ten_years_off_is_noted_and_not_believed(
    product: Product, sound: dict[str, Any], years: int
) -> None:
    then = datetime.now(UTC) + timedelta(days=365 * years)
    status, said, _ = ask(product, submission(sound, occurred_at=then.isoformat()))
    assert status == 201, said
    recorded = datetime.fromisoformat(said["recorded_at"])
    assert abs(recorded - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_same_id_for_something_else_is_a_conflict(product: Product, sound: dict[str, Any]) -> None:
    body = submission(sound)
    assert [ask(product, body)[0] for _ in range(2)] == [201, 200]
    status, said, _ = ask(product, {**body, "lang": "en", "answers": {**sound, "name": "Someone Else"}})
    assert status == 409 and not VIETNAMESE & set(said["message"])


def test_a_batch_judges_each_on_its_own(product: Product, sound: dict[str, Any]) -> None:
    items = [
        submission(sound),
        submission({}),
        7,
        None,
        [],
        {},
        submission(sound, id="x"),
        submission(sound, form="\x00"),
    ]
    status, said, _ = ask(product, {"items": items}, path=MANY)
    assert status == 200, said
    assert [result["status"] for result in said["results"]] == [201, *[422] * 7]
    assert all(
        field["field"] and field["message"] for result in said["results"][1:] for field in result["fields"]
    )


def test_too_many_in_a_batch(product: Product) -> None:
    assert "items" in refused(ask(product, {"items": [{}] * 1001}, path=MANY))


@pytest.mark.parametrize(
    "path",
    [
        "/api/intake/",
        "/api/intake/declarations/",
        "/api/intake/%00",
        "/api/../etc",
        "/api/intake/batch?x=" + "y" * 5000,
    ],
)
def test_addresses_beside_the_intake(product: Product, path: str) -> None:
    link = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=30)
    link.request("POST", path, b"{}", {"Content-Type": "application/json"})
    assert link.getresponse().status < 500
    link.close()


@pytest.mark.parametrize(
    "path",
    [
        ONE,
        MANY,
        "/",
        "/healthz",
        "/api/openapi.json",
        "/static/base/icon-192.png",
        "/static/none.css",
        "/none/",
        "/cb/",
    ],
)
def test_no_answer_may_be_guessed_at_framed_or_told_on(product: Product, path: str) -> None:
    link = http.client.HTTPConnection(urlsplit(product.url).netloc, timeout=30)
    link.request("POST" if path in (ONE, MANY) else "GET", path, b"", {"Content-Type": "application/json"})
    found = link.getresponse().headers
    link.close()
    assert found["X-Content-Type-Options"] == "nosniff" and found["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in found["Content-Security-Policy"]
    assert found["Strict-Transport-Security"] is None, "this address is plain http"
