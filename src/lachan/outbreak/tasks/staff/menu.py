"""What tasks add to the staff menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lachan.base.navigation import NavItem, register


def install() -> None:
    """Called once the apps are ready."""
    register(NavItem("outbreak", _("Công việc"), "tasks:list", "tasks.view", "checklist", order=5))
