"""The order of the floors where import-linter can't see it: relations, migrations, names of models, templates, addresses.

The order itself is read from import-linter's contracts in pyproject.toml.
"""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.urls import get_resolver

from tests.documents import PACKAGE, ROOT, parsed

EXTENDS = re.compile(r"{%-?\s*(?:extends|include)\s+[\"']([^\"']+)[\"']")
NAMED = re.compile(r"{%-?\s*url\s+[\"']([a-z_]+):")
FINDERS = {"reverse", "reverse_lazy", "redirect", "resolve_url"}


@lru_cache(maxsize=1)
def order() -> dict[str, list[list[str]]]:
    """{container: [[modules of the topmost layer], …]} of the layers contracts."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    found = {}
    for contract in contracts["contracts"]:
        if contract["type"] == "layers":
            layers = [[re.sub(r"[() ]", "", one) for one in line.split("|")] for line in contract["layers"]]
            found.update(dict.fromkeys(contract["containers"], layers))
    return found


def allowed(upper: str, lower: str) -> bool:
    """Whether a module may lean on another: lower floor, or the same module. Both are dotted below `lachan.`."""
    container = "lachan"
    for above, below in zip(upper.split("."), lower.split("."), strict=False):
        if above != below:
            places = order().get(container)
            return places is None or _place(places, above) < _place(places, below)
        container = f"{container}.{above}"
    return True


def _place(layers: list[list[str]], name: str) -> int:
    for number, layer in enumerate(layers):
        if name in layer:
            return number
    raise AssertionError(f"{name} stands on no floor of pyproject.toml")


def module_of(path: Path) -> str:
    """`registry.places` for a file of that app."""
    parts = path.resolve().relative_to(PACKAGE).parts
    wings = {container.removeprefix("lachan.") for container in order()}
    return ".".join(parts[:2]) if parts[0] in wings else parts[0]


def app_module(label: str) -> str | None:
    """The same for an app's label; None for another library's app."""
    name = apps.get_app_config(label).name
    return name.removeprefix("lachan.") if name.startswith("lachan.") else None


def broken(pairs: Iterator[tuple[str, str, str]]) -> list[str]:
    return sorted(
        {f"{where}: {upper} → {lower}" for where, upper, lower in pairs if not allowed(upper, lower)}
    )


def test_the_order_is_read() -> None:
    assert allowed("web", "kernel") and allowed("gate.intake", "gate.declarations")
    assert allowed("registry.accounts", "registry.places") and allowed("base", "base")
    assert not allowed("kernel", "base") and not allowed("registry.audit", "registry.units")
    assert not allowed("registry.places", "registry.people") and not allowed("messaging", "portal")


def relations() -> Iterator[tuple[str, str, str]]:
    for model in apps.get_models():
        upper = app_module(model._meta.app_label)
        for field in model._meta.get_fields(include_hidden=False):
            if upper and field.is_relation and field.concrete and field.related_model:
                lower = app_module(field.related_model._meta.app_label)
                if lower:
                    yield f"{model.__name__}.{field.name}", upper, lower


def test_relations_point_down() -> None:
    assert list(relations())
    assert not broken(relations())


def migrations() -> Iterator[tuple[str, str, str]]:
    for path in sorted(PACKAGE.rglob("migrations/0*.py")):
        name = ".".join(("lachan", *path.relative_to(PACKAGE).with_suffix("").parts))
        for dependency in importlib.import_module(name).Migration.dependencies:
            lower = app_module(dependency[0]) if dependency[0] != "__setting__" else None
            if lower:
                yield str(path.relative_to(PACKAGE)), module_of(path), lower


def test_migrations_depend_downwards() -> None:
    assert len(list(PACKAGE.rglob("migrations/0*.py"))) > 5
    assert not broken(migrations())


def python_files() -> Iterator[Path]:
    return (path for path in sorted(PACKAGE.rglob("*.py")) if not {"tests", "migrations"} & set(path.parts))


def calls(path: Path, names: set[str]) -> Iterator[str]:
    """The first literal argument of calls to these functions."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if called in names and isinstance(node.args[0].value, str):
                yield node.args[0].value


def named_models() -> Iterator[tuple[str, str, str]]:
    labels = {config.label for config in apps.get_app_configs()}
    for path in python_files():
        for text in calls(path, {"get_model", "get_app_config"}):
            label = text.partition(".")[0]
            lower = app_module(label) if label in labels else None
            if lower:
                yield str(path.relative_to(PACKAGE)), module_of(path), lower


def test_models_are_named_downwards() -> None:
    assert not broken(named_models())


def owners() -> dict[str, str]:
    """Which module a namespace of addresses belongs to."""
    found = {}
    for namespace, (_, resolver) in get_resolver().namespace_dict.items():
        name = getattr(resolver.urlconf_module, "__name__", "")
        if name.startswith("lachan."):
            found[namespace] = module_of(PACKAGE / Path(*name.split(".")[1:]))
    return found


def templates() -> Iterator[Path]:
    return (path for path in sorted(PACKAGE.rglob("*.html")) if "templates" in path.parts)


def included() -> Iterator[tuple[str, str, str]]:
    for path in templates():
        for name in EXTENDS.findall(path.read_text(encoding="utf-8")):
            origin = Path(get_template(name).origin.name)
            if origin.is_relative_to(PACKAGE):
                yield str(path.relative_to(PACKAGE)), module_of(path), module_of(origin)


def test_templates_take_from_below() -> None:
    assert list(included())
    assert not broken(included())


def linked() -> Iterator[tuple[str, str, str]]:
    known = owners()
    for path in templates():
        for namespace in NAMED.findall(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(PACKAGE)), module_of(path), known[namespace]
    for path in python_files():
        for name in calls(path, FINDERS):
            if ":" in name and name.partition(":")[0] in known:
                yield str(path.relative_to(PACKAGE)), module_of(path), known[name.partition(":")[0]]


def test_addresses_are_named_downwards() -> None:
    assert list(linked())
    assert not broken(linked()), (
        "a page links only to its own floor and below; the floor above registers itself"
    )


@pytest.mark.parametrize("name", ["lachan.web.serve.worker_process", "lachan.gate.declarations.models"])
def test_a_file_knows_its_module(name: str) -> None:
    path = PACKAGE / Path(*name.split(".")[1:]).with_suffix(".py")
    assert module_of(path) in name
