"""The verification benchmark measures what it says, on a small run."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.documents import ROOT


def test_verify_measures_browser_and_python() -> None:
    command = [sys.executable, "-m", "lachan.web", "bench", "verify", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["browser"].startswith("Chromium")
    assert 0 < report["browser_median_ms"] <= report["browser_p95_ms"] < 1000
    assert 0 < report["python_rps"] < report["python_rps_card"] < report["python_bare_rps"]
    assert report["python_rps"] < report["python_rps_again"] < report["python_bare_rps"]
    # Two signatures are verified: a reader as quick as one would have left one out.
    assert report["python_ratio_to_bare"] <= 0.6
