from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.outbreak.zones.staff import lockdowns, people, views

app_name = "zones"
urlpatterns: list[Any] = [
    path("cb/vung/", views.zone_list, name="list"),
    path("cb/vung/de-xuat/", views.propose, name="propose"),
    path("cb/vung/so-lieu/", views.figures_page, name="figures"),
    path("cb/vung/so-lieu/nhap/", people.upload, name="people"),
    path("cb/vung/so-lieu/nhap/<uuid:pk>/", people.preview, name="people_preview"),
    path("cb/vung/so-lieu/dan-so.xlsx", people.template, name="people_template"),
    path("cb/vung/phong-toa/", lockdowns.new, name="lockdown"),
    path("cb/vung/ho/<uuid:pk>/", lockdowns.needs, name="needs"),
    path("cb/vung/ho/<uuid:pk>/xong/", lockdowns.met, name="met"),
    path("cb/vung/<uuid:pk>/", views.zone_page, name="zone"),
    path("cb/vung/<uuid:pk>/quyet-dinh/", views.decide, name="decide"),
    path("cb/vung/<uuid:pk>/khong-ap-dung/", views.refuse, name="refuse"),
    path("cb/vung/<uuid:pk>/bai-bo/", views.lift, name="lift"),
    path("cb/vung/<uuid:pk>/cap-nhat/", lockdowns.refresh, name="refresh"),
    path("cb/vung/<uuid:pk>/in/", lockdowns.printed, name="print"),
    path("cb/vung/<uuid:pk>/ho.xlsx", lockdowns.export, name="export"),
]
