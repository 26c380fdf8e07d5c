from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from lachan.messaging import channels, services
from lachan.messaging.models import Message

pytestmark = pytest.mark.django_db
PHONE = "+84905123456"


@pytest.fixture(autouse=True)
def _data(tmp_path, settings):
    settings.DATA = tmp_path
    settings.MESSAGING_CHANNEL = "console"


def outbox() -> list[dict[str, str]]:
    path = settings.DATA / "outbox.jsonl"
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def test_urgent_goes_before_bulk_and_each_goes_once(now):
    services.queue(PHONE, "chậm", purpose="notice", lane=Message.Lane.BULK, now=now)
    services.queue(PHONE, "mã 123456", purpose="code", lane=Message.Lane.URGENT, now=now)
    assert services.deliver_waiting(now) == 2
    assert services.deliver_waiting(now) == 0
    assert [message["body"] for message in outbox()] == ["mã 123456", "chậm"]
    assert set(Message.objects.values_list("state", flat=True)) == {"delivered"}


def test_phone_and_words_are_not_readable_in_the_row(now):
    services.queue(PHONE, "mã 123456", purpose="code", lane=Message.Lane.URGENT, now=now)
    with connection.cursor() as cursor:
        cursor.execute('select "to", body from messaging_message')
        to, body = (bytes(value) for value in cursor.fetchone())
    assert b"905123456" not in to
    assert b"123456" not in body
    assert Message.objects.get().to == PHONE


def test_a_sender_that_died_leaves_doubt_and_no_second_sending(now):
    message = services.queue(PHONE, "một", purpose="code", lane=Message.Lane.URGENT, now=now)
    Message.objects.filter(id=message.id).update(state="sending", sent_at=now - timedelta(minutes=3))
    assert services.deliver_waiting(now) == 0
    assert Message.objects.get().state == "in_doubt"
    assert outbox() == []


def test_a_channel_that_breaks_leaves_doubt(now, monkeypatch):
    class Broken:
        name = "broken"

        def ready(self) -> str:
            return ""

        def send(self, message):
            raise OSError("link down")

    monkeypatch.setattr(channels, "get", lambda name: Broken())
    services.queue(PHONE, "một", purpose="code", lane=Message.Lane.URGENT, now=now)
    services.deliver_waiting(now)
    assert Message.objects.get().state == "in_doubt"


@pytest.mark.parametrize("name", ["nothing", "../etc", "console.x", ""])
def test_an_unknown_channel_is_said_so(now, settings, name):
    settings.MESSAGING_CHANNEL = name
    services.queue(PHONE, "một", purpose="code", lane=Message.Lane.URGENT, now=now)
    services.deliver_waiting(now)
    message = Message.objects.get()
    assert (message.state, message.error) == ("failed", "unknown_channel")


def test_the_outbox_is_for_its_owner_alone(now):
    services.queue(PHONE, "một", purpose="code", lane=Message.Lane.URGENT, now=now)
    services.deliver_waiting(now)
    assert (settings.DATA / "outbox.jsonl").stat().st_mode & 0o077 == 0
