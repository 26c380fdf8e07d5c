"""What isolation adds to the staff menu."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lachan.base.navigation import NavItem, register
from lachan.outbreak.cases import panels


def install() -> None:
    """Called once the apps are ready."""
    register(NavItem("outbreak", _("Cách ly"), "isolation:list", "isolation.view", "home-heart", order=40))
    panels.register(
        "isolation",
        panels.Panel(
            _("Cách ly"),
            "isolation.view",
            lambda case: reverse("isolation:of_case", args=[case]),
            "home-heart",
        ),
    )
