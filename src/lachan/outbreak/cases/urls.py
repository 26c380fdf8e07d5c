from __future__ import annotations

from typing import Any

from lachan.outbreak.cases.staff.urls import urlpatterns as staff

app_name = "cases"
urlpatterns: list[Any] = [*staff]
