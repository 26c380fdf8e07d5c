"""A checkpoint with its devices: the shift's page in the staff pages, phones with a camera each, and what the province holds."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import zxingcpp
from PIL import Image

from tests.e2e import steps
from tests.e2e.film import Film
from tests.e2e.product import ROOT, Product
from tests.e2e.road import Road
from tests.e2e.test_declare import rows

SLOW = 30_000
"""Milliseconds that a busy machine may need."""
CLOCK = """(() => {
  const key = 'test-clock', Real = Date, ahead = () => Number(localStorage.getItem(key) || 0);
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead()); }
    static now() { return Real.now() + ahead(); }
  };
  globalThis.setClock = (ms) => localStorage.setItem(key, ms);
})()"""
"""The page's clock, which a test can set ahead or back; it stays so over a restart, as a phone's would."""
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('lachan-gate');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const base = opening.result, of = base.transaction(['state', 'entries', 'drafts', 'declarations']);
    const log = of.objectStore('state').get('log'), device = of.objectStore('state').get('device');
    const entries = of.objectStore('entries').getAll(), drafts = of.objectStore('drafts').getAllKeys();
    const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    of.oncomplete = () => {
      base.close();
      resolve({
        device: device.result.id, revoked: device.result.revoked, log: log.result.log, next: log.result.next, head: hex(log.result.head),
        acked: log.result.acked, drafts: drafts.result, waiting: entries.result.filter((row) => row.acked === 0).length,
        ids: entries.result.filter((row) => row.log === log.result.log).sort((a, b) => a.seq - b.seq).map((row) => row.id),
      });
    };
  };
})"""


class Post:
    """A shift at a checkpoint, as its supervisor sees it."""

    def __init__(self, page: Any, product: Product) -> None:
        self.page = page
        self.product = product
        self.place = rows(
            product,
            "select code from places_place where kind='checkpoint' and status='active' order by code limit 1",
        )[0][0]
        steps.sign_in(page, "quantri")

    def shift(self, name: str) -> None:
        """Open one; its page is up afterwards."""
        self.page.goto("/cb/chot/ca/moi/")
        self.page.fill("[name=place]", self.place)
        self.page.fill("[name=name]", name)
        self.page.get_by_role("button", name="Lập ca").click()
        self.page.wait_for_url("**/cb/chot/ca/0*/**")
        self.url = self.page.url

    def code(self) -> str:
        """A fresh enrolment address, read from the drawing on the screen."""
        self.page.goto(self.url)
        self.page.locator("#enrol button[type=submit]").first.click()
        drawing = self.page.locator("[data-testid=enrol-code] svg")
        drawing.wait_for()
        picture = Image.open(io.BytesIO(drawing.screenshot()))
        [found] = zxingcpp.read_barcodes(picture.resize((picture.width * 2, picture.height * 2)))
        return str(found.text)


class Gate:
    """An officer's phone: a browser with a profile of its own, a camera that shows a film, and a road to the province."""

    def __init__(self, engine: Any, folder: Path, product: Product, options: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.product = product
        self.road = Road(product.url)
        self.film = Film(folder / "camera.y4m")
        self.profile = folder / "profile"
        self.faults: list[str] = []
        self._since = 0
        self._engine, self._options = engine, options
        self.context: Any = None
        self.page: Any = None

    def start(self, address: str = "/quet/") -> Any:
        """Open the scanner, in a browser that starts if none runs."""
        if self.context is None:
            self.context = self._engine.launch(
                self.profile, self.film.flags, {**self._options, "base_url": self.road.url}
            )
            self.context.add_init_script(CLOCK)
            self.page = self.context.pages[0]
        else:
            self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(address)
        return self.page

    def enrol(self, address: str, name: str = "Máy 1") -> None:
        """By the address in the code of a shift's page."""
        self.start("/quet/" + "#" + address.partition("#")[2])
        self.page.fill("[data-testid=enrol-name]", name)
        self.page.click("[data-testid=enrol-go]")
        self.wait_for_camera()

    def wait_for_camera(self) -> None:
        self.page.locator(".g-camera[data-camera=looking]").wait_for(timeout=SLOW)

    def wait_for_worker(self) -> None:
        """Until the page could start without a network."""
        self.page.wait_for_function(
            "async () => { const all = await caches.keys(); for (const name of all) { const cache = await caches.open(name);"
            " const held = (await cache.keys()).map(({url}) => url).join(' ');"
            " if (held.includes('/quet/vo/') && held.includes('.wasm') && held.includes('scanner-')) return true; } return false; }",
            timeout=SLOW,
        )

    # One phone for many tests

    def fresh(self) -> None:
        """As it was before the test before: a whole road, nothing in view, no decision, nothing that waits."""
        self.heal()
        self.page.goto("/quet/")
        self.wait_for_camera()
        self.page.wait_for_function("!document.querySelector('[data-testid^=bundle-]')", timeout=SLOW)
        self.wait_unsent(0)
        kept = self._all_kept()
        assert not kept["drafts"] and not kept["waiting"] and not kept["revoked"]
        self._since = len(kept["ids"])

    def heal(self) -> None:
        """Everything that a test may have broken around the phone."""
        road = self.road
        road.down = False
        for each in (road.busy, road.losing, road.changed, road.calls):
            each.clear()
        self.film.clear()
        if self.context is None:
            self.start()
        for page in [each for each in self.context.pages if each is not self.page]:
            page.close()
        self.context.set_offline(False)
        self.page.evaluate("localStorage.removeItem('test-clock')")

    # Scanning

    def hold_up(self, text: str, **how: Any) -> None:
        self.film.show(text, **how)

    def scan(self, text: str, **how: Any) -> Any:
        """Hold up a code until a decision about a new scan stands, then put it away. Gives the decision's element."""
        before = self.decided()
        self.film.show(text, **how)
        found = self.page.locator(f"[data-testid=decision]:not([data-scan='{before}'])")
        found.wait_for(timeout=SLOW)
        self.film.clear()
        return self.page.locator("[data-testid=decision]")

    def decided(self) -> str:
        """The scan whose decision stands; "" if none does."""
        there = self.page.locator("[data-testid=decision]")
        return str(there.get_attribute("data-scan")) if there.count() else ""

    def result(self) -> str:
        return str(self.page.locator("[data-testid=decision]").get_attribute("data-result"))

    def next(self, outcome: str = "turned_back") -> None:
        """To the next person; who isn't let through gets an outcome."""
        self.page.locator("[data-testid=next], [data-testid=next-outcome]").first.click()
        if self.page.locator("[data-testid=sheet-outcome]").count():
            self.page.click(f"[data-testid=outcome-{outcome}]")
        self.page.locator("[data-testid=decision]").wait_for(state="detached", timeout=SLOW)

    def unsent(self) -> int:
        return int(self.page.locator("[data-testid=unsent]").get_attribute("data-unsent"))

    def wait_unsent(self, count: int, seconds: float = 60) -> None:
        self.page.locator(f"[data-testid=unsent][data-unsent='{count}']").wait_for(timeout=seconds * 1000)

    def send_now(self) -> None:
        self.page.click("[data-testid=nav-about]")
        self.page.click("[data-testid=send-now]")

    def to_scan(self) -> None:
        self.page.click("[data-testid=nav-scan]")
        self.wait_for_camera()

    # The device

    def kept(self) -> dict[str, Any]:
        """What this device has on its disk; of the ids those of this test."""
        found = self._all_kept()
        return {**found, "ids": found["ids"][self._since :]}

    def _all_kept(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(KEPT)
        return found

    def set_clock(self, ahead: timedelta) -> None:
        """Set the phone's clock so far ahead of the right time."""
        self.page.evaluate("ms => setClock(ms)", ahead.total_seconds() * 1000)

    def kill(self) -> None:
        """The battery is out: every process of the browser ends at once."""
        found = [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and _profile_of(entry, self.profile)
        ]
        assert found, "no browser to kill"
        for pid in found:
            for each in (pid, *_below(pid)):
                try:
                    os.kill(each, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self._engine.forget(self.context)
        self.context = self.page = None

    def close(self) -> None:
        if self.context is not None:
            self._engine.forget(self.context)
            self.context = None
        self.road.close()

    # The province

    def at_province(self) -> list[tuple[Any, ...]]:
        """Scans of this device and this test there, by number: (id, how, result, outcome, seq)."""
        device = self.kept()["device"].replace("-", "")
        found = rows(
            self.product,
            "select id, how, result, outcome, seq from checkpoints_scan where device=? order by log, seq",
            device,
        )
        return [(str(UUID(id)), *rest) for id, *rest in found[self._since :]]

    def columns(self, *names: str) -> list[tuple[Any, ...]]:
        """Columns of the scans of this device and this test there, by number."""
        query = f"select {', '.join(names)} from checkpoints_scan where device=? order by log, seq"
        return rows(self.product, query, self.kept()["device"].replace("-", ""))[self._since :]

    def compare(self) -> dict[str, Any]:
        """Everything is at the province exactly once, in order, and the chains end alike. Gives what the device has;
        of the ids those of this test."""
        mine = self._all_kept()
        [(following, head)] = rows(
            self.product,
            "select next_seq, head from checkpoints_devicelog where id=?",
            mine["log"].replace("-", ""),
        )
        there = rows(
            self.product,
            "select id from checkpoints_scan where log=? order by seq",
            mine["log"].replace("-", ""),
        )
        assert [str(UUID(id)) for (id,) in there] == mine["ids"]
        assert (following, bytes(head).hex()) == (mine["next"], mine["head"])
        assert not mine["drafts"] and mine["waiting"] == 0 and mine["acked"] == mine["next"]
        return {**mine, "ids": mine["ids"][self._since :]}


def _profile_of(entry: Path, profile: Path) -> bool:
    try:
        parts = (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"--user-data-dir={profile}".encode() in parts and not any(
        part.startswith(b"--type=") for part in parts
    )


def _below(pid: int) -> list[int]:
    """Processes that it started, and theirs."""
    try:
        own = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*own, *(each for child in own for each in _below(child))]


def at_province(product: Product, code: str) -> str:
    """Run code in a process of the installation, as an operator would in its shell; what it prints."""
    environment = {
        **os.environ,
        "LACHAN_DATA": str(product.data),
        "DJANGO_SETTINGS_MODULE": "lachan.web.settings",
    }
    environment.pop("LACHAN_TEST_DATA", None)
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", f"from lachan.web.cli import setup; setup()\n{code}"],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def until(true: Any, seconds: float = 30) -> Any:
    """What `true()` gives once it gives something."""
    end = time.monotonic() + seconds
    while True:
        found = true()
        if found or time.monotonic() > end:
            assert found
            return found
        time.sleep(0.2)
