"""Ground for benchmarks and crash tests: a throw-away installation, processes of the real `lachan serve`, bodies."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
UNLIMITED = {
    "LACHAN_INTAKE_DEVICE_RATE": "0", "LACHAN_INTAKE_PLACE_RATE": "0", "LACHAN_INTAKE_ADDRESS_RATE": "0",
    "LACHAN_EDGE_DEVICE_RATE": "0",
    "LACHAN_LOG": "WARNING",
}  # fmt: skip
PLACE = "BENCH001"

PREPARE = """
from lachan.web.cli.run import make_keys_first
make_keys_first()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
from datetime import UTC, date, datetime
from lachan.kernel.ids import uuid7
from lachan.registry.places.models import Place
from lachan.registry.units.models import Unit
from lachan.gate.declarations.models import AreaLevel
from bench.ground import PLACE, communes
start, now = date(2020, 1, 1), datetime(2020, 1, 2, tzinfo=UTC)
def unit(path, level):
    code = path.rstrip("/").rpartition("/")[2]
    return Unit(path=path, code=code, level=level, structure="2021", name=code, full_name=code, folded=code, valid_from=start)
paths = communes()
districts = sorted({path[:7] for path in paths})
Unit.objects.bulk_create([unit("56/", 1), *(unit(path, 2) for path in districts), *(unit(path, 3) for path in paths)])
Place.objects.create(id=uuid7(), code=PLACE, kind="office", name="Bench", folded="bench", unit=paths[0], seed=bytes(16), created_at=now)
AreaLevel.objects.create(unit=districts[0], level=3, document="bench", valid_from=now)
"""


def communes() -> list[str]:
    """139 communes in nine districts, as the province had in 2021; the codes are made up."""
    return [f"56/{568 + i % 9}/{22300 + 3 * i}/" for i in range(139)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """A data folder with keys, tables, communes and one place, in SQLite or in the database of `url`."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = url
        self.environment = {
            **os.environ, **UNLIMITED, "LACHAN_DATA": str(folder), "DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "LACHAN_PUBLIC_URL": "http://127.0.0.1:8000", "LACHAN_DEMO": "0", "DJANGO_SETTINGS_MODULE": "lachan.web.settings",
        }  # fmt: skip
        self.environment.pop("LACHAN_KEYS", None)

    def python(self, code: str) -> str:
        """Run code in a process of this installation; its output."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        return done.stdout

    def prepare(self) -> None:
        self.python(PREPARE)

    def start(self, *command: str, log: Path | None = None) -> subprocess.Popen[bytes]:
        """A process in a session of its own; `command` after `python -m`."""
        with (log or self.folder / "log.txt").open("ab") as target:
            return subprocess.Popen(
                [sys.executable, "-m", *command], env=self.environment, cwd=ROOT, start_new_session=True,
                stdout=target, stderr=target,
            )  # fmt: skip

    def serve(self, port: int, *options: str) -> subprocess.Popen[bytes]:
        return self.start("lachan.web", "serve", "--port", str(port), *options)


@contextmanager
def installation(url: str = "") -> Iterator[Installation]:
    """One that is deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lachan-bench-"))
    try:
        made = Installation(folder, url)
        made.prepare()
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(fsync: bool = True) -> Iterator[str]:
    """A throw-away server that really syncs its log, as a durable benchmark needs."""
    from tests.postgres import throwaway_postgres

    with throwaway_postgres(fsync=fsync) as url:
        yield url


def wait_ready(url: str, process: subprocess.Popen[bytes] | None = None, seconds: float = 30) -> None:
    """Until the address answers, with no server error."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{url}: the process ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            time.sleep(0.05)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} doesn't answer")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Politely, then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def cpu_seconds(pid: int) -> float:
    """What a process and those below it have used so far; 0 where there is no /proc. Says what work costs on a busy machine."""
    try:
        used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        below = [
            child
            for task in Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()
        ]
    except OSError:
        return 0.0
    own = (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(int(child)) for child in below)


FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLE = ("Văn", "Thị", "Ngọc", "Minh", "Thanh", "Quốc", "Hữu", "Thu")
GIVEN = (
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Giang",
    "Hạnh",
    "Khánh",
    "Linh",
    "Mai",
    "Nam",
    "Phúc",
    "Quỳnh",
    "Sơn",
    "Thảo",
)


def days_ago(days: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


def answers(chance: random.Random, paths: list[str]) -> dict[str, Any]:
    """The 30 answers of one domestic declaration; one in eight has a symptom."""
    ill = chance.random() < 0.125
    woman, year = chance.random() < 0.5, chance.randint(1940, 1999)
    path = chance.choice(paths)
    return {
        "for_other": False,
        "name": f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}",
        "birth": f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
        "sex": "female" if woman else "male",
        "nationality": "VN",
        "national_id": f"056{1 if woman else 0}{year % 100:02d}{chance.randrange(10**6):06d}",
        "phone": f"09{chance.choice('0134678')}{chance.randrange(10**7):07d}",
        "email": "",
        "residence": path,
        "address": f"{chance.randint(1, 400)} Trần Phú",
        "destination_place": "Chợ Đầm",
        "no_symptoms": not ill,
        **(
            {"fever": True, "cough": False, "breathless": False, "sore_throat": True, "pneumonia": False}
            if ill
            else {}
        ),
        "no_contact": True,
        "places_visited": "Chợ Đầm, Bệnh viện Đa khoa tỉnh",
        "visited_units": [path],
        "chronic": True,
        "chronic_detail": "Tăng huyết áp",
        "doses": 2,
        "last_dose_date": days_ago(40),
        "recovered": True,
        "recovery_date": days_ago(100),
        "test_result": "negative",
        "test_kind": "antigen",
        "test_date": days_ago(2),
        "pledge": True,
        **({"pregnant": False} if woman else {}),
        "insurance": "",
    }


def bodies(count: int, seed: int, *, place: str = PLACE) -> Iterator[bytes]:
    """JSON bodies of distinct declarations of distinct people, made now."""
    from lachan.kernel.ids import uuid7

    chance, paths = random.Random(seed), communes()
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for _ in range(count):
        said = {
            "id": str(uuid7()), "form": "domestic", "place": place, "answers": answers(chance, paths),
            "occurred_at": moment, "lang": "vi", "channel": "page", "device": f"d{chance.randrange(10**9)}",
        }  # fmt: skip
        yield json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
