"""Headers that every answer carries, and when a browser is told to insist on https."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from lachan.web import hsts
from lachan.web.certificate import ensure
from lachan.web.front import security
from lachan.web.front.security import Secured

NAME = "https://khaibao.khanhhoa.example"


@pytest.mark.parametrize(
    "url",
    [
        "http://khaibao.khanhhoa.example",
        "https://192.168.1.5:8000",
        "https://[fe80::1]:8000",
        "https://localhost",
        "",
    ],
)
def test_nobody_insists_on_https_at_a_bare_address_or_without_https(tmp_path: Path, url: str) -> None:
    assert hsts.days(url, tmp_path) == 0


def test_a_year_for_a_name_but_not_with_a_certificate_made_here(tmp_path: Path) -> None:
    assert hsts.days(NAME, tmp_path) == hsts.days(f"{NAME}:8443", tmp_path) == 365
    ensure(tmp_path, "another.example")
    assert hsts.days(NAME, tmp_path) == 365
    ensure(tmp_path, "khaibao.khanhhoa.example")
    assert hsts.days(NAME, tmp_path) == 0


def answered(given: security.Headers, added: security.Headers, kind: str = "http") -> dict[bytes, bytes]:
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": given})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    asyncio.run(Secured(application, added)({"type": kind}, receive, send))
    assert sent[1] == {"type": "http.response.body", "body": b"x"}
    assert len({name for name, _ in sent[0]["headers"]}) == len(sent[0]["headers"]), "none twice"
    return dict(sent[0]["headers"])


def test_an_answer_that_says_nothing_gets_every_header() -> None:
    found = answered([(b"etag", b"1")], security.headers(60))
    assert found == {
        b"etag": b"1", b"x-content-type-options": b"nosniff", b"referrer-policy": b"same-origin",
        b"content-security-policy": b"frame-ancestors 'none'", b"strict-transport-security": b"max-age=60",
    }  # fmt: skip
    assert b"strict-transport-security" not in answered([], security.headers(0))


def test_what_an_answer_says_itself_stands() -> None:
    policy = b"default-src 'self'; frame-ancestors 'none'"
    given = [(b"content-security-policy", policy), (b"referrer-policy", b"no-referrer")]
    found = answered(given, security.headers())
    assert (found[b"content-security-policy"], found[b"referrer-policy"]) == (policy, b"no-referrer")
    assert len(given) == 2, "whoever answered may keep the same list for the next answer"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/khai/", "/tra-cuu/", "/cb/", "/khong-co-trang-nay/", "/khai/form.json?place=x"]
)
def test_djangos_own_answers_carry_them_too(path: str) -> None:
    with override_settings(SECURE_HSTS_SECONDS=86400):
        answer = Client().get(path, secure=True)
        assert answer["Strict-Transport-Security"] == "max-age=86400"
        assert "Strict-Transport-Security" not in Client().get(path)
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_the_tests_own_address_is_plain() -> None:
    assert settings.SECURE_HSTS_SECONDS == 0
