"""Every address. An app's urls.py spells its whole paths; docs/addresses.md lists them, and a test compares."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("lachan.portal.urls")),
    path("", include("lachan.gate.declarations.urls")),
    path("", include("lachan.gate.checkpoints.urls")),
    path("", include("lachan.outbreak.zones.urls")),
    path("", include("lachan.outbreak.isolation.urls")),
    path("", include("lachan.outbreak.tracing.urls")),
    path("", include("lachan.outbreak.cases.urls")),
    path("", include("lachan.outbreak.tasks.urls")),
    path("", include("lachan.registry.units.urls")),
    path("", include("lachan.registry.places.urls")),
    path("", include("lachan.registry.people.urls")),
    path("", include("lachan.registry.households.urls")),
    path("", include("lachan.registry.audit.urls")),
    path("", include("lachan.registry.accounts.urls")),
    path("tai-khoan/", include("allauth.urls")),
]

handler400 = "lachan.base.errors.bad_request"
handler403 = "lachan.base.errors.forbidden"
handler404 = "lachan.base.errors.not_found"
handler500 = "lachan.base.errors.server_error"
