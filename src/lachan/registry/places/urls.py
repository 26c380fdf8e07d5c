from __future__ import annotations

from django.urls import path

from lachan.registry.places import views

app_name = "places"

urlpatterns = [
    path("ma/diem/<str:code>.svg", views.qr, name="qr"),
    path("ma/diem/<str:code>/to-dan.pdf", views.poster, name="poster"),
    path("ma/diem/<str:code>/the-nho.pdf", views.cards, name="cards"),
    path("cb/diem/", views.places, name="list"),
    path("cb/diem/xuat.xlsx", views.export, name="export"),
    path("cb/diem/moi/", views.new, name="new"),
    path("cb/diem/nhap/", views.upload, name="import"),
    path("cb/diem/nhap/mau.xlsx", views.template, name="import_template"),
    path("cb/diem/nhap/<uuid:pk>/", views.preview, name="import_preview"),
    path("cb/diem/nhap/<uuid:pk>/tu-choi.xlsx", views.refused_rows, name="import_refused"),
    path("cb/diem/<uuid:pk>/", views.place, name="detail"),
    path("cb/diem/<uuid:pk>/sua/", views.edit, name="edit"),
    path("cb/diem/<uuid:pk>/cap-lai/", views.reissue, name="reissue"),
    path("cb/diem/<uuid:pk>/trang-thai/<str:verb>/", views.change_state, name="state"),
    path("cb/diem/<uuid:pk>/in/<str:name>", views.printed, name="print"),
]
