from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.registry.people import views

app_name = "people"
urlpatterns: list[Any] = [
    path("cb/nguoi/", views.search, name="list"),
    path("cb/nguoi/<uuid:pk>/", views.detail, name="detail"),
    path("cb/nguoi/<uuid:pk>/giay-to/", views.reveal, name="reveal"),
    path("cb/nguoi/<uuid:pk>/gop/<uuid:other>/", views.merge, name="merge"),
    path("cb/nguoi/gop/<uuid:pk>/tach/", views.unmerge, name="unmerge"),
]
