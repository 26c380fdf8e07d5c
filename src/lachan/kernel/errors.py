"""How the kernel refuses input: a stable code and harmless parameters, no words.

The floors above turn a code into a sentence in the reader's language; the kernel translates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class KernelError(ValueError):
    """A refusal or a failure of the kernel.

    ``code`` is stable snake_case (``"cccd_length"``) and is also ``str(error)``. ``params`` fill in the
    sentence (a limit, a position) and never hold personal data, since they reach logs and error pages.
    ``field`` names the part of a larger input that was refused, when there is one.
    """

    code: str
    params: dict[str, object]
    field: str | None

    def __init__(
        self,
        code: str,
        /,
        params: Mapping[str, object] | None = None,
        *,
        field: str | None = None,
        **more: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = {**(params or {}), **more}
        self.field = field

    def at(self, field: str) -> Self:
        """Name the field that was refused, and return the same error, to be raised again."""
        self.field = field
        return self


class InvalidInput(KernelError):
    """Input from outside that can't be accepted; the person who typed or scanned it can mend it."""
