"""The sign-ins of a demo database. Their password is public, so an installation in earnest refuses to start with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.utils import DatabaseError

from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.services.events import note
from lachan.registry.places.models import Place

PASSWORD = "lachan-demo-2021"  # noqa: S105
TOTP_SECRET = "LACHANDEMO2345672345672345672345"  # noqa: S105
WITH_TOTP = "quantri"

HOME, TOWN = "56/", "56/568/"
VINH_HOA, VINH_HAI, RO_TUONG = "56/568/22327/", "56/568/22330/", "56/572/22603/"

ACCOUNTS: tuple[tuple[str, str, str, str], ...] = (  # username, name, role, unit
    ("quantri", "Nguyễn Quang Minh", "province_admin", HOME),
    ("cntt", "Trần Thị Thu Hà", "it_officer", HOME),
    ("lanhdao", "Lê Văn Hùng", "province_leader", HOME),
    ("huyen.nhatrang", "Phạm Thị Lan", "district_officer", TOWN),
    ("tramyte.vinhhoa", "Võ Thị Ngọc Ánh", "commune_health_worker", VINH_HOA),
    ("tramyte.vinhhai", "Đặng Văn Tài", "commune_health_worker", VINH_HAI),
    ("chot.rotuong", "Bùi Quốc Khánh", "checkpoint_officer", RO_TUONG),
    ("nhaplieu", "Huỳnh Thị Mai", "data_entry", TOWN),
    ("thanhtra", "Ngô Đức Thắng", "inspector", HOME),
    ("chuquan", "Đỗ Thị Sáu", "place_owner", VINH_HOA),
    ("dieutra", "Trương Thị Bích", "case_officer", HOME),
    ("xetnghiem", "Cao Minh Đức", "lab_technician", HOME),
    ("chutich.vinhhoa", "Nguyễn Văn Thành", "commune_leader", VINH_HOA),
    ("to1.vinhhoa", "Tổ COVID số 1 Vĩnh Hòa", "community_team", VINH_HOA),
)
SIGN_INS: tuple[tuple[str, str], ...] = (
    ("quantri", f"Quản trị tỉnh (province administrator); TOTP {TOTP_SECRET}"),
    ("cntt", "Cán bộ công nghệ thông tin (IT officer)"),
    ("lanhdao", "Lãnh đạo tỉnh (province leader)"),
    ("huyen.nhatrang", "Cán bộ y tế TP Nha Trang (district officer)"),
    ("tramyte.vinhhoa", "Trạm y tế phường Vĩnh Hòa (commune health worker)"),
    ("tramyte.vinhhai", "Trạm y tế phường Vĩnh Hải (commune health worker)"),
    ("chot.rotuong", "Chốt kiểm soát Rọ Tượng (checkpoint officer)"),
    ("nhaplieu", "Nhân viên nhập liệu (data entry)"),
    ("thanhtra", "Thanh tra, kiểm tra (inspector)"),
    ("chuquan", "Chủ quán (place owner)"),
    ("dieutra", "Cán bộ điều tra dịch tễ (case officer)"),
    ("xetnghiem", "Kỹ thuật viên xét nghiệm (laboratory)"),
    ("chutich.vinhhoa", "Chủ tịch phường Vĩnh Hòa (head of a commune)"),
    ("to1.vinhhoa", "Tổ COVID cộng đồng (community team)"),
)


class NotADemo(RuntimeError):
    """Demo accounts are made in a demo database alone."""


@transaction.atomic
def create_demo_accounts(now: datetime) -> list[User]:
    """Make whichever demo accounts are missing (again: nothing). Raises NotADemo without LACHAN_DEMO.

    Run it after the units and places are loaded: the owner gets the first place of his commune.
    """
    if not settings.DEMO:
        raise NotADemo("LACHAN_DEMO is not set")
    known = set(
        User.objects.filter(username__in=[row[0] for row in ACCOUNTS]).values_list("username", flat=True)
    )
    made = [_make(*row, now=now) for row in ACCOUNTS if row[0] not in known]
    _give_place(now)
    return made


def _make(username: str, full_name: str, role: str, unit: str, *, now: datetime) -> User:
    user = User(
        username=username,
        full_name=full_name,
        is_demo=True,
        mfa_required=username == WITH_TOTP,
        created_at=now,
    )
    user.set_password(PASSWORD)
    user.save(force_insert=True)
    if role != "place_owner":
        Grant.objects.create(user=user, role=role, unit=unit, valid_from=now - timedelta(days=1))
    if username == WITH_TOTP:
        secret = get_adapter().encrypt(TOTP_SECRET)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    note("created", user, by=None, now=now, unit=unit, data={"role": role, "demo": True})
    return user


def _give_place(now: datetime) -> None:
    """The owner's grant is for one place; it waits until there is one."""
    owner = User.objects.get(username="chuquan")
    place = Place.objects.filter(unit=VINH_HOA).order_by("pk").first()
    if place is not None and not Grant.objects.filter(user=owner).exists():
        Grant.objects.create(
            user=owner, role="place_owner", unit=VINH_HOA, place=place.pk, valid_from=now - timedelta(days=1)
        )


@transaction.atomic
def remove_demo_accounts(now: datetime) -> int:
    """Close every demo account: its roles are revoked, and it can't sign in. Returns how many."""
    users = list(User.objects.filter(is_demo=True, is_active=True))
    for user in users:
        note("closed", user, by=None, now=now)
        user.is_active = False
        user.session_epoch += 1
        user.set_unusable_password()
        user.save()
        Grant.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
        Authenticator.objects.filter(user_id=user.pk).delete()
    return len(users)


def active_demo_accounts() -> int:
    """How many demo accounts could sign in; 0 while the tables don't exist yet."""
    try:
        return User.objects.filter(is_demo=True, is_active=True).count()
    except DatabaseError:
        return 0


def refuse_in_earnest() -> None:
    """For whoever starts the server: ends the process when demo accounts are active and this is no demo."""
    found = 0 if settings.DEMO else active_demo_accounts()
    if found:
        raise SystemExit(
            f"{found} demo accounts are active, and their password is public. Run `lachan demo --remove-accounts`"
            " (or set LACHAN_DEMO=1 if this is a demo)."
        )
