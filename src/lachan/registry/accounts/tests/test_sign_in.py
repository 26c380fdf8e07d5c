from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from lachan.kernel.clock import FixedClock
from lachan.registry.accounts import demo, services
from lachan.registry.accounts.models import User
from lachan.registry.accounts.tests.conftest import HOA, NOW, PASSWORD, person
from lachan.registry.audit.models import Event

LOGIN = "/tai-khoan/login/"
SECRET = "JBSWY3DPEHPK3PXP" * 2
pytestmark = pytest.mark.usefixtures("clock")


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": username, "password": password})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code(secret: str = SECRET) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def give_totp(user: User) -> None:
    TOTP.activate(user, SECRET)


def test_a_password_opens_and_is_noted(client: Client, worker: User) -> None:
    response = sign_in(client, "tram.hoa")
    assert response.status_code == 302
    assert response["Location"] == "/cb/"
    assert signed_in(client)
    event = Event.objects.get(kind="account.signed_in")
    assert (event.subject, event.unit, event.data) == (worker.pk, HOA, '{"how":"password"}')
    client.post("/tai-khoan/logout/")
    assert Event.objects.filter(kind="account.signed_out", subject=worker.pk).exists()


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(
    client: Client, worker: User, clock: FixedClock
) -> None:
    def answers(name: str) -> list[list[str]]:
        return [sign_in(Client(), name, "sai mat khau").context["form"].non_field_errors() for _ in range(6)]

    known, unknown = answers("tram.hoa"), answers("khong.co")
    assert known == unknown
    assert known[0] == ["Tên đăng nhập hoặc mật khẩu không đúng."]
    assert "15 phút" in known[5][0]
    assert (
        "15 phút" in sign_in(client, "tram.hoa").context["form"].non_field_errors()[0]
    )  # the right one isn't read
    clock.advance(timedelta(minutes=16))
    from django.core.cache import cache

    cache.clear()  # allauth counts by the machine's own clock
    assert sign_in(client, "tram.hoa").status_code == 302


def test_a_locked_account_is_told_so_only_after_its_password(
    client: Client, worker: User, district: User
) -> None:
    services.lock(worker, NOW, "vì", by=district)
    assert sign_in(Client(), "tram.hoa", "sai mat khau").context["form"].non_field_errors() == [
        "Tên đăng nhập hoặc mật khẩu không đúng."
    ]
    assert sign_in(client, "tram.hoa")["Location"] == "/tai-khoan/inactive/"
    assert not signed_in(client)


def test_a_lock_ends_the_running_session(client: Client, worker: User, district: User) -> None:
    sign_in(client, "tram.hoa")
    assert client.get("/tai-khoan/toi/").status_code == 200
    services.lock(worker, NOW, "vì", by=district)
    assert client.get("/tai-khoan/toi/").status_code == 302


def test_the_second_factor_is_asked_for(client: Client, worker: User) -> None:
    give_totp(worker)
    assert sign_in(client, "tram.hoa")["Location"] == "/tai-khoan/2fa/authenticate/"
    assert not signed_in(client)
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert Event.objects.filter(kind="account.sign_in_failed", subject=worker.pk).count() == 1
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": code()})["Location"] == "/cb/"
    assert Event.objects.get(kind="account.signed_in").data == '{"how":"password+totp"}'


def test_who_must_have_a_second_factor_sets_it_up_first(
    client: Client, units: None, django_capture_on_commit_callbacks: Any
) -> None:
    user = person("moi", ("province_admin", "56/"))
    sign_in(client, "moi")
    for page in ("/cb/tai-khoan/", "/cb/nhat-ky/", "/tai-khoan/toi/"):
        response = client.get(page)
        assert (response.status_code, response["Location"]) == (302, "/tai-khoan/bao-mat/")
    assert client.get("/tai-khoan/bao-mat/").status_code == 200
    page = client.get("/tai-khoan/2fa/totp/activate/")
    assert page.status_code == 200, page.headers
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/tai-khoan/2fa/totp/activate/", {"code": code(secret)})
    assert done.status_code == 302
    assert secret not in str(Authenticator.objects.get(user=user, type="totp").data)  # encrypted in the row
    assert client.get("/cb/tai-khoan/").status_code == 200
    assert Event.objects.filter(kind="account.second_factor_added", subject=user.pk).exists()


def test_the_last_factor_of_who_must_have_one_stays(client: Client, units: None) -> None:
    user = person("moi", ("province_admin", "56/"))
    give_totp(user)
    factor = Authenticator.objects.get(user=user, type="totp")
    assert not get_adapter().can_delete_authenticator(factor)
    Authenticator.objects.create(user=user, type="webauthn", data={})
    assert get_adapter().can_delete_authenticator(factor)


@pytest.mark.parametrize(
    "address",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "password/reset/done/",
        "password/reset/key/1-abc/",
        "password/set/",
        "login/code/confirm/",
    ],
)
def test_what_is_not_used_is_closed(client: Client, db: None, address: str) -> None:
    assert client.get(f"/tai-khoan/{address}").status_code == 404
    assert client.post(f"/tai-khoan/{address}", {"username": "x", "password1": PASSWORD}).status_code == 404
    assert not User.objects.exists()


def test_a_demo_account_works_in_a_demo_alone(client: Client, units: None, settings: Any) -> None:
    with pytest.raises(demo.NotADemo):
        demo.create_demo_accounts(NOW)
    settings.DEMO = True
    assert len(demo.create_demo_accounts(NOW)) == len(demo.ACCOUNTS) == len(demo.SIGN_INS)
    assert demo.create_demo_accounts(NOW) == []
    assert sign_in(client, "tramyte.vinhhoa", demo.PASSWORD)["Location"] == "/cb/"
    other = Client()
    assert sign_in(other, "quantri", demo.PASSWORD)["Location"] == "/tai-khoan/2fa/authenticate/"
    assert other.post("/tai-khoan/2fa/authenticate/", {"code": code(demo.TOTP_SECRET)})["Location"] == "/cb/"
    demo.refuse_in_earnest()
    settings.DEMO = False
    with pytest.raises(SystemExit, match="demo accounts are active"):
        demo.refuse_in_earnest()
    assert sign_in(Client(), "tramyte.vinhhoa", demo.PASSWORD)["Location"] == "/tai-khoan/inactive/"
    assert not User.objects.get(username="tramyte.vinhhoa").scope("declarations.view", NOW).paths
    assert demo.remove_demo_accounts(NOW) == len(demo.ACCOUNTS)
    demo.refuse_in_earnest()


def test_the_rescue_page_signs_in_once(client: Client, worker: User) -> None:
    address = services.rescue_link("tram.hoa", NOW).removeprefix("http://127.0.0.1:8000")
    assert client.get(address).status_code == 200
    assert not signed_in(client)  # whoever previews a link doesn't use it up
    new = {"password": "mot mat khau khac 9", "again": "mot mat khau khac 9"}
    assert client.post(address, {**new, "again": "khac"}).status_code == 422
    assert client.post(address, new)["Location"] == "/cb/"
    assert signed_in(client)
    assert Client().get(address).status_code == 410


def test_an_invitation_is_taken_up_on_its_page(client: Client, district: User) -> None:
    _, token = services.invite("Hoa", "data_entry", HOA, NOW, by=district)
    address = f"/tai-khoan/moi/{token}/"
    page = client.get(address)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    form = {
        "full_name": "Hoa",
        "username": "tên có dấu",
        "password": "mot mat khau khac 9",
        "again": "mot mat khau khac 9",
    }
    assert "username" in client.post(address, form).context["form"].errors
    assert client.post(address, {**form, "username": "hoa"})["Location"] == "/cb/"
    assert client.get("/tai-khoan/toi/")["Location"] == "/tai-khoan/bao-mat/"
    assert Client().get(address).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "đ" * 43, "a" * 5000])
def test_a_made_up_token_is_void(client: Client, db: None, token: str) -> None:
    assert client.get(f"/tai-khoan/moi/{token}/").status_code == 410
    assert client.get(f"/tai-khoan/cuu-ho/{token}/").status_code == 410


@pytest.mark.parametrize("name", ["\x00", "a" * 10000, "\ud800", "%s'\"--", "'; drop"])
def test_odd_names_are_refused_in_words(client: Client, db: None, name: str) -> None:
    assert (
        client.post(LOGIN, {"login": name.encode("utf-8", "replace").decode(), "password": "x"}).status_code
        == 200
    )
