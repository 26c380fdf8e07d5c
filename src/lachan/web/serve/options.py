"""The options of `lachan serve`, as the supervisor hands them to its children."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KINDS = ("django", "front", "worker")
"""In the order in which they are started."""


@dataclass(frozen=True)
class Options:
    """`kinds`: the processes that run together; what /healthz expects. `fronts`: how many of the kind "front"."""

    host: str = "127.0.0.1"
    port: int = 8000
    cert: Path | None = None
    key: Path | None = None
    kinds: tuple[str, ...] = KINDS
    fronts: int = 1

    def arguments(self, kind: str) -> list[str]:
        """Command-line arguments of the child of that kind."""
        given = ["serve", "--only", kind, "--host", self.host, "--port", str(self.port)]
        if self.cert and self.key:
            given += ["--cert", str(self.cert), "--key", str(self.key)]
        return given + [f"--beside={each}" for each in self.kinds if each not in ("front", kind)]

    def children(self) -> list[str]:
        """The kind of each process to start, in order."""
        return [kind for kind in self.kinds for _ in range(self.fronts if kind == "front" else 1)]
