from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.gate.checkpoints.board import scans, views

urlpatterns: list[Any] = [
    path("cb/chot/bang/", views.board, name="board"),
    path("cb/chot/bang/<uuid:place>/", views.post, name="post"),
    path("cb/chot/luot/", scans.scan_list, name="scans"),
    path("cb/chot/tim/", views.find, name="find"),
    path("cb/chot/luot.xlsx", views.export, {"kind": "xlsx"}, name="export_xlsx"),
    path("cb/chot/luot.csv", views.export, {"kind": "csv"}, name="export_csv"),
]
