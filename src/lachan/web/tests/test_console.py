"""The console's commands: accounts, the way back in, the chain, the purge."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from lachan.registry.accounts.models import User
from lachan.registry.accounts.selectors import permissions
from lachan.registry.audit import sealing
from lachan.registry.audit import services as audit
from lachan.registry.audit.models import Event
from lachan.registry.units.models import Unit
from lachan.web.cli import parser

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)
PASSWORD = "một mật khẩu đủ dài"


def lachan(*words: str) -> int:
    arguments = parser().parse_args(words)
    return int(arguments.run(arguments) or 0)


@pytest.fixture(autouse=True)
def _province() -> None:
    Unit.objects.create(
        path="56/", code="56", level=1, structure="2021", name="Khánh Hòa", full_name="Tỉnh Khánh Hòa",
        kind="Tỉnh", folded="tinh khanh hoa", valid_from=NOW.date(),
    )  # fmt: skip


@pytest.fixture
def an(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    words = ("--role", "province_admin", "--unit", "56/", "--password-stdin")
    assert lachan("user", "create", "an.nguyen", "Nguyễn Văn An", *words) == 0
    return User.objects.get(username="an.nguyen")


def test_the_first_administrator(an: User, capsys: pytest.CaptureFixture[str]) -> None:
    assert an.check_password(PASSWORD) and an.mfa_required
    assert "accounts.manage" in permissions(an, datetime.now(UTC))
    assert Event.objects.filter(subject=an.pk).exists()
    assert PASSWORD not in capsys.readouterr().out
    assert lachan("user", "list") == 0
    assert "province_admin 56/" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        (
            "user",
            "create",
            "an.nguyen",
            "Nguyễn Văn An",
            "--role",
            "king",
            "--unit",
            "56/",
            "--password-stdin",
        ),
        ("user", "create", "an.nguyen", "An", "--role", "auditor", "--unit", "99/", "--password-stdin"),
        ("user", "lock", "nobody"),
        ("user", "unlock", "nobody"),
        ("rescue", "nobody"),
    ],
)
def test_what_can_not_be_done_is_said(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert lachan(*words) == 1
    assert capsys.readouterr().err.strip()
    assert not User.objects.exists()


def test_a_weak_password_makes_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("123456\n"))
    words = ("--role", "province_admin", "--unit", "56/", "--password-stdin")
    assert lachan("user", "create", "an.nguyen", "Nguyễn Văn An", *words) == 1
    assert not User.objects.exists()


def test_lock_and_unlock(an: User) -> None:
    assert lachan("user", "lock", "an.nguyen", "--reason", "nghỉ việc") == 0
    an.refresh_from_db()
    assert an.locked_at and an.lock_reason == "nghỉ việc" and an.session_epoch == 1
    assert not permissions(an, datetime.now(UTC))
    assert lachan("user", "unlock", "an.nguyen") == 0
    an.refresh_from_db()
    assert an.locked_at is None


def test_one_more_role(an: User) -> None:
    assert lachan("user", "grant", "an.nguyen", "--role", "auditor", "--unit", "56/") == 0
    assert an.grants.count() == 2
    assert lachan("user", "grant", "an.nguyen", "--role", "king", "--unit", "56/") == 1


def test_the_way_back_in(an: User, client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lachan("user", "lock", "an.nguyen")
    capsys.readouterr()
    assert lachan("rescue", "an.nguyen") == 0
    address = capsys.readouterr().out.splitlines()[0]
    path = address.partition("://")[2].partition("/")[2]
    assert client.get(f"/{path}").status_code == 200
    assert Event.objects.filter(kind="account.rescue_made").exists()


def test_the_chain_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    with transaction.atomic():
        for _ in range(3):
            audit.record("otp.sent", now=datetime.now(UTC))
    sealing.seal_all(datetime.now(UTC))
    assert lachan("audit", "verify") == 0
    head = capsys.readouterr().out.partition("Head ")[2].split()[0]
    assert lachan("audit", "verify", "--expect", head) == 0
    assert lachan("audit", "verify", "--expect", f"9:{head.partition(':')[2]}") == 1
    assert lachan("audit", "verify", "--expect", "nonsense") == 2
    Event.objects.filter(kind="otp.sent").order_by("pk")[:1].get().delete()
    capsys.readouterr()
    assert lachan("audit", "verify") == 1
    assert "missing seq 1" in capsys.readouterr().out


def test_the_level_of_an_area(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("area", "set", "56/", "3", "--document", "Quyết định 12/QĐ-UBND")
    assert lachan(*words) == 0
    assert lachan("area", "list") == 0
    assert "3  56/" in capsys.readouterr().out
    assert Event.objects.filter(kind="area.level", unit="56/").count() == 1
    assert lachan(*words, "--from", "yesterday") == 2
    assert lachan("area", "set", "99/", "3", "--document", "x") == 1
    assert lachan("area", "set", "56/", "3", "--document", " ") == 1


def test_purge_says_what_goes(capsys: pytest.CaptureFixture[str]) -> None:
    assert lachan("purge", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "listing" in said and "Nothing was taken away" in said
    assert not Event.objects.filter(kind="retention.run").exists()
    assert lachan("purge") == 0
    assert Event.objects.filter(kind="retention.run").count() == 1


def test_a_server_in_earnest_refuses_demo_accounts(settings: Any) -> None:
    from lachan.registry.accounts.demo import refuse_in_earnest

    User.objects.create_user("quantri", full_name="Nguyễn Văn Thử", created_at=NOW, is_demo=True)
    settings.DEMO = False
    with pytest.raises(SystemExit, match="--remove-accounts"):
        refuse_in_earnest()
