"""What the code says of itself, read for the tests that compare it with the documents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/lachan"
DOCS = ROOT / "docs"
CONVERTER = re.compile(r"<\w+:")


@lru_cache(maxsize=64)
def document(name: str) -> str:
    """A page of docs/; a missing one is the empty page, so that the test says what belongs into it."""
    path = DOCS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def headings(name: str) -> set[str]:
    """Every heading of a page, without its code marks."""
    return {
        line.lstrip("#").strip().replace("`", "")
        for line in document(name).splitlines()
        if line.startswith("#")
    }


def section(name: str, heading: str) -> str:
    """The text below one heading, up to the next heading of any level."""
    found = re.search(rf"^#+ `?{re.escape(heading)}`?\s*\n(.*?)(?=^#|\Z)", document(name), re.M | re.S)
    return found.group(1) if found else ""


def rows(name: str) -> list[tuple[str, ...]]:
    """The cells of every table row of a page, code marks taken off."""
    lines = [line for line in document(name).splitlines() if line.startswith("| ") and "---" not in line]
    return [tuple(cell.strip().strip("`") for cell in line.strip("|").split(" | ")) for line in lines]


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file below the given folders of the project, parsed."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, parsed(path)


@lru_cache(maxsize=2048)
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@dataclass(frozen=True, order=True)
class Address:
    """A pattern of the URL configuration. `rule`: a permission, "public" or "signed-in"; "" where a library has its own."""

    path: str
    rule: str
    says: str


def addresses() -> list[Address]:
    """Every address that Django serves."""
    from django.urls import get_resolver

    return sorted(set(_walk(get_resolver(), "/")))


def _walk(resolver: Any, prefix: str) -> Iterator[Address]:
    from lachan.base.access import rule_of

    for entry in resolver.url_patterns:
        path = prefix + spelled(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, path)
        else:
            first = (entry.callback.__doc__ or "").strip().partition("\n")[0]
            ours = entry.callback.__module__.startswith("lachan")
            yield Address(path, rule_of(entry.callback) or "", first if ours else "allauth")


def spelled(pattern: Any) -> str:
    """A pattern the way the page of addresses writes it: parameters as <name>, nothing of regular expressions."""
    from django.contrib.admindocs.views import simplify_regex

    if hasattr(pattern, "_route"):
        return CONVERTER.sub("<", str(pattern))
    return str(simplify_regex(str(pattern))).lstrip("/").replace("\\", "")


def commands() -> dict[str, list[str]]:
    """Every command of the command line with its options: {"keys rotate": ["--x"]}."""
    from lachan.web.cli import parser

    return dict(_commands(parser(), ""))


def _commands(parser: Any, prefix: str) -> Iterator[tuple[str, list[str]]]:
    import argparse

    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in inner:
        for name, child in action.choices.items():
            yield from _commands(child, f"{prefix} {name}".strip())
    if not inner:
        shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
        yield (
            prefix,
            [name for action in shown for name in action.option_strings if name not in ("-h", "--help")],
        )
