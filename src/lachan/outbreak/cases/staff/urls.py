from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.outbreak.cases.staff import case, imports, lab, listing, merging, opening, results

urlpatterns: list[Any] = [
    path("cb/ca-benh/", listing.case_list, name="list"),
    path("cb/ca-benh/so-lieu/", listing.case_counts, name="counts"),
    path("cb/ca-benh/bo-loc/", listing.save_filter, name="save_filter"),
    path("cb/ca-benh/bo-loc/<uuid:pk>/xoa/", listing.drop_filter, name="drop_filter"),
    path("cb/ca-benh/xuat/<str:kind>/", listing.export, name="export"),
    path("cb/ca-benh/moi/", opening.new, name="new"),
    path("cb/ca-benh/nhap/", imports.upload, name="import"),
    path("cb/ca-benh/nhap/mau.xlsx", imports.template, name="import_template"),
    path("cb/ca-benh/nhap/<uuid:pk>/", imports.preview, name="import_preview"),
    path("cb/ca-benh/nhap/<uuid:pk>/dong.xlsx", imports.rows, name="import_rows"),
    path("cb/ca-benh/nguoi/<uuid:person>/", case.of_person, name="of_person"),
    path("cb/ca-benh/gop/<uuid:pk>/tach/", merging.unmerge, name="unmerge"),
    path("cb/ca-benh/<uuid:pk>/", case.detail, name="detail"),
    path("cb/ca-benh/<uuid:pk>/dieu-tra/", case.investigate, name="investigate"),
    path("cb/ca-benh/<uuid:pk>/sua/", case.edit, name="edit"),
    path("cb/ca-benh/<uuid:pk>/phan-loai/", case.classify, name="classify"),
    path("cb/ca-benh/<uuid:pk>/ket-cuc/", case.outcome, name="outcome"),
    path("cb/ca-benh/<uuid:pk>/chuyen/", case.move, name="move"),
    path("cb/ca-benh/<uuid:pk>/gop/<uuid:other>/", merging.merge, name="merge"),
    path("cb/xet-nghiem/", lab.sample_list, name="lab"),
    path("cb/xet-nghiem/mau/moi/", lab.take, name="take"),
    path("cb/xet-nghiem/mau/lam/", lab.act, name="act"),
    path("cb/xet-nghiem/mau/<uuid:pk>/", lab.sample_page, name="sample"),
    path("cb/xet-nghiem/mau/<uuid:pk>/nhan.pdf", lab.sample_label, name="label"),
    path("cb/xet-nghiem/ket-qua/", results.upload, name="results"),
    path("cb/xet-nghiem/ma/", results.tokens, name="tokens"),
    path("cb/xet-nghiem/ma/<uuid:pk>/thu-hoi/", results.revoke, name="token_revoke"),
    path("cb/xet-nghiem/lo/", lab.pool_list, name="pools"),
    path("cb/xet-nghiem/lo/<uuid:pk>/", lab.pool_page, name="pool"),
]
