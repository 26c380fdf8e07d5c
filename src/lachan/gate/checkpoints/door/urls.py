from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.gate.checkpoints.door import views

urlpatterns: list[Any] = [
    path("api/edge/enrol", views.enrolling, name="enrol"),
    path("api/edge/bundle", views.bundle_of_device, name="device_bundle"),
    path("api/edge/state", views.state_of_device, name="device_state"),
    path("quet/", views.scanner, name="scanner"),
    path("quet/vo/", views.shell, name="scanner_shell"),
    path("quet/ung-dung.webmanifest", views.manifest, name="scanner_manifest"),
]
