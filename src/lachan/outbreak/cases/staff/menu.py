"""What cases and the laboratory add to the staff menu, and to a person's page."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lachan.base.navigation import NavItem, register
from lachan.registry.people import panels


def install() -> None:
    """Called once the apps are ready."""
    register(NavItem("outbreak", _("Ca bệnh"), "cases:list", "cases.view", "virus", order=20))
    register(NavItem("outbreak", _("Xét nghiệm"), "cases:lab", "lab.work", "test-pipe", order=30))
    panels.register("cases", panels.Panel(_("Ca bệnh"), "cases.view", _of_person))


def _of_person(person: UUID) -> str:
    return reverse("cases:of_person", args=[person])
