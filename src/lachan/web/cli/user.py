"""`lachan user …`: staff accounts from the machine's console, for the first administrator and for emergencies."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    root = commands.add_parser("user", help="staff accounts from the machine's console")
    verbs = root.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="every account with its roles").set_defaults(run=listed)
    create = verbs.add_parser("create", help="make an account with its first role; asks for the password")
    create.add_argument("username")
    create.add_argument("full_name")
    _role(create)
    create.add_argument("--email", default="")
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.set_defaults(run=created)
    grant = verbs.add_parser("grant", help="give an account one more role")
    grant.add_argument("username")
    _role(grant)
    grant.set_defaults(run=granted)
    lock = verbs.add_parser("lock", help="end an account's sessions and let it do nothing")
    lock.add_argument("username")
    lock.add_argument("--reason", default="", help="kept with the lock, shown to administrators")
    lock.set_defaults(run=locked)
    unlock = verbs.add_parser("unlock", help="lift a lock, or the pause after wrong passwords")
    unlock.add_argument("username")
    unlock.set_defaults(run=unlocked)


def _role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", required=True, help="a role of policies/roles.toml, such as province_admin")
    parser.add_argument(
        "--unit", required=True, help="path of the unit that it counts in, such as 56/568/22327/"
    )


def listed(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.registry.accounts.models import User
    from lachan.registry.accounts.selectors import standing_grants

    now = SystemClock().now()
    for user in User.objects.order_by("username"):
        held = ", ".join(f"{grant.role} {grant.unit}" for grant in standing_grants(user))
        state = (
            "closed"
            if not user.is_active
            else "locked"
            if user.locked_at and user.locked_at <= now
            else "open"
        )
        print(f"{user.username:<24} {state:<7} {held}")
    return 0


def created(arguments: argparse.Namespace) -> int:
    setup()
    if _no_unit(arguments.unit):
        return 1
    password = _password(arguments)
    from lachan.kernel.clock import SystemClock
    from lachan.registry.accounts import services

    def make() -> str:
        user = services.create(
            arguments.username, arguments.full_name, arguments.role, arguments.unit, SystemClock().now(),
            by=None, password=password, email=arguments.email,
        )  # fmt: skip
        return f"{user.username} may sign in; the second factor is set up at the first sign-in."

    return _told(make)


def _no_unit(path: str) -> bool:
    """Say it when no unit has that path: a role there would open nothing."""
    from lachan.registry.units.models import Unit

    if Unit.objects.filter(path=path).exists():
        return False
    print(
        f"There is no unit at {path}. A path looks like 56/568/22327/; is `lachan units load` done?",
        file=sys.stderr,
    )
    return True


def granted(arguments: argparse.Namespace) -> int:
    setup()
    if _no_unit(arguments.unit):
        return 1

    def give(user: Any, now: Any) -> str:
        from lachan.registry.accounts import services

        services.grant(user, arguments.role, arguments.unit, now, by=None)
        return f"{user.username} is now also {arguments.role} in {arguments.unit}."

    return _on(arguments.username, give)


def locked(arguments: argparse.Namespace) -> int:
    def act(user: Any, now: Any) -> str:
        from lachan.registry.accounts import services

        services.lock(user, now, arguments.reason, by=None)
        return f"{user.username} is locked."

    return _on(arguments.username, act)


def unlocked(arguments: argparse.Namespace) -> int:
    def act(user: Any, now: Any) -> str:
        from lachan.registry.accounts import services

        services.unlock(user, now, by=None)
        return f"{user.username} may sign in again."

    return _on(arguments.username, act)


def _on(username: str, act: Callable[[Any, Any], str]) -> int:
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.registry.accounts.models import User

    user = User.objects.filter(username=username.strip().lower()).first()
    if user is None:
        print(f"There is no account named {username}.", file=sys.stderr)
        return 1
    return _told(lambda: act(user, SystemClock().now()))


def _told(act: Callable[[], str]) -> int:
    """Print what was done, or why it wasn't."""
    from lachan.base.messages import text_of
    from lachan.kernel.errors import InvalidInput

    try:
        print(act())
    except InvalidInput as error:
        print(text_of(error.code, error.params), file=sys.stderr)
        return 1
    return 0


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Password: ")
