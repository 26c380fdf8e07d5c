"""Results by the table and by the laboratory's own system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lachan.base.scope import Scope
from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case, LabToken, Sample
from lachan.outbreak.cases.services import result_files
from lachan.outbreak.cases.tests import made
from lachan.outbreak.cases.tests.test_lab import people

ALL = Scope((small.PROVINCE,))
API = "/api/phong-xet-nghiem/ket-qua/"


@pytest.fixture
def samples(investigator: Any, now: datetime) -> list[Sample]:
    return [made.sample(investigator, now, typed=one) for one in people(3)]


def table(samples: list[Sample]) -> bytes:
    lines = [
        "PHÒNG XÉT NGHIỆM CDC", "Mã mẫu;Kết quả;Ct;Ngày có kết quả",
        f"{samples[0].code};Dương tính;22,4;22/07/2021", f"{samples[1].code.lower()};âm tính;;",
        f"{samples[2].code};hỏng máy;;", "M21-999999;Âm tính;;",
    ]  # fmt: skip
    return "\n".join(lines).encode()


def test_a_table_is_tried_then_kept(investigator: Any, samples: list[Sample], now: datetime) -> None:
    lines = result_files.read_results(table(samples), now)
    tried = result_files.take(lines, ALL, by=investigator, now=now, dry_run=True)
    assert [(one.status, one.error) for one in tried] == [
        ("taken", ""), ("taken", ""), ("refused", "not_choice"), ("refused", "sample_unknown"),
    ]  # fmt: skip
    assert not Sample.objects.exclude(result="").exists()
    result_files.take(lines, ALL, by=investigator, now=now)
    assert Case.objects.get().person == samples[0].person
    again = result_files.take(lines, ALL, by=investigator, now=now)
    assert [one.status for one in again] == ["known", "known", "refused", "refused"]


def test_a_table_without_codes_is_refused(now: datetime, db: None) -> None:
    with pytest.raises(InvalidInput, match="table_result_columns"):
        result_files.read_results("Tên;Kết quả\nAn;âm".encode(), now)


def test_the_page_shows_first_and_keeps_then(at: Any, investigator: Any, samples: list[Sample]) -> None:
    client = at(investigator)
    shown = client.post("/cb/xet-nghiem/ket-qua/", {"file": SimpleUploadedFile("kq.csv", table(samples))})
    assert shown.context["taken"] == 2 and not Case.objects.exists()
    kept = client.post("/cb/xet-nghiem/ket-qua/", {"lines": shown.context["lines"]})
    assert kept.context["done"] and Case.objects.count() == 1
    forged = client.post("/cb/xet-nghiem/ket-qua/", {"lines": shown.context["lines"] + "x"})
    assert forged.status_code == 302


def send(client: Any, secret: str, *results: dict[str, str]) -> Any:
    return client.post(
        API,
        {"results": list(results)},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )


def test_a_laboratory_sends_with_its_token(
    at: Any, client: Any, investigator: Any, samples: list[Sample]
) -> None:
    page = at(investigator).post("/cb/xet-nghiem/ma/", {"name": "CDC Khánh Hòa", "unit": small.TOWN})
    secret = page.context["secret"]
    client.logout()
    good = {
        "code": samples[0].code,
        "result": "positive",
        "resulted_at": "2021-07-22T08:00:00+07:00",
        "ct": "21.5",
    }
    naive = {"code": samples[1].code, "result": "negative", "resulted_at": "2021-07-22T08:00:00"}
    answer = send(client, secret, good, naive, {"code": "x", "result": "positive"})
    assert [one["status"] for one in answer.json()["results"]] == ["taken", "refused", "refused"]
    assert send(client, secret, good).json()["results"][0]["status"] == "known"
    assert Case.objects.get().classification == "confirmed"
    token = LabToken.objects.get()
    assert token.used_at is not None and secret.encode() not in bytes(token.digest)
    at(investigator).post(f"/cb/xet-nghiem/ma/{token.pk}/thu-hoi/")
    client.logout()
    assert send(client, secret, good).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[]", 422),
        (b'{"results": [{"code": 1}]}', 422),
        (b"\xff", 422),
        (b'{"results": []}', 200),
    ],
)
def test_what_isnt_results_is_told(
    client: Any, investigator: Any, now: datetime, body: bytes, status: int, at: Any
) -> None:
    _row, secret = result_files.make_token("CDC", small.TOWN, by=investigator, now=now)
    answer = client.post(
        API, body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == status


def test_a_token_is_for_its_part_of_the_tree(
    client: Any, investigator: Any, samples: list[Sample], now: datetime
) -> None:
    _row, secret = result_files.make_token("CDC", small.OTHER, by=investigator, now=now)
    answer = send(client, secret, {"code": samples[0].code, "result": "negative"})
    assert answer.json()["results"][0]["error"] == "sample_unknown"
    assert send(client, "wrong", {"code": samples[0].code, "result": "negative"}).status_code == 401
