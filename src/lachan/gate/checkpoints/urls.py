from __future__ import annotations

from typing import Any

from lachan.gate.checkpoints.board.urls import urlpatterns as board

app_name = "checkpoints"
urlpatterns: list[Any] = [*board]
