from __future__ import annotations

from django.urls import path

from lachan.registry.audit import views

app_name = "audit"
urlpatterns = [
    path("cb/nhat-ky/", views.events, name="list"),
    path("cb/nhat-ky/export/", views.export, name="export"),
]
