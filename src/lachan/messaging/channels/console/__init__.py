"""The console channel: messages go to a file in the data folder that the machine's operator can read.

It serves a demo and an installation that has no operator's link yet. The file is readable by its owner alone, because
it holds one-time codes; the log never does.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings

from lachan.messaging.channels import Outgoing, Receipt

KEEP_BYTES = 1_000_000


class ConsoleChannel:
    name = "console"

    def path(self) -> Path:
        return Path(settings.DATA) / "outbox.jsonl"

    def ready(self) -> str:
        return ""

    def send(self, message: Outgoing) -> Receipt:
        """Append one JSON line; the file starts anew past a megabyte."""
        path = self.path()
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = (
            os.O_WRONLY
            | os.O_CREAT
            | (os.O_TRUNC if path.exists() and path.stat().st_size > KEEP_BYTES else os.O_APPEND)
        )
        line = json.dumps(
            {"to": message.to, "body": message.body, "purpose": message.purpose}, ensure_ascii=False
        )
        with os.fdopen(os.open(path, mode, 0o600), "a", encoding="utf-8") as out:
            out.write(line + "\n")
        return Receipt("delivered", message.id)


CHANNEL = ConsoleChannel()
