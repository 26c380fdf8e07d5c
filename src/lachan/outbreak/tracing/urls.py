from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.outbreak.tracing.public import self_report
from lachan.outbreak.tracing.public import views as public
from lachan.outbreak.tracing.staff import (
    cases,
    chains,
    contacts,
    foci,
    imports,
    people,
    publishing,
    self_reports,
    settings,
    sheets,
)

app_name = "tracing"
urlpatterns: list[Any] = [
    path("moc-dich-te/", public.setting_list, name="public_settings"),
    path("moc-dich-te/<uuid:pk>/", public.setting, name="public_setting"),
    path("moc-dich-te/<uuid:pk>/in/", public.sheet, name="public_sheet"),
    path("tiep-xuc/<uuid:contact>/<str:code>/", self_report.report, name="self_report_form"),
    path("cb/truy-vet/", contacts.contact_list, name="list"),
    path("cb/truy-vet/giao/", contacts.assign, name="assign"),
    path("cb/truy-vet/danh-tinh/", contacts.reveal, name="reveal"),
    path("cb/truy-vet/tai-ve.<str:kind>", sheets.export, name="export"),
    path("cb/truy-vet/nguoi/<uuid:pk>/", contacts.page, name="contact"),
    path("cb/truy-vet/nguoi/<uuid:pk>/tu-khai/", self_reports.page, name="self_reports"),
    path("cb/truy-vet/nguoi/<uuid:pk>/tu-khai/<uuid:report>/", self_reports.decide, name="self_report"),
    path("cb/truy-vet/nguoi/<uuid:pk>/ghi/", contacts.act, name="act"),
    path("cb/truy-vet/o-dich/", foci.page, name="foci"),
    path("cb/truy-vet/moc/", settings.setting_list, name="settings"),
    path("cb/truy-vet/moc/moi/", settings.declare, name="setting_new"),
    path("cb/truy-vet/moc/<uuid:pk>/", settings.page, name="setting"),
    path("cb/truy-vet/moc/<uuid:pk>/cong-bo/", publishing.publish, name="setting_publish"),
    path("cb/truy-vet/moc/<uuid:pk>/<str:verb>/", settings.change, name="setting_change"),
    path("cb/truy-vet/ca/<uuid:case>/", cases.page, name="case"),
    path("cb/truy-vet/ca/<uuid:case>/xet/", cases.decide, name="decide"),
    path("cb/truy-vet/ca/<uuid:case>/tim/", cases.find, name="find"),
    path("cb/truy-vet/ca/<uuid:case>/them/", people.add, name="add"),
    path("cb/truy-vet/ca/<uuid:case>/ke/", people.interviews, name="interviews"),
    path("cb/truy-vet/ca/<uuid:case>/ke/<uuid:pk>/", people.link, name="link"),
    path("cb/truy-vet/ca/<uuid:case>/chuoi/", chains.page, name="chain"),
    path("cb/truy-vet/ca/<uuid:case>/nguon/", chains.sources, name="sources"),
    path("cb/truy-vet/ca/<uuid:case>/nguon/ghi/", chains.choose, name="choose"),
    path("cb/truy-vet/ca/<uuid:case>/bieu-mau.xlsx", sheets.form_5053, name="form_5053"),
    path("cb/truy-vet/ca/<uuid:case>/nhap/", imports.upload, name="import"),
    path("cb/truy-vet/ca/<uuid:case>/nhap/<uuid:pk>/", imports.preview, name="import_preview"),
]
