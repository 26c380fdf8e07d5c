from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.outbreak.cases import api
from lachan.outbreak.cases.staff.urls import urlpatterns as staff

app_name = "cases"
urlpatterns: list[Any] = [path("api/phong-xet-nghiem/ket-qua/", api.take, name="api_results"), *staff]
