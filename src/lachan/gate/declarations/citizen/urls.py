"""The citizen's addresses; gate.declarations.urls takes them into its own namespace."""

from __future__ import annotations

from django.urls import path

from lachan.gate.declarations.citizen import offline, pages, results

urlpatterns = [
    path("khai/", pages.choose, name="choose"),
    path("khai/vo/", offline.shell, name="shell"),
    path("khai/form.json", offline.form_json, name="form_json"),
    path("khai/the.json", results.card_code, name="card_code"),
    path("khai/mau/<slug:form>/", pages.declare_form, name="declare_form"),
    path("khai/<slug:code>/", pages.declare_place, name="declare_place"),
    path("ket-qua/<uuid:declaration>/", results.result, name="result"),
    path("ket-qua/<uuid:declaration>/the/", results.card, name="card"),
    path("cua-toi/", results.mine, name="mine"),
    path("sw.js", offline.worker, name="worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
]
