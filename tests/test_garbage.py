"""Garbage to every address of the resolver, as a stranger and as the province's administrator: never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from tests.access_samples import OPEN, SAMPLES

NOW = datetime(2021, 7, 15, 3, 0, tzinfo=UTC)
HERE = "56/568/22327/"
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("default")]
VALUES = {
    "NUL": "a\x00b",
    "long": "x" * 10_000,
    "quotes": "' or 1=1 -- \\",
    "template": "{{7*7}}%(x)s%s{0}<script>alert(1)</script>",
    "huge number": "9" * 400,
    "number past 64 bits": "18446744073709551616",
    "negative": "-1",
    "no number": "NaN",
    "no date": "9999-99-99",
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "path": "../../../etc/passwd",
    "a broken code": "LC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8WY04AC",
    "right to left": "\u202e\u2066\U0001f9a0",
    "no id": "00000000-0000-0000-0000-000000000000",
    "json": '{"__proto__": {"admin": true}}',
    "blank": "",
}
"""What every field gets at once."""
FIELDS = """
accept account action actor address agency answer answers area assignee battery birth by channel checks code confirm
count cursor date day decision declaration destination don_vi email entry expires_at findings first for_other form
from full_name gop huyen id im insurance kind kind_of lang lat left level ly_do lon login loai mfa_required month name
national_id nationality next no_contact no_symptoms note number only origins otp outcome owner owner_phone page paper
parent passport password password1 password2 people period person phone pk place plate pledge proxy_name proxy_phone q
quantity reason remember residence result role rows second seed serial session sex shown sort state status structure
subject text to token trang type unit until usage username valid_from valid_to vehicle verb when who why xa xem
""".split()
FILES = ("file", "upload", "rows", "outline", "table")
SEGMENTS = ["a%00b", "%FF%FE", "x" * 300, "..%2F..", "-1", "9" * 40, "LC1:", "%F0%9F%A6%A0"]


UNKNOWN = "00000000-0000-7000-8000-000000000000"
ELSEWHERE = {"accounts:closed": "/tai-khoan/signup/"}


def named(
    resolver: URLResolver, space: str = "", outer: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, its parameters) of every address."""
    for entry in resolver.url_patterns:
        parameters = (*outer, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from named(entry, f"{space}{entry.namespace}:" if entry.namespace else space, parameters)
        else:
            yield f"{space}{entry.name}", parameters


ADDRESSES = dict(named(get_resolver()))


def world() -> None:
    """A few units and places, and an administrator of the province who isn't asked for a second factor."""
    from lachan.base import keys
    from lachan.gate.declarations.tests import small
    from lachan.registry.accounts.models import Grant, User

    keys.make()
    small.units(date(2020, 1, 1))
    small.places(NOW)
    user = User.objects.create(username="quan.tri", full_name="Quản trị", mfa_required=False, created_at=NOW)
    for role in ("province_admin", "it_officer", "data_entry", "inspector", "checkpoint_officer"):
        Grant.objects.create(user=user, role=role, unit="56/", valid_from=NOW - timedelta(days=9))


@pytest.fixture(scope="module")
def clients(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Client]]:
    """Who asks; the platform's clock stands at NOW."""
    from lachan.base import middleware
    from lachan.kernel.clock import FixedClock
    from lachan.registry.accounts.models import User
    from lachan.registry.units import tree

    usual, middleware.CLOCK = middleware.CLOCK, FixedClock(NOW)
    tree.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        world()
        admin = Client(raise_request_exception=False)
        admin.force_login(User.objects.get(username="quan.tri"), backend=settings.AUTHENTICATION_BACKENDS[0])
        yield {"a stranger": Client(raise_request_exception=False), "the administrator": admin}
        transaction.set_rollback(True)
    middleware.CLOCK = usual
    tree.forget()


def url_of(name: str) -> str:
    """An address with an object behind it where there is one to be made, else with what the pattern accepts."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    if name in SAMPLES:
        return reverse(name, kwargs=SAMPLES[name](HERE, NOW))
    if name in OPEN:
        return reverse(name, kwargs=OPEN[name][0])
    for value in ("MKT00001", UNKNOWN, "1", "domestic", HERE):
        try:
            return reverse(name, kwargs=dict.fromkeys(ADDRESSES[name], value))
        except NoReverseMatch:
            continue
    raise AssertionError(f"give {name} a sample in tests/access_samples.py")


def status(client: Client, method: str, url: str, data: Any = b"", kind: str = "") -> int:
    """One request; what it wrote is undone, and the client is as signed in as before."""
    cache.clear()
    cookies = copy(client.cookies)
    with transaction.atomic():
        if isinstance(data, bytes):
            answer = client.generic(
                method.upper(), url, data, content_type=kind or "application/octet-stream"
            )
        else:
            answer = getattr(client, method)(url, data)
        b"".join(answer.streaming_content if answer.streaming else ())
        transaction.set_rollback(True)
    client.cookies = cookies
    return int(answer.status_code)


def sound(code: int) -> bool:
    return code < 500 or code == 503


@pytest.mark.parametrize("name", ADDRESSES)
def test_garbage_in_every_field(clients: dict[str, Client], name: str) -> None:
    url = url_of(name)
    faults = []
    for who, client in clients.items():
        for what, value in VALUES.items():
            sent = dict.fromkeys(FIELDS, value)
            for method in ("get", "post"):
                if not sound(code := status(client, method, url, sent)):
                    faults.append(f"{who}: {method} {url} with {what}: {code}")
    assert not faults, "\n".join(faults)


NO_QUERY = "?q=%ff%fe&cursor=%00&unit=%ed%a0%80&day=%C0%80&page=1e9&from=%00"
BODIES = {
    "nothing": (b"", "application/json"),
    "no json": (b"{", "application/json"),
    "deep json": (b"[" * 20_000, "application/json"),
    "a number": (b"7", "application/json"),
    "no text": (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    "bytes that are no UTF-8": (
        b"q=%ff%fe&name=%00&unit=%ed%a0%80&code=%C0%80",
        "application/x-www-form-urlencoded",
    ),
    "too many fields": (b"&".join(b"a%d=1" % n for n in range(3000)), "application/x-www-form-urlencoded"),
    "a broken boundary": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "no boundary": (b"x", "multipart/form-data"),
    "another charset": (b"q=x", "application/x-www-form-urlencoded; charset=utf-7000"),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_bodies_that_are_no_form(clients: dict[str, Client], name: str) -> None:
    url = url_of(name)
    faults = []
    for who, client in clients.items():
        for what, (body, kind) in BODIES.items():
            if not sound(code := status(client, "post", url, body, kind)):
                faults.append(f"{who}: {url} with {what}: {code}")
        for method in ("put", "delete", "patch", "head", "options", "brew"):
            if not sound(code := status(client, method, url)):
                faults.append(f"{who}: {method} {url}: {code}")
        if not sound(code := status(client, "get", url + NO_QUERY)):
            faults.append(f"{who}: {url} with a query that is no UTF-8: {code}")
    assert not faults, "\n".join(faults)


UPLOADS = ("places:import", "units:geometry")
FILES_SENT = {
    "empty.xlsx": b"",
    "bomb.xlsx": b"PK\x03\x04" + b"\x00" * 100,
    "table.csv": "tên;đơn vị\n\x00;\x00\n".encode() + b"\xff\xfe" * 50,
    "../../x.geojson": b'{"type": "FeatureCollection", "features": [{"geometry": {"coordinates": [[[[1e999]]]]}}]}',
    "deep.json": b"[" * 20_000,
    "picture.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 64,
}


@pytest.mark.parametrize("name", UPLOADS)
@pytest.mark.parametrize("file", FILES_SENT)
def test_files_that_are_no_tables(clients: dict[str, Client], name: str, file: str) -> None:
    url = url_of(name)
    sent = {field: SimpleUploadedFile(file, FILES_SENT[file]) for field in FILES}
    assert sound(status(clients["the administrator"], "post", url, sent)), file


@pytest.mark.parametrize("name", [name for name, parameters in ADDRESSES.items() if parameters])
def test_garbage_in_the_address_itself(clients: dict[str, Client], name: str) -> None:
    url = url_of(name)
    parts = [part for part in url.split("/") if part]
    faults = []
    for segment in SEGMENTS:
        for at in range(1, len(parts)):
            changed = (
                "/" + "/".join([*parts[:at], segment, *parts[at + 1 :]]) + ("/" if url.endswith("/") else "")
            )
            for who, client in clients.items():
                if not sound(code := status(client, "get", changed, {})):
                    faults.append(f"{who}: {changed}: {code}")
    assert not faults, "\n".join(faults)
