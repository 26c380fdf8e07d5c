"""Every address × every role × two communes: open only to who holds the permission, and only in her own commune."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lachan.base import access, keys
from lachan.base.checks import every_view_declares_a_rule, is_anothers, patterns
from lachan.kernel.clock import FixedClock
from lachan.registry.accounts.checks import permissions_are_known
from lachan.registry.accounts.roles import roles
from tests.access_samples import OPEN, SAMPLES

NOW = datetime(2021, 7, 15, 3, 0, tzinfo=UTC)
HERE, THERE = "56/568/22327/", "56/568/22330/"
BACKEND = settings.AUTHENTICATION_BACKENDS[0]
ROLES = list(roles(NOW))
METHODS = ("get", "post")
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Address:
    """A pattern with a name that `reverse` takes."""

    name: str
    where: str
    rule: str
    parameters: frozenset[str]


def _named(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _named(entry, where, inner)
        else:
            yield f"{space}{entry.name}", where, entry


def addresses() -> list[Address]:
    found = {}
    for name, where, pattern in _named(get_resolver()):
        rule = access.rule_of(pattern.callback)
        if rule is None:  # another library's own page, or the check below fails
            continue
        found.setdefault(name, Address(name, where, rule, frozenset(pattern.pattern.regex.groupindex)))
    return list(found.values())


ADDRESSES = addresses()
STAFF = [address for address in ADDRESSES if address.rule not in (access.PUBLIC,)]


class World:
    """Two communes, an account a role in each, and each address's object in HERE."""

    def __init__(self) -> None:
        from lachan.gate.declarations.tests import small

        keys.make()
        small.units(date(2020, 1, 1))
        small.places(NOW)
        self.clients = {(role, unit): self._client(role, unit) for role in ROLES for unit in (HERE, THERE)}
        self.kwargs: dict[str, dict[str, Any]] = {}

    @staticmethod
    def _client(role: str, unit: str) -> tuple[Client, str]:
        from lachan.registry.accounts.models import Grant, User

        user = User.objects.create(
            username=f"{role}.{unit[-3:-1]}", full_name=role, mfa_required=False, created_at=NOW
        )
        place = UUID(int=1) if role == "place_owner" else None
        Grant.objects.create(user=user, role=role, unit=unit, place=place, valid_from=NOW - timedelta(days=9))
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client, client.cookies[settings.SESSION_COOKIE_NAME].value

    def url(self, address: Address) -> str:
        """The address of its object in HERE, made once a test."""
        if address.name not in self.kwargs:
            make = SAMPLES.get(address.name)
            self.kwargs[address.name] = make(HERE, NOW) if make else OPEN.get(address.name, ({}, ""))[0]
        return reverse(address.name, kwargs=self.kwargs[address.name])

    def ask(self, address: Address, method: str, role: str, unit: str) -> int:
        """The status of one request; what it wrote is undone."""
        client, cookie = self.clients[role, unit]
        url = self.url(address)
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return _status(client, method, url)


def _status(client: Client, method: str, url: str) -> int:
    cache.clear()
    with transaction.atomic():
        response = getattr(client, method)(url, **({"data": {}} if method == "post" else {}))
        b"".join(response.streaming_content if response.streaming else ())  # its end closes the file
        transaction.set_rollback(True)
    return int(response.status_code)


@pytest.fixture
def world(whole_world: World) -> World:
    """The objects are made anew: each test's writes are undone."""
    whole_world.kwargs.clear()
    return whole_world


@pytest.fixture(scope="module")
def whole_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    from lachan.base import middleware
    from lachan.registry.units import tree

    usual = middleware.CLOCK
    middleware.CLOCK = FixedClock(NOW)
    tree.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
    middleware.CLOCK = usual
    tree.forget()


@lru_cache
def may(role: str, rule: str) -> bool:
    found = roles(NOW)[role]
    return rule == access.SIGNED_IN or (rule in found.permissions and not found.place_only)


def test_every_view_declares_a_rule_and_every_permission_is_known() -> None:
    assert every_view_declares_a_rule(None) == []
    assert permissions_are_known(None) == []


def test_only_allauth_and_django_go_without_a_rule() -> None:
    without = [pattern for _, pattern in patterns() if access.rule_of(pattern.callback) is None]
    assert all(is_anothers(pattern.callback) for pattern in without)


def test_every_staff_address_about_one_thing_has_a_sample() -> None:
    about_things = {address.name for address in STAFF if address.parameters}
    assert about_things - set(SAMPLES) - set(OPEN) == set(), "add them to tests/access_samples.py"
    assert set(SAMPLES) | set(OPEN) <= {address.name for address in ADDRESSES}, "no such address any more"


@pytest.mark.parametrize("address", STAFF, ids=lambda address: address.name)
def test_strangers_are_sent_to_sign_in(world: World, address: Address) -> None:
    for method in METHODS:
        assert _status(Client(), method, world.url(address)) == 302


@pytest.mark.parametrize("address", STAFF, ids=lambda address: address.name)
def test_a_page_opens_to_the_roles_that_may_and_to_no_other(world: World, address: Address) -> None:
    wrong = []
    for role, unit, method in product(ROLES, (HERE, THERE), METHODS):
        status = world.ask(address, method, role, unit)
        if not _right(address, role, unit, status):
            wrong.append(f"{method} /{address.where} as {role} of {unit}: {status}")
    assert wrong == []


def _right(address: Address, role: str, unit: str, status: int) -> bool:
    if not may(role, address.rule):
        return status == 403
    if address.name in SAMPLES and unit == THERE:
        return status in (403, 404, 405)
    return status < 500 and status != 403 and (status != 404 or address.name in OPEN)
