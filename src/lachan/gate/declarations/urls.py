from __future__ import annotations

from typing import Any

from lachan.gate.declarations.citizen.urls import urlpatterns as citizen

app_name = "declarations"
urlpatterns: list[Any] = [*citizen]
