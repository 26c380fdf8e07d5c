"""The examples in deploy/ do what the runbooks say of them."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path

from lachan.web.paths import ROOT


def test_the_command_runs_with_the_settings_of_the_service(tmp_path: Path) -> None:
    """From another folder, with words that hold spaces, and with the exit code of the command."""
    settings, program = tmp_path / "lachan.env", tmp_path / "program"
    settings.write_text((ROOT / "deploy/lachan.env").read_text(encoding="utf-8"), encoding="utf-8")
    program.write_text('#!/bin/sh\necho "$LACHAN_DATA|$LACHAN_PROVINCE|$2"\nexit 3\n', encoding="utf-8")
    program.chmod(0o755)
    script = (ROOT / "deploy/lachan").read_text(encoding="utf-8")
    for kept, ours in (
        ("/etc/lachan/lachan.env", str(settings)),
        ("/opt/lachan/.venv/bin/lachan", str(program)),
        ("= lachan ]", f"= {getpass.getuser()} ]"),
    ):
        assert kept in script
        script = script.replace(kept, ours)
    done = subprocess.run(
        ["sh", "-c", script, "lachan", "user", "Nguyễn Văn An"], cwd="/", env={"PATH": "/usr/bin:/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("/var/lib/lachan|56|Nguyễn Văn An\n", 3), done.stderr
