"""Whether the kernels are compiled. They are plain loops: numba makes them a hundred times faster, and isn't needed to be right.

numba is imported by `compile_kernels` alone, by name, so that a process that serves pages never loads it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["compile_kernels", "compiled", "kernel"]

F = TypeVar("F", bound=Callable[..., Any])
_numba: Any = None


def kernel(function: F) -> F:
    """Mark a kernel: compiled when it is first called after `compile_kernels`, and kept on the disk between starts."""
    if _numba is None:
        return function
    made: F = _numba.njit(cache=True, nogil=True)(function)
    return made


def compiled() -> bool:
    """Whether this process runs compiled kernels."""
    return _numba is not None


def compile_kernels(cache: Path | None = None) -> bool:
    """Let this process compile; False when numba isn't installed. Call it before the first question, in one thread.

    `cache`: a writable folder for machine code, by default beside the kernels or in the user's own.
    """
    global _numba
    if _numba is None:
        try:
            numba = importlib.import_module("numba")
        except ImportError:
            return False
        if cache is not None:
            cache.mkdir(parents=True, exist_ok=True)
            numba.config.CACHE_DIR = str(cache)
        _numba = numba
        from lachan.outbreak.tracing.engine import kernels

        importlib.reload(kernels)
    return True


def interpret_kernels() -> None:
    """Go back to plain loops: for tests that compare the two."""
    global _numba
    _numba = None
    from lachan.outbreak.tracing.engine import kernels

    importlib.reload(kernels)
