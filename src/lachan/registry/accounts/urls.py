"""Addresses of accounts. Those of allauth that aren't used here are closed before allauth's own come."""

from __future__ import annotations

from django.urls import path, re_path

from lachan.registry.accounts.views import entrance, invitations, manage, own

app_name = "accounts"
urlpatterns = [
    path("cb/tai-khoan/", manage.accounts, name="list"),
    path("cb/tai-khoan/export/", manage.export, name="export"),
    path("cb/tai-khoan/moi/", invitations.invite, name="invite"),
    path("cb/tai-khoan/loi-moi/", invitations.invitations, name="invitations"),
    path("cb/tai-khoan/loi-moi/<uuid:invitation>/rut/", invitations.withdraw, name="withdraw"),
    path("cb/tai-khoan/<uuid:account>/", manage.account, name="account"),
    path("cb/tai-khoan/<uuid:account>/vai-tro/", manage.grant, name="grant"),
    path("cb/tai-khoan/<uuid:account>/vai-tro/<uuid:grant>/thu-hoi/", manage.revoke, name="revoke"),
    path("cb/tai-khoan/<uuid:account>/khoa/", manage.lock, name="lock"),
    path("cb/tai-khoan/<uuid:account>/dat-mat-khau/", manage.password_link, name="password_link"),
    path("cb/tai-khoan/<uuid:account>/<slug:verb>/", manage.act, name="act"),
    path("tai-khoan/toi/", own.me, name="me"),
    path("tai-khoan/toi/ket-thuc-phien/", own.end_my_sessions, name="end_my_sessions"),
    path("tai-khoan/bao-mat/", own.second_factor, name="second_factor"),
    path("tai-khoan/moi/<str:token>/", entrance.accept, name="accept"),
    path("tai-khoan/cuu-ho/<str:token>/", entrance.rescue, name="rescue"),
    path("tai-khoan/password/reset/", entrance.forgotten, name="forgotten"),
    re_path(
        r"^tai-khoan/(?:signup|email|confirm-email|password/reset/.+|password/set|login/code)(?:/.*)?$",
        entrance.closed,
        name="closed",
    ),
]
