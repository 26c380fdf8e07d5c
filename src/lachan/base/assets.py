"""The built front end: which hashed files belong to a Vite entry, from the manifest that the build leaves.

Without a build (tests, a fresh checkout) nothing is emitted and pages still read, unstyled.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

BASE = "/static/build/"
BLOCKING = frozenset({"theme"})  # runs before the first paint, so that a dark page doesn't flash white
Manifest = dict[str, dict[str, Any]]


@lru_cache(maxsize=1)
def manifest_path() -> Path:
    return Path(settings.PACKAGE) / "web" / "static" / "build" / "manifest.json"


def manifest() -> Manifest:
    """The manifest, read again only when the file has changed; empty without a build."""
    path = manifest_path()
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=2)
def _read(path: str, _stamp: int) -> Manifest:
    loaded: Manifest = json.loads(Path(path).read_text(encoding="utf-8"))
    return loaded


def url_of(key: str) -> str:
    """The hashed address of an asset by its key in the manifest ("icons.svg"); empty if it isn't built."""
    chunk = manifest().get(key)
    return BASE + chunk["file"] if chunk else ""


def entry_of(chunks: Manifest, name: str) -> dict[str, Any] | None:
    return next(
        (chunk for chunk in chunks.values() if chunk.get("isEntry") and chunk.get("name") == name), None
    )


def _imports(chunks: Manifest, chunk: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunk's static imports, deepest first, each once."""
    found: list[dict[str, Any]] = []
    for key in chunk.get("imports", []):
        for each in [*_imports(chunks, chunks[key]), chunks[key]]:
            if each not in found:
                found.append(each)
    return found


def files_of(name: str) -> tuple[list[str], list[str], list[str]]:
    """(style sheets, scripts to preload, scripts) of an entry, as file names in the build folder."""
    chunks = manifest()
    chunk = entry_of(chunks, name)
    if chunk is None:
        return [], [], []
    before = _imports(chunks, chunk)
    styles = [css for each in [*before, chunk] for css in each.get("css", [])]
    if chunk["file"].endswith(".css"):
        return [*styles, chunk["file"]], [], []
    return list(dict.fromkeys(styles)), [each["file"] for each in before], [chunk["file"]]


def tags(name: str) -> SafeString:
    """The HTML that loads an entry: style sheets, module preloads, the script."""
    styles, preloads, scripts = files_of(name)
    script = (
        '<script src="{}"></script>\n' if name in BLOCKING else '<script type="module" src="{}"></script>\n'
    )
    return mark_safe(  # noqa: S308 (joined from escaped parts)
        _each('<link rel="stylesheet" href="{}">\n', styles)
        + _each('<link rel="modulepreload" href="{}">\n', preloads)
        + _each(script, scripts)
    )


def _each(markup: str, files: list[str]) -> str:
    return format_html_join("", markup, ((BASE + file,) for file in files))


def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """A Tabler icon from the sprite. Without a label it is decoration and hidden from screen readers."""
    return _drawn(f"{url_of('icons.svg')}#{name}", classes, str(label))


@lru_cache(maxsize=1024)
def _drawn(href: str, classes: str, label: str) -> SafeString:
    """A page shows the same few icons many times."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="lc-icon {}" {} focusable="false"><use href="{}"></use></svg>', classes, spoken, href
    )
