"""The front process: one event loop, Granian's server in it, the writer's and the keeper's threads beside it."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
import sys
from typing import Any

from lachan.web.serve import lifeline, paths
from lachan.web.serve.options import Options

log = logging.getLogger("lachan.front")

SWITCH_SECONDS = 0.0003
"""How long a thread may hold the interpreter while another waits; the writer shouldn't wait the usual 5 ms."""


def build(options: Options) -> Any:
    """The ASGI application from Django's settings."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    from lachan.gate.edge.app import Edge
    from lachan.gate.edge.roster import Roster
    from lachan.gate.edge.stores import scans_of
    from lachan.gate.intake.app import Intake
    from lachan.gate.intake.keeper import Keeper
    from lachan.gate.intake.limits import Limits, Rates
    from lachan.gate.intake.stores import GroupWriter
    from lachan.gate.intake.stores.choose import store_of
    from lachan.web.databases import unmapped
    from lachan.web.front.address import Addresses
    from lachan.web.front.app import Front
    from lachan.web.front.health import Health
    from lachan.web.front.proxy import Proxy
    from lachan.web.front.security import Secured, headers
    from lachan.web.front.static import Static

    unmapped(settings.DATABASES["default"])
    rates = Rates(settings.INTAKE_DEVICE_RATE, settings.INTAKE_PLACE_RATE, settings.INTAKE_ADDRESS_RATE)
    store = store_of(settings.DATABASES["default"])
    writer = GroupWriter(store, settings.INTAKE_QUEUE)
    writer.add(lane := scans_of(store))
    intake = Intake(writer, Keeper(), Limits(rates))
    edge_rates = Rates(settings.EDGE_DEVICE_RATE, 0, settings.INTAKE_ADDRESS_RATE)
    edge = Edge(lane, Roster(), intake.keeper, Limits(edge_rates))
    proxy = Proxy(paths.django_socket(settings.DATA), secure=options.cert is not None)
    health = Health(intake, proxy, paths.run_folder(settings.DATA), frozenset(options.kinds) - {"front"})
    front = Front(intake, edge, Static(finders.find), proxy, health, Addresses(settings.TRUSTED_PROXIES))
    return Secured(front, headers(settings.SECURE_HSTS_SECONDS))


def run(options: Options) -> int:
    """Serve until SIGTERM or SIGINT."""
    lifeline.tie()
    from lachan.web.cli import setup

    setup()
    import uvloop

    front = build(options)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not walk through it again
    gc.set_threshold(50_000, 20, 50)
    return uvloop.run(_serve(front, options))


async def _serve(front: Any, options: Options) -> int:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    logging.getLogger("_granian").setLevel(logging.ERROR)
    server = Server(
        front,
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1 if options.cert is None else HTTPModes.auto,
        websockets=False,
        backlog=1024,
        ssl_cert=options.cert,
        ssl_key=options.key,
        log_access=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, server.stop)
    log.info("listening on %s:%s", options.host, options.port)
    try:
        await server.serve()
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        log.error("can't listen on %s:%s: %s", options.host, options.port, error.strerror)
        from lachan.web.serve.supervisor import HOPELESS

        return HOPELESS
    return 0
