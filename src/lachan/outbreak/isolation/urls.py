"""Isolation's addresses."""

from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.outbreak.isolation.citizen import views
from lachan.outbreak.isolation.staff import lists, of_case, order

app_name = "isolation"
urlpatterns: list[Any] = [
    path("cb/cach-ly/", lists.order_list, name="list"),
    path("cb/cach-ly/tai-ve/", lists.export, name="export"),
    path("cb/cach-ly/goi/", lists.call_list, name="call"),
    path("cb/cach-ly/cho/", lists.room, name="room"),
    path("cb/cach-ly/ca/<uuid:pk>/", of_case.of_case, name="of_case"),
    path("cb/cach-ly/ca/<uuid:pk>/lap/", of_case.draft_all, name="draft_all"),
    path("cb/cach-ly/<uuid:pk>/", order.order_page, name="order"),
    path("cb/cach-ly/<uuid:pk>/sua/", order.correct, name="correct"),
    path("cb/cach-ly/<uuid:pk>/ban-hanh/", order.issue, name="issue"),
    path("cb/cach-ly/<uuid:pk>/huy/", order.cancel, name="cancel"),
    path("cb/cach-ly/<uuid:pk>/theo-doi/", order.check, name="check"),
    path("cb/cach-ly/<uuid:pk>/ket-thuc/", order.end, name="end"),
    path("cb/cach-ly/<uuid:pk>/<str:kind>", order.paper, name="paper"),
    path("theo-doi-cach-ly/<uuid:order>/<str:code>/", views.daily, name="daily"),
]
