"""The portal's addresses."""

from __future__ import annotations

from django.urls import include, path

from lachan.portal.views import authority, home, inspect, owner, poster, public, system

app_name = "portal"
urlpatterns = [
    path("", include("lachan.portal.place_registration.urls")),
    path("", public.home, name="home"),
    path("giup-do/", public.help_page, name="help"),
    path("rieng-tu/", public.privacy, name="privacy"),
    path("mat-mang/", public.offline, name="offline"),
    path("chung-thu/", authority.page, name="authority"),
    path("chung-thu/lachan-authority.crt", authority.download, name="authority_file"),
    path("q/<str:code>", poster.address, name="poster"),
    path("q/<str:code>/", poster.address, name="poster_slash"),
    path("diem/<str:code>/", owner.page, name="owner"),
    path("kiem-tra/", inspect.index, name="inspect"),
    path("kiem-tra/xuat/", inspect.export, name="inspect_export"),
    path("kiem-tra/<str:code>/", inspect.place, name="inspect_place"),
    path("cb/", home.home, name="staff_home"),
    path("cb/14-ngay.csv", home.days_csv, name="days_csv"),
    path("cb/he-thong/", system.page, name="system"),
    path("cb/he-thong/<int:pk>/chay-lai/", system.replay, name="system_replay"),
]
