from __future__ import annotations

import re
from pathlib import Path

from lachan.registry.accounts.roles import all_permissions, roles
from lachan.registry.accounts.tests.conftest import NOW

DOC = (Path(__file__).resolve().parents[5] / "docs" / "permissions.md").read_text(encoding="utf-8")


def test_every_permission_has_its_heading() -> None:
    assert re.findall(r"^### (\S+)$", DOC, re.M) == list(dict.fromkeys(re.findall(r"^### (\S+)$", DOC, re.M)))
    assert set(re.findall(r"^### (\S+)$", DOC, re.M)) == all_permissions(NOW)


def test_every_role_stands_in_the_table_with_its_titles() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?)(?: \(.*\))? \| (.+?) \|$", DOC, re.M)
    assert rows == [(role.name, role.en, role.vi) for role in roles(NOW).values()]
