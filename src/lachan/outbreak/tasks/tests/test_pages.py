"""The pages of tasks."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from lachan.gate.declarations.tests import small
from lachan.outbreak.tasks import services, titles
from lachan.outbreak.tasks.tests.test_services import task

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _titles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titles, "_known", {})
    titles.register(
        "test.visit", lambda one: f"Đến thăm số {one.params['n']}", lambda one: "/cb/", name="Đến thăm"
    )


@pytest.fixture
def worker(officer: Any) -> Any:
    return officer("tram", "commune_health_worker", small.HOA)


def test_the_list_shows_what_one_may_do_most_pressing_first(at: Any, worker: Any, now: datetime) -> None:
    task(now, params={"n": 1}, due_at=now + 5 * HOUR)
    task(now, params={"n": 2}, due_at=now - HOUR)
    task(now, params={"n": 3}, priority=1, due_at=now + 9 * HOUR)
    task(now, small.HAI, params={"n": 4})
    task(now, permission="zones.decide", params={"n": 5})
    page = at(worker).get("/cb/viec/").content.decode()
    found = [page.index(f"Đến thăm số {n}") for n in (3, 2, 1)]
    assert found == sorted(found)
    assert "số 4" not in page and "số 5" not in page
    late = at(worker).get("/cb/viec/?tinh_trang=overdue").content.decode()
    assert "số 2" in late and "số 1" not in late


def test_taking_finishing_and_taking_it_back_in_the_list(at: Any, worker: Any, now: datetime) -> None:
    made, client = task(now, params={"n": 1}), at(worker)
    assert client.post(f"/cb/viec/{made.pk}/nhan/")["Location"] == "/cb/viec/"
    mine = client.get("/cb/viec/?tinh_trang=mine").content.decode()
    assert "số 1" in mine and f"/cb/viec/{made.pk}/nhan/" not in mine
    client.post(f"/cb/viec/{made.pk}/xong/", {"next": "/cb/viec/?tinh_trang=mine"})
    page = client.get("/cb/viec/").content.decode()
    assert "Bạn vừa xong" in page and f"/cb/viec/{made.pk}/hoan-tac/" in page
    client.post(f"/cb/viec/{made.pk}/hoan-tac/")
    made.refresh_from_db()
    assert made.status == "open" and made.assignee == worker.pk


def test_what_the_work_itself_finished_offers_no_undo(at: Any, worker: Any, now: datetime) -> None:
    titles.register("test.order", lambda one: "Ký lệnh", lambda one: "", by_hand=False)
    made = task(now, kind="test.order")
    services.finish("test.order", made.subject, by=worker, now=now)
    assert "Bạn vừa xong" not in at(worker).get("/cb/viec/").content.decode()
    assert "hoan-tac" not in at(worker).get(f"/cb/viec/{made.pk}/").content.decode()


def test_back_leads_nowhere_else(at: Any, worker: Any, now: datetime) -> None:
    made = task(now, params={"n": 1})
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = at(worker).post(f"/cb/viec/{made.pk}/nhan/", {"next": elsewhere})
        assert answer["Location"] == "/cb/viec/"


def test_handing_over_names_a_colleague_and_how_things_stand(
    at: Any, worker: Any, officer: Any, now: datetime
) -> None:
    other, far = (
        officer(name, "commune_health_worker", unit) for name, unit in (("ban", small.HOA), ("xa", small.HAI))
    )
    made, client = task(now, params={"n": 1}), at(worker)
    page = client.get(f"/cb/viec/{made.pk}/").content.decode()
    assert "Cán bộ ban" in page and "Cán bộ xa" not in page
    url = f"/cb/viec/{made.pk}/giao/"
    for wrong in ({"to": str(other.pk), "text": ""}, {"to": str(far.pk), "text": "Nhờ anh"}, {}):
        answer = client.post(url, wrong)
        assert answer.status_code == 422 and "Cần sửa trước khi gửi" in answer.content.decode()
    assert client.post(url, {"to": str(other.pk), "text": "Đã gọi hai lần"}).status_code == 302
    page = client.get(f"/cb/viec/{made.pk}/").content.decode()
    assert "Chuyển giao việc: Cán bộ ban" in page and "Đã gọi hai lần" in page


def test_a_task_of_another_commune_is_not_there(at: Any, worker: Any, now: datetime) -> None:
    made = task(now, small.HAI, params={"n": 1})
    client = at(worker)
    assert client.get(f"/cb/viec/{made.pk}/").status_code == 404
    for verb in ("nhan", "xong", "giao", "ghi", "hoan-tac"):
        assert client.post(f"/cb/viec/{made.pk}/{verb}/").status_code == 404


def test_one_sees_what_was_escalated_but_does_only_ones_own_work(
    at: Any, officer: Any, now: datetime
) -> None:
    leader = officer("ld", "province_leader", small.PROVINCE)
    made = task(now, params={"n": 1}, due_at=now - HOUR)
    services.escalate_due(now)
    client = at(leader)
    assert "số 1" in client.get("/cb/viec/?tinh_trang=escalated").content.decode()
    page = client.get(f"/cb/viec/{made.pk}/").content.decode()
    assert "Tỉnh Khánh Hòa" in page and "/giao/" not in page
    client.post(f"/cb/viec/{made.pk}/nhan/")
    made.refresh_from_db()
    assert made.assignee is None
    home = client.get("/cb/").content.decode()
    assert "Việc quá hạn báo lên" in home


def test_the_workload_counts_each_task_once(at: Any, worker: Any, officer: Any, now: datetime) -> None:
    chief = officer("huyen", "district_officer", small.TOWN)
    first, *_rest = [task(now, unit, params={"n": 1}) for unit in (small.HOA, small.HOA, small.HAI)]
    late = task(now, params={"n": 2}, due_at=now - HOUR)
    services.take(first, by=worker, now=now)
    services.done(late, by=worker, now=now)
    context = at(chief).get("/cb/viec/khoi-luong/").context
    officers = {one.key: (one.open, one.late, one.done) for _, one in context["officers"]}
    assert officers == {None: (2, 0, 0), worker.pk: (1, 0, 1)}
    communes = {one.key: (one.open, one.free, one.done) for _, one in context["communes"]}
    assert communes == {small.HOA: (2, 1, 1), small.HAI: (1, 1, 0)}


def test_the_list_as_a_table(at: Any, worker: Any, now: datetime) -> None:
    task(now, params={"n": 1})
    answer = at(worker).get("/cb/viec/xuat.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Việc" and rows[1][0] == "Đến thăm số 1"
    assert small.events("tasks.exported")
