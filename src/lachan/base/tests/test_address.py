from __future__ import annotations

import pytest
from django.test import RequestFactory

from lachan.base.address import client_address


@pytest.mark.parametrize(
    ("told", "proxies", "expected"),
    [
        ("6.6.6.6, 10.0.0.9", [], "10.0.0.9"),
        ("6.6.6.6, 10.0.0.9", ["10.0.0.0/24"], "6.6.6.6"),
        ("10.0.0.9", ["10.0.0.9"], "10.0.0.9"),
        ("nonsense", ["10.0.0.9"], "nonsense"),
    ],
)
def test_the_last_hop_that_is_no_proxy_of_ours(settings, told, proxies, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=told)) == expected


def test_without_the_front_it_is_the_socket(settings):
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) == "127.0.0.1"
