from __future__ import annotations

from typing import Any

from lachan.gate.checkpoints.board.urls import urlpatterns as board
from lachan.gate.checkpoints.door.urls import urlpatterns as door
from lachan.gate.checkpoints.staff.urls import urlpatterns as staff
from lachan.gate.checkpoints.visits.urls import urlpatterns as visits

app_name = "checkpoints"
urlpatterns: list[Any] = [*door, *staff, *board, *visits]
