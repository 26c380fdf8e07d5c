"""How allauth behaves here: nobody signs up, names rest after wrong passwords, secrets are encrypted in the row."""

from __future__ import annotations

import base64
import time
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from lachan.base.address import client_address
from lachan.base.keys import keyring
from lachan.kernel.codes.qr import to_qr_svg
from lachan.registry.accounts import selectors, services
from lachan.registry.accounts.models import User

FRESH = 300  # seconds; by the machine's own clock, as allauth notes its steps
SECRET_AAD = b"mfa_authenticator.data"
RESTS = _(
    "Đã thử sai quá nhiều lần. Vì an toàn, tên đăng nhập này tạm nghỉ 15 phút; xin thử lại sau, hoặc nhờ người quản lý tài khoản mở."
)
WRONG = _("Tên đăng nhập hoặc mật khẩu không đúng.")


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Tài khoản này đang khóa."),
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "enter_current_password": _("Hãy ghi đúng mật khẩu đang dùng."),
        "incorrect_password": _("Mật khẩu không đúng."),
        "incorrect_code": _("Mã không đúng."),
        "too_many_login_attempts": RESTS,
        "rate_limited": _("Bạn gửi quá nhiều lần; xin đợi một lát."),
        "same_as_current": _("Giá trị mới phải khác giá trị đang dùng."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts begin with an invitation."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses a resting name before the password is read; a name without an account rests the same."""
        if services.paused_until(_name(credentials), request.clock.now()):  # type: ignore[attr-defined]
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        services.sign_in_failed(_name(credentials), request.clock.now())  # type: ignore[attr-defined]

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A locked account (and a demo account in earnest) stops here, once its password was right."""
        if not selectors.in_good_standing(user, request.clock.now()):  # type: ignore[attr-defined]
            from allauth.account.internal.stagekit import clear_login

            clear_login(request)
            response: HttpResponse = self.respond_user_inactive(request, user)
            return response
        passed: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return passed

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in within the last five minutes is proof enough to set up a second factor and to read its recovery codes."""
        steps = get_authentication_records(context.request, context.request.user)
        if app == "allauth.mfa" and steps and time.time() - steps[-1]["at"] < FRESH:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own notes ("Successfully signed in as …") say nothing that the page doesn't show."""


def _name(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")


class MfaAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Tài khoản này phải có bảo mật hai lớp: hãy thêm cách khác trước khi bỏ cách này."
        ),
        "cannot_generate_recovery_codes": _(
            "Hãy cài ứng dụng tạo mã hoặc khóa bảo mật trước, rồi mới tạo mã dự phòng."
        ),
        "incorrect_code": _("Mã không đúng."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(keyring().seal(text.encode(), SECRET_AAD)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().open(base64.b64decode(encrypted_text), SECRET_AAD).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last app or passkey of an account that must have one stays."""
        if not authenticator.user.mfa_required:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def build_totp_svg(self, url: str) -> str:
        drawing = to_qr_svg(url, title=str(_("Mã QR cho ứng dụng tạo mã")))
        return drawing.replace(
            "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
        )  # it stands in an <img>

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Khóa bảo mật %(number)s")) % {"number": count + 1}

    def get_totp_label(self, user: User) -> str:
        return user.username

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def otpauth(username: str, secret: str) -> str:
    """The address that an authenticator app reads from a QR."""
    issuer = quote(settings.MFA_TOTP_ISSUER)
    return f"otpauth://totp/{issuer}:{quote(username)}?secret={secret}&issuer={issuer}"
