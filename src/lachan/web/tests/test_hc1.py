"""`lachan hc1`: what it took of a list of certificates, in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lachan.kernel.tests.hc1_writer import Issuer
from lachan.web.cli import hc1


@pytest.mark.django_db
def test_the_command_says_what_it_took(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hc1, "setup", lambda: None)
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps([Issuer.make("ES256").base64, "x"]))
    hc1.run(type("A", (), {"file": file})())  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "Taken: 1 keys" in said and "certificate 2" in said
    with pytest.raises(SystemExit, match="Nothing was taken"):
        hc1.run(type("A", (), {"file": tmp_path / "none"})())  # type: ignore[arg-type]
