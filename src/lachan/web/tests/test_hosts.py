"""A server started by hand answers to this machine's names and to no other."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.conf import settings
from django.http.request import validate_host

from lachan.web import hosts

NAME = "may-truc.xa.example"


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: NAME.upper())
    monkeypatch.setattr(hosts, "_of_interfaces", lambda: ["192.168.1.7", "10.0.0.5", "127.0.0.1"])
    monkeypatch.setattr(hosts, "_of_routes", lambda: ["192.168.1.7", "2001:db8:7::1"])
    monkeypatch.setattr(hosts, "_of_name", lambda: ["127.0.1.1", "0.0.0.0", "fe80::1"])


@pytest.mark.parametrize(
    "host",
    [
        "192.168.1.7",
        "10.0.0.5",
        "[2001:db8:7::1]",
        NAME,
        "may-truc",
        "may-truc.local",
        "localhost",
        "127.0.0.1",
    ],
)
def test_on_every_network_it_answers_to_its_own_names(host: str) -> None:
    for bound in ("0.0.0.0", "::"):
        assert validate_host(host, hosts.names(bound))


@pytest.mark.parametrize(
    "host", ["evil.example", "192.168.1.8", "may-truc.evil.example", "local", "", "*", "1.2.3.4"]
)
@pytest.mark.parametrize("bound", ["0.0.0.0", "192.168.1.7", "127.0.0.1"])
def test_and_to_no_other(bound: str, host: str) -> None:
    assert not validate_host(host, hosts.names(bound))


def test_bound_to_one_address_the_others_are_not_its_own() -> None:
    assert validate_host("192.168.1.7", hosts.names("192.168.1.7"))
    assert validate_host("may-truc.local", hosts.names("192.168.1.7"))
    assert not validate_host("10.0.0.5", hosts.names("192.168.1.7"))
    assert hosts.names("127.0.0.1") == list(hosts.LOOPBACK)
    assert validate_host("[2001:db8:7::1]", hosts.names("2001:db8:7::1"))
    assert validate_host("khaibao.example.vn", hosts.names("KhaiBao.example.vn"))


def test_what_was_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LACHAN_HOSTS", "khaibao.example.vn")
    hosts.allow("0.0.0.0")
    assert hosts.os.environ["LACHAN_HOSTS"] == "khaibao.example.vn"
    monkeypatch.delenv("LACHAN_HOSTS")
    hosts.allow("0.0.0.0")
    assert "may-truc.local" in hosts.os.environ["LACHAN_HOSTS"].split(",")


def test_this_very_machine_is_asked_without_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(hosts, "_NOWHERE", (("127.0.0.1", socket.AF_INET),))  # no test leaves this machine
    assert all(hosts.written(address) for address in hosts.addresses())
    assert set(hosts.LOOPBACK) <= set(hosts.names("0.0.0.0"))


@pytest.mark.django_db
def test_the_refusal_says_what_to_set(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["127.0.0.1"])
    page = client.get("/", HTTP_HOST="may<b>.example:8000")
    assert page.status_code == 400
    page = client.get("/", HTTP_HOST="khac.example:8000")
    text = page.content.decode()
    assert page.status_code == 400 and "LACHAN_HOSTS=khac.example" in text
    assert "LACHAN_HOSTS" not in client.get("/", HTTP_HOST="127.0.0.1").content.decode()
