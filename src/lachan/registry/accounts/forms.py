"""What people type about accounts. Forms tidy and explain; the rules are the services'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.kernel.clock import day_bounds
from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts.models import User
from lachan.registry.accounts.roles import roles
from lachan.registry.units.models import Unit

MISSING = {"required": _("Mục này bắt buộc.")}


def explain(form: forms.Form, error: InvalidInput) -> None:
    """A service's refusal, beside its field if the form has it."""
    form.add_error(error.field if error.field in form.fields else None, text_of(error.code, error.params))


def unit_choices(scope: Scope) -> list[tuple[str, str]]:
    """The units of the installation's structure inside a scope: path and name, a district before its communes."""
    rows = Unit.objects.filter(structure=settings.STRUCTURE, path__startswith=f"{settings.PROVINCE}/")
    inside = scope.narrow(rows, "path").order_by("path").values_list("path", "level", "full_name")
    return [(path, f"{'— ' * (level - 1)}{name}") for path, level, name in inside]


def role_choices(now: datetime, names: Iterable[str] | None = None) -> list[tuple[str, str]]:
    allowed = None if names is None else set(names)
    return [
        (role.name, role.title)
        for role in roles(now).values()
        if not role.place_only and (allowed is None or role.name in allowed)
    ]


class FilterForm(forms.Form):
    """The list's filters; wrong values count as none."""

    q = forms.CharField(label=_("Tìm tên hoặc tên đăng nhập"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Vai trò"), required=False)
    state = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[("", _("Tất cả")), ("open", _("Đang mở")), ("locked", _("Đang khóa"))],
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Tất cả")), *role_choices(now)]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        if not self.is_valid():
            return {}
        return {name: value for name, value in self.cleaned_data.items() if value}


class RoleForm(forms.Form):
    """A role in a unit, as the reader may give it somewhere; whether in this very unit, the service says."""

    role = forms.ChoiceField(label=_("Vai trò"), error_messages=MISSING)
    unit = forms.ChoiceField(
        label=_("Đơn vị"),
        help_text=_("Vai trò có hiệu lực trong đơn vị này và mọi đơn vị bên dưới."),
        error_messages=MISSING,
    )

    def __init__(self, *args: Any, scope: Scope, now: datetime, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("Chọn vai trò")), *role_choices(now, names)]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", _("Chọn đơn vị")), *unit_choices(scope)]  # type: ignore[attr-defined]


class GrantForm(RoleForm):
    valid_from = forms.DateField(
        label=_("Từ ngày"),
        required=False,
        help_text=_("Để trống: ngay bây giờ."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=_("Đến hết ngày"),
        required=False,
        help_text=_("Để trống: không có hạn."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_valid_from(self) -> datetime | None:
        return _edge(self.cleaned_data["valid_from"], 0)

    def clean_valid_to(self) -> datetime | None:
        return _edge(self.cleaned_data["valid_to"], 1)


def _edge(day: date | None, which: int) -> datetime | None:
    """The first moment of a day (0) or that after its last (1)."""
    try:
        return day_bounds(day)[which] if day else None
    except InvalidInput as error:
        raise forms.ValidationError(text_of(error.code, error.params)) from None


class InviteForm(RoleForm):
    full_name = forms.CharField(label=_("Họ và tên"), max_length=100, error_messages=MISSING)
    email = forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        error_messages={"invalid": _("Địa chỉ thư điện tử không đúng dạng.")},
    )
    field_order = ("full_name", "role", "unit", "email")


class LockForm(forms.Form):
    reason = forms.CharField(label=_("Lý do khóa"), max_length=200, error_messages=MISSING)


class PasswordForm(forms.Form):
    """A new password, twice, with Django's own advice beside the field."""

    password = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Ít nhất 10 ký tự, không chỉ gồm chữ số và không quá phổ biến. Một câu ngắn dễ nhớ là tốt nhất."
        ),
        error_messages=MISSING,
    )
    again = forms.CharField(
        label=_("Ghi lại mật khẩu"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages=MISSING,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password)
        except forms.ValidationError:
            raise forms.ValidationError(text_of("password_weak")) from None
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", text_of("passwords_differ"))
        return data


class AcceptForm(PasswordForm):
    full_name = forms.CharField(
        label=_("Họ và tên"),
        max_length=100,
        error_messages=MISSING,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=60,
        help_text=_("Chữ thường không dấu, chữ số, dấu chấm hoặc gạch; ví dụ: hoa.vinhhai."),
        error_messages=MISSING,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("full_name", "username", "password", "again")


class RescueForm(PasswordForm):
    forget = forms.BooleanField(
        label=_("Bỏ bảo mật hai lớp cũ (mất điện thoại, mất khóa bảo mật); sẽ cài lại sau khi đăng nhập"),
        required=False,
    )


class ProfileForm(forms.Form):
    full_name = forms.CharField(label=_("Họ và tên"), max_length=100, error_messages=MISSING)
    phone = forms.CharField(
        label=_("Điện thoại"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        error_messages={"invalid": _("Địa chỉ thư điện tử không đúng dạng.")},
    )

    @classmethod
    def of(cls, user: User) -> ProfileForm:
        from lachan.kernel.phones import display_phone

        shown = display_phone(user.phone) if user.phone else ""
        return cls(initial={"full_name": user.full_name, "phone": shown, "email": user.email})
