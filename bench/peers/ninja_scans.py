"""What one would write first for scans: a django-ninja endpoint, a transaction a batch, row by row.

Served as Django usually is here: Granian WSGI, fixed threads. `python -m bench.peers.ninja_scans PORT`
"""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lachan.web.settings")


def application() -> Any:
    """Django with only this API, all but one of its middlewares left out: the peer at its best."""
    from django.conf import settings

    settings.ROOT_URLCONF = "bench.peers.ninja_scans_urls"
    settings.ALLOWED_HOSTS = ["*"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
    import django

    django.setup()
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # for Content-Length
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def main(port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "bench.peers.ninja_scans:application", port=port, interface=Interfaces.WSGI, workers=1, blocking_threads=4,
        factory=True, websockets=False, log_enabled=False,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
