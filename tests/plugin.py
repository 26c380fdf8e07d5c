"""Loaded before Django's settings: throw-away data folder, keys, and the store that LACHAN_TEST_STORE names."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "LACHAN_TEST_DATA" not in os.environ:
    _scratch = tempfile.mkdtemp(prefix="lachan-test-")
    os.environ["LACHAN_TEST_DATA"] = _scratch
    atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.environ["LACHAN_DATA"] = os.environ["LACHAN_TEST_DATA"]

if os.environ.get("LACHAN_TEST_STORE") == "postgres" and "DATABASE_URL" not in os.environ:
    from tests.postgres import start_for_session

    os.environ["DATABASE_URL"] = start_for_session()
