"""`lachan run`: what `make run` does after installing: keys, tables, units, demo outbreak, then serve."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any

from lachan.web import hosts
from lachan.web.cli import setup
from lachan.web.demo import limits
from lachan.web.paths import ROOT

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def register(commands: Any) -> None:
    run = commands.add_parser("run", help="prepare a demo province if there is none yet, and serve it")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8000)
    run.add_argument("--no-demo", action="store_true", help="an empty province without demo accounts")
    run.add_argument("--people", type=int, default=3000, help="how many people the demo has")
    run.set_defaults(run=prepare_and_serve)


def prepare_and_serve(arguments: argparse.Namespace) -> None:
    """Replaces this process by `lachan serve`, so that signals reach the supervisor."""
    if not free(arguments.host, arguments.port):
        print(
            f"Port {arguments.port} is taken. Try another: make run PORT={arguments.port + 1}",
            file=sys.stderr,
        )
        sys.exit(1)
    if not arguments.no_demo and (problem := limits.unfit(arguments.people)):
        print(problem, file=sys.stderr)
        sys.exit(2)
    secure = arguments.host not in LOOPBACK
    address = lan_address() if arguments.host in {"0.0.0.0", "::"} else arguments.host
    url = f"{'https' if secure else 'http'}://{address}:{arguments.port}"
    os.environ["LACHAN_PUBLIC_URL"] = os.environ.get("LACHAN_PUBLIC_URL", url)
    os.environ["LACHAN_DEMO"] = "0" if arguments.no_demo else "1"
    hosts.allow(arguments.host)
    prepare(demo=not arguments.no_demo, people=arguments.people)
    command = [
        sys.executable,
        "-m",
        "lachan.web",
        "serve",
        "--host",
        arguments.host,
        "--port",
        str(arguments.port),
    ]
    if secure:
        from lachan.web.certificate import ensure

        certificate, key, _ = ensure(Path(os.environ["LACHAN_DATA"]), address, hosts.names(arguments.host))
        command += ["--cert", str(certificate), "--key", str(key)]
    greet(os.environ["LACHAN_PUBLIC_URL"], demo=not arguments.no_demo, qr=secure)
    os.execv(command[0], command)


def free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def lan_address() -> str:
    """This machine's address on its network; asking the routing table sends no packet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def prepare(*, demo: bool, people: int) -> None:
    """Keys, tables, units and the demo outbreak: each step only where it is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lachan.web.settings")
    make_keys_first()
    setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from lachan.kernel.clock import SystemClock
    from lachan.registry.units.models import Unit

    if not Unit.objects.exists():
        print("Loading the administrative units …", flush=True)
        from lachan.kernel.clock import SystemClock
        from lachan.registry.units import services as units

        units.load(now=SystemClock().now())
    if demo:
        from lachan.web.demo import fill

        fill.once(print, plan=fill.Plan.of(people))


def make_keys_first() -> None:
    """The settings read the Django secret at import, so it is made before them."""
    import secrets

    data = Path(os.environ.setdefault("LACHAN_DATA", str(ROOT / "data")))
    folder = Path(os.environ.get("LACHAN_KEYS", data / "keys"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = folder / "django-secret"
    if not secret.exists() and "LACHAN_SECRET_KEY" not in os.environ:
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        print(
            f"Keys are kept in {folder}: copy that folder to a safe place apart from the database.",
            flush=True,
        )
    setup()
    from lachan.base import keys

    keys.make()


def greet(url: str, *, demo: bool, qr: bool) -> None:
    print(f"\n  Lá Chắn\n  Người dân  (citizens) : {url}/\n  Cán bộ     (staff)    : {url}/cb/", flush=True)
    if demo:
        from lachan.registry.accounts.demo import PASSWORD, SIGN_INS

        print(f"\n  Đăng nhập thử (demo sign-ins), mật khẩu (password) {PASSWORD}:")
        for username, title in SIGN_INS:
            print(f"    {username:<20} {title}")
    if qr:
        import segno

        print(f"\n  Quét bằng điện thoại cùng mạng (scan with a phone on this network): {url}/\n")
        segno.make(f"{url}/", error="m").terminal(compact=True)
        print(f"  Chứng thư của máy này (this machine's certificate): {url}/chung-thu/")
    print("\n  Ctrl-C để dừng (to stop).\n", flush=True)
