from __future__ import annotations

from typing import Any

from lachan.gate.declarations.citizen.urls import urlpatterns as citizen
from lachan.gate.declarations.lookup.urls import urlpatterns as lookup
from lachan.gate.declarations.staff.urls import urlpatterns as staff

app_name = "declarations"
urlpatterns: list[Any] = [*citizen, *lookup, *staff]
