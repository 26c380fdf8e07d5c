"""The worker's round: messages go out, and the night's work is done once a night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lachan.base import period_keys
from lachan.base.models import PeriodKey
from lachan.gate.declarations.services import retention
from lachan.kernel.clock import FixedClock
from lachan.messaging import services as messaging
from lachan.messaging.models import Message
from lachan.registry.audit.models import Event, EventSeal
from lachan.web.serve import worker_process
from lachan.web.serve.worker_process import Worker

pytestmark = pytest.mark.django_db
EVENING = datetime(2021, 7, 22, 15, 0, tzinfo=UTC)  # ten in the evening in Vietnam


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction lives in the connection that a round would look after."""
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)


def nights() -> int:
    return Event.objects.filter(kind="retention.run").count()


def test_a_round_seals_and_sends() -> None:
    messaging.queue(
        "+84905123456",
        "Mã của bạn là 123456.",
        purpose="one_time_code",
        lane=Message.Lane.URGENT,
        now=EVENING,
    )
    Worker(clock=FixedClock(EVENING)).once()
    assert Message.objects.get().state == Message.State.DELIVERED
    assert EventSeal.objects.exists()


def test_the_night_is_worked_once() -> None:
    worker = Worker(clock=FixedClock(EVENING))
    worker.once()
    worker.once()
    assert nights() == 1
    Worker(clock=FixedClock(EVENING + timedelta(hours=1))).once()  # a restart in the same night
    assert nights() == 1
    Worker(clock=FixedClock(EVENING + timedelta(hours=3, minutes=59))).once()  # 01:59
    assert nights() == 1
    Worker(clock=FixedClock(EVENING + timedelta(hours=4))).once()  # 02:00
    assert nights() == 2


def test_a_clock_that_leapt_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    pruned: list[datetime] = []
    monkeypatch.setattr("lachan.web.ops.backup.prune", pruned.append)
    Worker(clock=FixedClock(EVENING)).once()
    period_keys.data_key("2021-07", EVENING)
    wrong = EVENING + timedelta(days=3652)
    Worker(clock=FixedClock(wrong)).once()
    assert nights() == 1 and pruned == [EVENING]
    assert PeriodKey.objects.filter(period="2021-07").exists()
    retention.purge(wrong)  # an operator who has looked at the clock
    assert nights() == 2 and not PeriodKey.objects.filter(period="2021-07").exists()
    Worker(clock=FixedClock(wrong + timedelta(days=1))).once()
    assert nights() == 3 and len(pruned) == 2


def test_a_task_that_fails_does_not_hold_up_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def broken(now: datetime) -> None:
        raise OSError("disk")

    tasks = [("first", broken), ("second", lambda now: done.append("second"))]
    monkeypatch.setattr(worker_process, "DAILY", tasks)
    Worker(clock=FixedClock(EVENING)).once()
    assert done == ["second"]
