from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from lachan.registry.accounts import services
from lachan.registry.accounts.models import Invitation, User
from lachan.registry.accounts.tests.conftest import HAI, HOA, NOW, PROVINCE, person
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.usefixtures("clock")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def officer(client: Client, district: User) -> Client:
    client.force_login(district, backend=BACKEND)
    return client


def with_file(response: Any) -> None:
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_the_list_shows_ones_own_jurisdiction(officer: Client, worker: User, admin: User) -> None:
    page = officer.get("/cb/tai-khoan/")
    assert {row["user"].username for row in page.context["rows"]} == {"huyen", "tram.hoa"}
    assert [row["user"] for row in officer.get("/cb/tai-khoan/?q=tram").context["rows"]] == [worker]
    assert officer.get("/cb/tai-khoan/?role=xyz&state=nope&cursor=zz").status_code == 200
    with_file(officer.get("/cb/tai-khoan/export/"))


def test_a_longer_list_takes_no_more_queries(
    officer: Client, worker: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    officer.get("/cb/tai-khoan/")  # reads the tree of units
    with django_assert_max_num_queries(20) as few:
        officer.get("/cb/tai-khoan/")
    for number in range(8):
        person(f"them.{number}", ("data_entry", HOA), ("data_entry", HAI))
    with django_assert_num_queries(len(few)):
        assert len(officer.get("/cb/tai-khoan/").context["rows"]) == 10


def test_an_account_elsewhere_does_not_exist(officer: Client, admin: User) -> None:
    assert officer.get(f"/cb/tai-khoan/{admin.pk}/").status_code == 404
    assert officer.post(f"/cb/tai-khoan/{admin.pk}/khoa/", {"reason": "x"}).status_code == 404
    assert officer.post(f"/cb/tai-khoan/{admin.pk}/mo-khoa/").status_code == 404


def test_an_account_is_shown_and_changed(officer: Client, worker: User) -> None:
    address = f"/cb/tai-khoan/{worker.pk}/"
    assert officer.get(address).context["may_manage"]
    wrong = officer.post(
        f"{address}vai-tro/",
        {"role": "data_entry", "unit": HAI, "valid_from": "2021-07-20", "valid_to": "2021-07-10"},
    )
    assert (wrong.status_code, list(wrong.context["grant_form"].errors)) == (422, ["valid_to"])
    assert officer.post(f"{address}vai-tro/", {"role": "data_entry", "unit": HAI}).status_code == 302
    assert worker.scope("paper.key", NOW).covers(HAI)
    given = worker.grants.get(role="data_entry")
    officer.post(f"{address}vai-tro/{given.pk}/thu-hoi/")
    assert not worker.scope("paper.key", NOW).covers(HAI)
    assert officer.post(f"{address}khoa/", {"reason": ""}).status_code == 422
    officer.post(f"{address}khoa/", {"reason": "mất điện thoại"})
    worker.refresh_from_db()
    assert worker.locked_at == NOW
    for verb in ("mo-khoa", "dat-lai-bao-mat", "ket-thuc-phien"):
        assert officer.post(f"{address}{verb}/").status_code == 302
    assert officer.post(f"{address}khac/").status_code == 404
    assert officer.get(f"{address}mo-khoa/").status_code == 405
    titles = [event["title"] for event in officer.get(address).context["events"]]
    assert "Khóa tài khoản" in titles


def test_a_role_of_another_jurisdiction_can_not_be_chosen(officer: Client, worker: User) -> None:
    for fields in ({"role": "province_admin", "unit": HOA}, {"role": "data_entry", "unit": PROVINCE}):
        assert officer.post(f"/cb/tai-khoan/{worker.pk}/vai-tro/", fields).status_code == 422
    assert worker.grants.count() == 1


def test_who_reaches_beyond_is_only_shown(officer: Client, admin: User) -> None:
    both = person("hai.noi", ("data_entry", HOA), ("data_entry", PROVINCE))
    page = officer.get(f"/cb/tai-khoan/{both.pk}/")
    assert not page.context["may_manage"]
    officer.post(f"/cb/tai-khoan/{both.pk}/khoa/", {"reason": "x"})
    both.refresh_from_db()
    assert both.locked_at is None


def test_an_invitation_is_shown_once(officer: Client) -> None:
    page = officer.post("/cb/tai-khoan/moi/", {"full_name": "Hoa", "role": "data_entry", "unit": HOA})
    assert page.status_code == 200
    assert page.context["link"].startswith("http://127.0.0.1:8000/tai-khoan/moi/")
    assert "no-store" in page["Cache-Control"]
    made = Invitation.objects.get()
    assert [row["invitation"] for row in officer.get("/cb/tai-khoan/loi-moi/").context["rows"]] == [made]
    officer.post(f"/cb/tai-khoan/loi-moi/{made.pk}/rut/")
    assert officer.post(f"/cb/tai-khoan/loi-moi/{made.pk}/rut/").status_code == 404
    wrong = officer.post("/cb/tai-khoan/moi/", {"full_name": "", "role": "", "unit": "", "email": "x"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (
        422,
        {"full_name", "role", "unit", "email"},
    )


def test_a_link_to_a_new_password(officer: Client, worker: User) -> None:
    page = officer.post(f"/cb/tai-khoan/{worker.pk}/dat-mat-khau/")
    address = page.context["link"].removeprefix("http://127.0.0.1:8000")
    other = Client()
    assert "forget" not in other.get(address).context["form"].fields
    new = {"password": "mot mat khau khac 9", "again": "mot mat khau khac 9"}
    assert other.post(address, new)["Location"] == "/tai-khoan/login/"
    assert "_auth_user_id" not in other.session


def test_my_own_page(client: Client, worker: User) -> None:
    client.force_login(worker, backend=BACKEND)
    assert client.get("/tai-khoan/toi/").status_code == 200
    wrong = client.post("/tai-khoan/toi/", {"full_name": "Ánh", "phone": "12", "email": ""})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["phone"])
    User.objects.create_user("khac", email="khac@x.vn", full_name="Khác", created_at=NOW)
    taken = client.post("/tai-khoan/toi/", {"full_name": "Ánh", "phone": "", "email": "KHAC@x.vn"})
    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["email"])
    assert "Đã có tài khoản dùng địa chỉ" in taken.content.decode()
    assert client.post("/tai-khoan/toi/", {"full_name": "Ánh", "phone": "0905123456"}).status_code == 302
    other = Client()
    other.force_login(User.objects.get(pk=worker.pk), backend=BACKEND)
    assert client.post("/tai-khoan/toi/ket-thuc-phien/").status_code == 302
    assert client.get("/tai-khoan/toi/").status_code == 200
    assert other.get("/tai-khoan/toi/").status_code == 302


def test_the_log_is_scoped_filtered_and_paged(
    client: Client, admin: User, district: User, worker: User
) -> None:
    auditor = person("kiem.tra", ("auditor", HOA), mfa_required=False)
    services.lock(worker, NOW, "vì", by=district)
    services.lock(district, NOW, "vì", by=admin)
    client.force_login(auditor, backend=BACKEND)
    rows = client.get("/cb/nhat-ky/").context["rows"]
    assert [(row["title"], row["actor"]) for row in rows] == [("Khóa tài khoản", "Huyen")]
    client.force_login(admin, backend=BACKEND)
    assert len(client.get("/cb/nhat-ky/").context["rows"]) == 2
    assert len(client.get("/cb/nhat-ky/?actor=huyen").context["rows"]) == 1
    assert len(client.get("/cb/nhat-ky/?actor=nobody").context["rows"]) == 0
    assert len(client.get(f"/cb/nhat-ky/?subject={worker.pk}").context["rows"]) == 1
    assert (
        len(client.get("/cb/nhat-ky/?kind=account.locked&first=2021-07-15&last=2021-07-15").context["rows"])
        == 2
    )
    assert len(client.get("/cb/nhat-ky/?last=2021-07-14&first=2021-07-14").context["rows"]) == 0
    wrong = client.get("/cb/nhat-ky/?subject=zz&first=31-31-31&kind=none")
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (200, {"subject", "first", "kind"})
    with_file(client.get("/cb/nhat-ky/export/"))
    assert Event.objects.filter(kind="audit.exported", actor=admin.pk).exists()


def test_pages_speak_english_too(officer: Client) -> None:
    assert officer.get("/cb/tai-khoan/?lang=en").status_code == 200


def test_what_would_be_refused_is_not_offered(
    client: Client, units: None, admin: User, officer: Client, worker: User
) -> None:
    mine = officer.get(f"/cb/tai-khoan/{worker.pk}/").content.decode()
    assert "dat-lai-bao-mat" in mine and "dat-mat-khau" in mine
    client.force_login(person("cntt", ("it_officer", PROVINCE), mfa_required=False), backend=BACKEND)
    page = client.get(f"/cb/tai-khoan/{admin.pk}/").content.decode()
    assert "ket-thuc-phien" in page  # she may manage the account, but holds less than it
    assert "dat-lai-bao-mat" not in page and "dat-mat-khau" not in page
    assert "nhiều quyền hơn bạn" in page


def test_the_log_speaks_in_words_and_keeps_codes_folded(client: Client, admin: User, worker: User) -> None:
    services.grant(worker, "data_entry", HAI, NOW, by=admin)
    client.force_login(admin, backend=BACKEND)
    page = client.get("/cb/nhat-ky/")
    [row] = [row for row in page.context["rows"] if row["kind"] == "account.granted"]
    assert (row["title"], row["subject_kind"], row["name"]) == ("Giao vai trò", "tài khoản", worker.full_name)
    assert ("vai trò", "Nhân viên nhập liệu") in row["data"]
    assert {"grant"}.isdisjoint(key for key, _ in row["data"])  # an id: only among the codes
    text = page.content.decode()
    shown = re.sub(r"<details>.*?</details>|<[^>]*>", "", text[text.index("<tbody") :], flags=re.S)
    assert "account.granted" not in shown and HAI not in shown
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", shown)
    assert "account.granted" in text and str(worker.pk) in text


def test_a_longer_page_of_the_log_takes_no_more_queries(
    client: Client,
    admin: User,
    worker: User,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    client.force_login(admin, backend=BACKEND)
    services.lock(worker, NOW, "vì", by=admin)
    client.get("/cb/nhat-ky/")
    with django_assert_max_num_queries(20) as few:
        client.get("/cb/nhat-ky/")
    for number in range(6):
        services.lock(person(f"them.{number}", ("data_entry", HOA)), NOW, "vì", by=admin)
    with django_assert_num_queries(len(few)):
        assert len(client.get("/cb/nhat-ky/").context["rows"]) == 7
