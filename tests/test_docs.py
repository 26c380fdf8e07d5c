"""What exists is documented, and what is documented exists. A failure names what to add, ready to paste."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from datetime import UTC, datetime

from lachan.gate.edge.app import SCANS
from lachan.gate.intake.app import BATCH, DECLARATIONS
from lachan.registry.accounts.roles import roles
from lachan.registry.audit.consumers import registered
from tests.documents import ROOT, addresses, commands, document, headings, rows, section, sources, texts

SETTING = re.compile(r"LACHAN_[A-Z_]+|DATABASE_URL")
NOT_SETTINGS = {"LACHAN_SUPERVISOR_PID", "LACHAN_GRANIAN_PID"}
"""Passed by the supervisor to its own children."""
FRONT = {DECLARATIONS, BATCH, SCANS, "/api/openapi.json", "/healthz", "/static/<file>"}
"""Answered by the front process itself, without Django."""
LINK = re.compile(r"""(?:\]\(|src=")(?!https?:|mailto:|#)([^)#\s"]+)(?:#[^)]*)?[)"]""")
NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)


def missing(kind: str, page: str, wanted: set[str], found: set[str]) -> str:
    lines = [f"docs/{page} lacks {kind}: {each}" for each in sorted(wanted - found)]
    lines += [
        f"docs/{page} speaks of {each}, which is no {kind.split()[-1]}" for each in sorted(found - wanted)
    ]
    return "\n".join(lines)


def settings_read() -> set[str]:
    """The environment variables that the product, its tests or its start script name."""
    found = {
        text
        for _, tree in sources("src", "tests", "bench")
        for text in texts(tree)
        if SETTING.fullmatch(text)
    }
    found |= set(re.findall(r"^export (LACHAN_\w+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    return found - NOT_SETTINGS


def test_every_setting_has_its_heading() -> None:
    known = {heading for heading in headings("settings.md") if SETTING.fullmatch(heading)}
    assert known == settings_read(), missing(
        "a heading ### for the setting", "settings.md", settings_read(), known
    )


def test_every_setting_says_what_it_does() -> None:
    silent = [name for name in settings_read() if len(section("settings.md", name).split()) < 4]
    assert not silent, f"docs/settings.md says nothing below {silent}"


def test_every_permission_has_its_heading() -> None:
    held = {permission for role in roles(NOW).values() for permission in role.permissions}
    known = {heading for heading in headings("permissions.md") if re.fullmatch(r"[a-z_]+\.[a-z_]+", heading)}
    assert known == held, missing("a heading ### for the permission", "permissions.md", held, known)


def test_every_address_is_listed_with_who_may_open_it() -> None:
    wanted = {(each.path, each.rule or "allauth") for each in addresses()} | {
        (path, "public") for path in FRONT
    }
    found = {(row[0], row[1]) for row in rows("addresses.md") if row[0].startswith("/")}
    says = {each.path: each.says for each in addresses()}
    add = [f"| `{path}` | {rule} | {says.get(path, '')} |" for path, rule in sorted(wanted - found)]
    gone = [f"{path} ({rule})" for path, rule in sorted(found - wanted)]
    assert not add and not gone, "\n".join(["docs/addresses.md, add:", *add, "and take out or mend:", *gone])


def tasks() -> set[str]:
    """Functions that are queued jobs of django-tasks: those under a decorator `@task`."""
    found = set()
    for _, tree in sources("src"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                marks = [ast.unparse(mark).partition("(")[0] for mark in node.decorator_list]
                found |= {node.name} if "task" in marks else set()
    return found


def test_every_background_job_has_its_heading() -> None:
    from lachan.web.serve.worker_process import DAILY, REGULAR

    wanted = {each.name for each in registered()} | tasks() | {name for name, _ in DAILY + REGULAR}
    known = {heading for heading in headings("jobs.md") if re.fullmatch(r"[a-z_.]+", heading)}
    assert known == wanted, missing("a heading ### for the job", "jobs.md", wanted, known)


def test_every_policy_file_has_its_heading() -> None:
    folder = ROOT / "src/lachan/policies"
    wanted = {
        str(path.relative_to(folder)) for kind in ("toml", "json") for path in folder.rglob(f"*.{kind}")
    }
    known = {heading for heading in headings("policies.md") if heading.endswith((".toml", ".json"))}
    assert known == wanted, missing("a heading ## for the policy", "policies.md", wanted, known)


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(one for each in project["optional-dependencies"].values() for one in each),
    ]
    package = json.loads((ROOT / "frontend/package.json").read_text(encoding="utf-8"))
    python = {re.split(r"[\[<>=;! ]", line)[0] for line in lines}
    return python | set(package.get("dependencies", {})) | set(package.get("devDependencies", {}))


def test_every_dependency_has_its_reason() -> None:
    reasons = {row[0]: row[-1] for row in rows("dependencies.md") if len(row) > 1 and row[0] != "package"}
    assert set(reasons) == dependencies(), missing(
        "a row | `name` | reason | for the dependency", "dependencies.md", dependencies(), set(reasons)
    )
    assert not [name for name, reason in reasons.items() if len(reason.split()) < 3], "a reason is a sentence"


def test_every_command_and_option_is_documented() -> None:
    wanted = {f"lachan {name}" for name in commands()}
    known = {heading for heading in headings("commands.md") if heading.startswith("lachan ")}
    assert known == wanted, missing("a heading ### for the command", "commands.md", wanted, known)
    lacking = [
        f"lachan {name}: {option}"
        for name, options in commands().items()
        for option in options
        if f"`{option}" not in section("commands.md", f"lachan {name}")
    ]
    assert not lacking, f"docs/commands.md doesn't explain {lacking}"


CALLED = re.compile(r"(?:`|bin/|&& |^ *)lachan ((?:[a-z][a-z0-9]*)(?: [a-z]+)?)", re.M)


def test_every_command_that_a_page_names_exists() -> None:
    known = set(commands()) | {name.partition(" ")[0] for name in commands()}
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").glob("*.service")]
    wrong = [
        f"{page.relative_to(ROOT)}: lachan {name}"
        for page in pages
        for name in CALLED.findall(page.read_text(encoding="utf-8"))
        if name not in known and name.partition(" ")[0] not in known
    ]
    assert not wrong, wrong


def test_the_example_of_settings_names_real_ones() -> None:
    lines = (ROOT / "deploy/lachan.env").read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if re.match(r"(# )?[A-Z_]+=", line)}
    assert named and not {name.removesuffix("_FILE") for name in named} - settings_read()


def test_every_make_target_is_in_the_contributors_guide() -> None:
    targets = re.findall(r"^([a-z0-9-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not [target for target in targets if f"make {target}" not in guide]


def test_no_link_between_documents_is_broken() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken, broken


def test_the_readers_of_documents_read() -> None:
    """The helpers above would pass everything if they found nothing."""
    assert len(settings_read()) > 15 and len(addresses()) > 60 and len(commands()) > 10
    assert "units load" in commands() and "--structure" in commands()["units load"]
    assert "LACHAN_DATA" in document("settings.md") and section("settings.md", "LACHAN_DATA")
