"""What households add to the staff menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lachan.base.navigation import NavItem, register


def install() -> None:
    """Called once the apps are ready."""
    register(
        NavItem("registry", _("Hộ dân"), "households:list", "households.view", "home", order=25),
        NavItem("outbreak", _("Đi thăm hộ"), "households:rounds", "households.round", "walk", order=70),
    )
