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
    for key in (
        "python_rps",
        "python_rps_again",
        "python_rps_card",
        "python_bare_rps",
        "python_ratio_to_bare",
    ):
        assert report[key] > 0, key  # how fast is the benchmark's to say, and no test's
