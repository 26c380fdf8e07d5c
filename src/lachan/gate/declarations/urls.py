from __future__ import annotations

from typing import Any

from lachan.gate.declarations.citizen.urls import urlpatterns as citizen
from lachan.gate.declarations.lookup.urls import urlpatterns as lookup

app_name = "declarations"
urlpatterns: list[Any] = [*citizen, *lookup]
