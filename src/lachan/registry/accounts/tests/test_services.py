from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts import authority, selectors, services
from lachan.registry.accounts.models import Grant, OneTimeLink, User
from lachan.registry.accounts.tests.conftest import HAI, HOA, NOW, PASSWORD, PROVINCE, TOWN, person
from lachan.registry.audit.models import Event

HOUR = timedelta(hours=1)
NEW = "mot mat khau khac 9"


def refused(code: str) -> Any:
    return pytest.raises(InvalidInput, match=f"^{code}$")


def kinds() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_district_officer_appoints_a_health_worker_of_her_town(district: User) -> None:
    newcomer = person("moi", ("data_entry", TOWN))
    services.grant(newcomer, "commune_health_worker", HAI, NOW, by=district)
    assert newcomer.scope("follow_up.work", NOW).paths == (HAI,)
    event = Event.objects.get(kind="account.granted")
    assert (event.actor, event.subject, event.unit) == (district.pk, newcomer.pk, HAI)
    assert json.loads(event.data)["role"] == "commune_health_worker"


@pytest.mark.parametrize(
    ("role", "unit", "code"),
    [
        ("province_admin", TOWN, "role_out_of_reach"),  # permissions that she hasn't
        ("auditor", HOA, "role_out_of_reach"),
        ("commune_health_worker", PROVINCE, "role_out_of_reach"),  # a unit that isn't hers
        ("commune_health_worker", "48/490/", "role_out_of_reach"),
        ("no_such_role", HOA, "role_unknown"),
        ("place_owner", HOA, "role_needs_place"),
    ],
)
def test_nobody_gives_what_she_has_not(district: User, role: str, unit: str, code: str) -> None:
    newcomer = person("moi", ("data_entry", TOWN))
    with refused(code):
        services.grant(newcomer, role, unit, NOW, by=district)
    with refused(code):
        services.invite("Người Mới", role, unit, NOW, by=district)
    assert newcomer.grants.count() == 1


def test_who_reaches_beyond_is_out_of_reach(district: User, admin: User) -> None:
    both = person("hai.noi", ("data_entry", TOWN), ("data_entry", PROVINCE))
    assert both in selectors.accounts(district.scope("accounts.manage", NOW))
    for verb in (
        lambda: services.lock(both, NOW, "vì", by=district),
        lambda: services.unlock(both, NOW, by=district),
        lambda: services.end_sessions(both, NOW, by=district),
        lambda: services.reset_second_factor(both, NOW, by=district),
        lambda: services.grant(both, "data_entry", HOA, NOW, by=district),
        lambda: services.revoke(both.grants.first(), NOW, by=district),
        lambda: services.password_link(both, NOW, by=district),
    ):
        with refused("account_out_of_reach"):
            verb()
    services.lock(both, NOW, "vì", by=admin)


def test_nobody_manages_herself_or_manages_when_locked(district: User, worker: User) -> None:
    with refused("account_out_of_reach"):
        services.grant(district, "data_entry", HOA, NOW, by=district)
    assert authority.may_manage(district, worker, NOW)
    district.locked_at = NOW
    assert not authority.may_manage(district, worker, NOW)
    with refused("account_out_of_reach"):
        services.lock(worker, NOW, "vì", by=district)


def test_a_password_is_no_way_to_more_power(units: None, admin: User) -> None:
    officer = person("cntt", ("it_officer", PROVINCE))
    assert authority.may_manage(officer, admin, NOW)
    with refused("account_out_of_reach"):
        services.password_link(admin, NOW, by=officer)
    with pytest.raises(InvalidInput, match="account_out_of_reach"):
        services.reset_second_factor(admin, NOW, by=officer)
    assert services.password_link(officer, NOW, by=admin)


def test_a_revoked_role_ends_at_once_and_once(district: User, worker: User) -> None:
    given = worker.grants.get()
    services.revoke(given, NOW, by=district)
    services.revoke(given, NOW + HOUR, by=district)
    assert not worker.scope("declarations.view", NOW).paths
    assert Grant.objects.get().revoked_at == NOW if Grant.objects.count() == 1 else True
    assert kinds().count("account.revoked") == 1
    assert authority.may_manage(district, worker, NOW)  # still hers, to be given a role again


def test_a_role_for_some_days(district: User, worker: User) -> None:
    day = timedelta(days=1)
    services.grant(worker, "data_entry", HAI, NOW, by=district, valid_from=NOW + day, valid_to=NOW + 3 * day)
    assert [worker.scope("paper.key", NOW + n * day).covers(HAI) for n in range(5)] == [
        False,
        True,
        True,
        False,
        False,
    ]
    with refused("grant_dates"):
        services.grant(worker, "data_entry", HAI, NOW, by=district, valid_to=NOW)


def test_an_invitation_makes_one_account(district: User) -> None:
    invitation, token = services.invite(
        "  Lê  Thị Hoa ", "commune_health_worker", HOA, NOW, by=district, email="h@x.vn"
    )
    assert bytes(invitation.token_hash) != token.encode()
    assert services.find_invitation(token, NOW) == invitation
    user = services.accept(token, "Hoa.VinhHoa", "Lê Thị Hoa", NEW, NOW + HOUR)
    assert (user.username, user.full_name, user.email, user.mfa_required) == (
        "hoa.vinhhoa",
        "Lê Thị Hoa",
        "h@x.vn",
        True,
    )
    assert user.check_password(NEW)
    assert user.scope("follow_up.work", NOW + HOUR).paths == (HOA,)
    assert user.grants.get().made_by == district.pk
    with refused("invitation_void"):
        services.accept(token, "hoa2", "Lê Thị Hoa", NEW, NOW + HOUR)


def test_an_invitation_ends_by_time_by_hand_and_with_its_maker(district: User) -> None:
    made, token = services.invite("Hoa", "data_entry", HOA, NOW, by=district)
    assert services.find_invitation(token, NOW + timedelta(days=7)) is None
    assert services.find_invitation("x" * 43, NOW) is None
    services.revoke(district.grants.get(), NOW, by=None)
    with refused("role_out_of_reach"):
        services.accept(token, "hoa", "Hoa", NEW, NOW)
    assert not User.objects.filter(username="hoa").exists()
    Grant.objects.update(revoked_at=None)
    services.withdraw(made, NOW, by=district)
    with refused("invitation_void"):
        services.accept(token, "hoa", "Hoa", NEW, NOW)


@pytest.mark.parametrize(
    ("username", "name", "password", "code"),
    [
        ("Tên Có Dấu", "Hoa", NEW, "username_form"),
        ("ab", "Hoa", NEW, "username_form"),
        ("tram.hoa", "Hoa", NEW, "username_taken"),
        ("TRAM.HOA", "Hoa", NEW, "username_taken"),
        ("hoa", " ", NEW, "name_empty"),
        ("hoa", "Hoa", "123456789012", "password_weak"),
        ("hoa", "Hoa", "ngan", "password_weak"),
    ],
)
def test_a_refused_newcomer_keeps_the_invitation(
    district: User, worker: User, username: str, name: str, password: str, code: str
) -> None:
    _, token = services.invite("Hoa", "data_entry", HOA, NOW, by=district)
    with refused(code):
        services.accept(token, username, name, password, NOW)
    assert services.accept(token, "hoa", "Hoa", NEW, NOW).pk


def test_locking_stops_everything_and_ends_sessions(district: User, worker: User) -> None:
    session = worker.get_session_auth_hash()
    services.lock(worker, NOW, "mất điện thoại", by=district)
    worker.refresh_from_db()
    assert not worker.scope("declarations.view", NOW).paths
    assert worker.get_session_auth_hash() != session
    services.unlock(worker, NOW, by=district)
    assert worker.scope("declarations.view", NOW).paths
    assert kinds() == ["account.locked", "account.unlocked"]


def test_the_second_factor_starts_anew(district: User, worker: User) -> None:
    Authenticator.objects.create(user=worker, type="totp", data={})
    Authenticator.objects.create(user=worker, type="recovery_codes", data={})
    assert services.reset_second_factor(worker, NOW, by=district) == 2
    worker.refresh_from_db()
    assert worker.mfa_required
    assert not selectors.has_second_factor(worker)


def test_five_failures_make_a_name_rest_whether_it_exists_or_not(worker: User) -> None:
    for name in ("tram.hoa", "khong.co"):
        for _ in range(4):
            services.sign_in_failed(name, NOW)
            assert services.paused_until(name, NOW) is None
        services.sign_in_failed(name, NOW)
        assert services.paused_until(name, NOW) == NOW + timedelta(minutes=15)
        assert services.paused_until(name.upper(), NOW + timedelta(minutes=14))
        assert services.paused_until(name, NOW + timedelta(minutes=15)) is None
    assert services.paused_until("quan.tri", NOW) is None
    event = Event.objects.filter(kind="account.sign_in_failed").order_by("pk").last()
    assert event is not None and event.subject is None  # of a name without an account nothing is kept


def test_failures_are_forgotten_by_success_and_by_time(worker: User) -> None:
    for _ in range(4):
        services.sign_in_failed("tram.hoa", NOW)
    services.sign_in_succeeded(worker, NOW, how="password")
    for _ in range(4):
        services.sign_in_failed("tram.hoa", NOW)
    services.sign_in_failed("tram.hoa", NOW + timedelta(minutes=16))
    assert services.paused_until("tram.hoa", NOW + timedelta(minutes=16)) is None


def test_a_username_that_is_a_phone_number_never_reaches_the_log(units: None) -> None:
    user = person("0905123456", ("data_entry", HOA))
    services.sign_in_failed("0905123456", NOW)
    services.sign_in_succeeded(user, NOW, how="password")
    assert "0905" not in "".join(Event.objects.values_list("data", flat=True))


def test_a_rescue_link_works_once_within_fifteen_minutes(worker: User) -> None:
    services.lock(worker, NOW, "quên", by=None)
    first = services.rescue_link("Tram.Hoa", NOW).rsplit("/", 2)[1]
    token = services.rescue_link("tram.hoa", NOW).rsplit("/", 2)[1]
    assert services.find_rescue(first, NOW) is None  # a newer one replaces it
    assert services.find_rescue(token, NOW + timedelta(minutes=15)) is None
    with refused("password_weak"):
        services.use_rescue(token, "ngan", NOW)
    user, enters = services.use_rescue(token, NEW, NOW, forget_second_factor=True)
    assert enters
    assert user.check_password(NEW)
    assert user.locked_at is None
    with refused("rescue_void"):
        services.use_rescue(token, NEW, NOW)
    assert "account.rescued" in kinds()


def test_a_managers_link_changes_the_password_alone(district: User, worker: User) -> None:
    Authenticator.objects.create(user=worker, type="totp", data={})
    token = services.password_link(worker, NOW, by=district).rsplit("/", 2)[1]
    user, enters = services.use_rescue(token, NEW, NOW)
    assert not enters
    assert user.check_password(NEW)
    assert selectors.has_second_factor(worker)


def test_no_link_for_nobody(units: None) -> None:
    with refused("account_unknown"):
        services.rescue_link("khong.co", NOW)
    assert not OneTimeLink.objects.exists()


def test_her_own_details(worker: User) -> None:
    services.update_profile(worker, "Võ  Thị Ánh", "0905 123 456", "anh@tram.vn", NOW)
    worker.refresh_from_db()
    assert (worker.full_name, worker.phone, worker.email) == ("Võ Thị Ánh", "+84905123456", "anh@tram.vn")
    assert worker.folded == "vo thi anh tram.hoa"
    assert worker.check_password(PASSWORD)
    with pytest.raises(InvalidInput):
        services.update_profile(worker, "Ánh", "12", "", NOW)


def test_search_is_scoped_and_unaccented(district: User, worker: User, admin: User) -> None:
    services.update_profile(worker, "Võ Thị Ngọc Ánh", "", "", NOW)
    scope = district.scope("accounts.manage", NOW)
    assert set(selectors.accounts(scope)) == {district, worker}
    assert list(selectors.accounts(scope, "ngoc vo")) == [worker]
    assert list(selectors.accounts(scope, role="district_officer")) == [district]
    assert list(selectors.accounts(scope, state="locked")) == []
    services.lock(worker, NOW, "vì", by=district)
    assert list(selectors.accounts(scope, state="locked")) == [worker]


def test_an_address_is_one_persons_however_it_is_written(district: User, worker: User, admin: User) -> None:
    services.update_profile(worker, "Ánh", "", " Anh@Tram.VN ", NOW)
    assert worker.email == "anh@tram.vn"
    services.update_profile(worker, "Ánh", "", "ANH@tram.vn", NOW)  # her own, again
    with refused("email_taken"):
        services.update_profile(district, "Bình", "", "ANH@TRAM.VN", NOW)
    with refused("email_taken"):
        services.invite("Hoa", "data_entry", HOA, NOW, by=district, email="anh@TRAM.vn")
    services.update_profile(district, "Bình", "", "", NOW)
    services.update_profile(admin, "An", "", "", NOW)  # any number may have none


def test_two_invitations_to_one_address(district: User) -> None:
    made, _token = services.invite("Hoa", "data_entry", HOA, NOW, by=district, email="hoa@x.vn")
    with refused("email_invited"):
        services.invite("Hoa", "data_entry", HOA, NOW, by=district, email="Hoa@x.vn")
    services.withdraw(made, NOW, by=district)
    _, token = services.invite("Hoa", "data_entry", HOA, NOW, by=district, email="Hoa@x.vn")
    assert services.accept(token, "hoa.x", "Hoa", NEW, NOW).email == "hoa@x.vn"


def test_an_address_taken_since_the_invitation(district: User, worker: User) -> None:
    _, token = services.invite("Hoa", "data_entry", HOA, NOW, by=district, email="hoa@x.vn")
    services.update_profile(worker, "Ánh", "", "hoa@x.vn", NOW)
    with refused("email_taken"):
        services.accept(token, "hoa.x", "Hoa", NEW, NOW)
    assert services.find_invitation(token, NOW)


def test_the_store_itself_keeps_addresses_apart(district: User, worker: User) -> None:
    User.objects.filter(pk=worker.pk).update(email="anh@tram.vn")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=district.pk).update(email="ANH@tram.vn")


def test_an_address_that_another_request_took_just_now(
    district: User, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=worker.pk).update(email="anh@tram.vn")
    monkeypatch.setattr("lachan.registry.accounts.services.people.clean_email", lambda text, user=None: text)
    with refused("email_taken"):
        services.update_profile(district, "Bình", "", "anh@tram.vn", NOW)
    assert User.objects.get(pk=district.pk).email == ""
