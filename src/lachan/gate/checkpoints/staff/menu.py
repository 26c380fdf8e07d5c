"""What gates add to the staff menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lachan.base.navigation import NavItem, register


def install() -> None:
    """Called once the apps are ready."""
    register(
        NavItem(
            "gate", _("Chốt kiểm soát"), "checkpoints:list", "checkpoints.view", "barrier-block", order=25
        )
    )
