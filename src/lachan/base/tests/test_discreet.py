from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from lachan.base import discreet

NUMBER = "056190123456"


@discreet.discreet("q")
def listing(request: Any) -> HttpResponse:
    return HttpResponse(request.asked.get("q", ""))


def ask(
    method: str, address: str, session: dict[str, Any], data: dict[str, str] | None = None
) -> HttpResponse:
    request = getattr(RequestFactory(), method)(address, data or {})
    request.session = session
    return listing(request)


@pytest.mark.parametrize("typed", [NUMBER, "0905 123 456", "225.123.456", "hoa 0905123456"])
def test_a_number_is_a_token_in_the_address_and_itself_in_the_view(typed):
    session: dict[str, Any] = {}
    sent = {"q": typed, "kq": "1", "den": "", "cursor": "x", "csrfmiddlewaretoken": "y"}
    address = ask("post", "/cb/x/", session, sent)["Location"]
    query = parse_qs(urlsplit(address).query)
    assert set(query) == {"q", "kq"}
    assert query["q"][0].startswith("~")
    digits = "".join(filter(str.isdigit, typed))
    assert digits not in address and digits not in str(session) and typed not in str(session)
    assert ask("get", address, session).content.decode() == typed


def test_a_name_stays_readable_in_the_address():
    assert (
        ask("post", "/cb/x/", {}, {"q": "nguyễn văn an"})["Location"] == "/cb/x/?q=nguy%E1%BB%85n+v%C4%83n+an"
    )
    assert ask("post", "/cb/x/", {}, {"q": " "})["Location"] == "/cb/x/"


@pytest.mark.parametrize("token", ["~nothing", "~", "~~~"])
def test_a_token_of_someone_else_finds_nothing(token):
    assert ask("get", f"/cb/x/?q={token}", {}).content.decode() == token


def test_a_token_that_was_tampered_with_finds_nothing():
    session: dict[str, Any] = {"typed": {"a": "AAAA", "b": "not base64!"}}
    assert ask("get", "/cb/x/?q=~a", session).content.decode() == "~a"
    assert ask("get", "/cb/x/?q=~b", session).content.decode() == "~b"


def test_a_session_keeps_only_the_latest():
    session: dict[str, Any] = {}
    for number in range(30):
        ask("post", "/cb/x/", session, {"q": f"0561901234{number:02d}"})
    assert len(session["typed"]) == discreet.KEPT
