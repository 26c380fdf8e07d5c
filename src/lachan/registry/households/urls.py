from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.registry.households.round import phone
from lachan.registry.households.round import views as round
from lachan.registry.households.staff import households, imports, listing, teams

app_name = "households"
urlpatterns: list[Any] = [
    path("cb/ho-dan/", listing.household_list, name="list"),
    path("cb/ho-dan/in/", listing.printed, name="print"),
    path("cb/ho-dan/xuat.xlsx", listing.export, name="export"),
    path("cb/ho-dan/moi/", households.new, name="new"),
    path("cb/ho-dan/nhap/", imports.upload, name="import"),
    path("cb/ho-dan/nhap/mau.xlsx", imports.template, name="import_template"),
    path("cb/ho-dan/nhap/<uuid:pk>/", imports.preview, name="import_preview"),
    path("cb/ho-dan/nhap/<uuid:pk>/tu-choi.xlsx", imports.refused_rows, name="import_refused"),
    path("cb/ho-dan/to/", teams.team_list, name="teams"),
    path("cb/ho-dan/to/chia/", teams.split, name="teams_split"),
    path("cb/ho-dan/to/<uuid:pk>/", teams.team_page, name="team"),
    path("cb/ho-dan/to/<uuid:pk>/gan/", teams.bind, name="team_bind"),
    path("cb/ho-dan/to/<uuid:pk>/go/", teams.unbind, name="team_unbind"),
    path("cb/ho-dan/to/<uuid:pk>/dong/", teams.close, name="team_close"),
    path("cb/ho-dan/to/<uuid:pk>/in/", teams.sheet, name="team_sheet"),
    path("cb/ho-dan/nguoi/<uuid:pk>/", households.member, name="member"),
    path("cb/ho-dan/nguoi/<uuid:pk>/di/", households.leave, name="member_leave"),
    path("cb/ho-dan/<uuid:pk>/", households.household, name="household"),
    path("cb/ho-dan/<uuid:pk>/sua/", households.edit, name="edit"),
    path("cb/ho-dan/<uuid:pk>/them/", households.add, name="add"),
    path("cb/ho-dan/<uuid:pk>/dong/", households.close, name="close"),
    path("tuan/", round.rounds, name="rounds"),
    path("tuan/ung-dung.webmanifest", phone.manifest, name="round_manifest"),
    path("tuan/vo/", phone.shell, name="round_shell"),
    path("tuan/du-lieu.json", phone.data, name="round_data"),
    path("tuan/ghi/", phone.take, name="round_take"),
    path("tuan/in/", round.sheet, name="round_sheet"),
    path("tuan/<uuid:pk>/", round.house, name="round_house"),
]
