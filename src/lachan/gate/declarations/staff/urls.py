"""The staff's addresses; gate.declarations.urls takes them into its own namespace."""

from __future__ import annotations

from django.urls import path, re_path

from lachan.gate.declarations.staff import (
    assist,
    cards,
    counts,
    entries,
    export,
    keying,
    paper,
    queue,
    requests,
)

urlpatterns = [
    path("cb/to-khai/", entries.entry_list, name="list"),
    re_path(r"^cb/to-khai/tai-ve\.(?P<kind>xlsx|csv)$", export.export, name="export"),
    path("cb/to-khai/<uuid:entry>/", entries.entry_detail, name="detail"),
    path("cb/to-khai/<uuid:entry>/the/", cards.entry_card, name="entry_card"),
    path("cb/to-khai/cua-nguoi/<uuid:person>/", entries.of_person, name="of_person"),
    path("cb/theo-doi/", queue.queue_list, name="queue"),
    path("cb/theo-doi/giao/", queue.assign, name="assign"),
    path("cb/theo-doi/<uuid:pk>/ghi/", queue.note, name="note"),
    path("cb/theo-doi/<uuid:pk>/hoan-tac/", queue.undo, name="undo"),
    path("cb/theo-doi/<uuid:pk>/goi/", queue.call, name="call"),
    path("cb/dem/", counts.counts, name="counts"),
    path("cb/dem/diem/<uuid:place>/", counts.place_counter, name="place_counter"),
    path("cb/khai-ho/", assist.choose, name="assist"),
    path("cb/khai-ho/mau/<slug:form>/", assist.declare, name="assist_form"),
    path("cb/khai-ho/ket-qua/<uuid:declaration>/", assist.assisted, name="assisted"),
    path("cb/khai-ho/ket-qua/<uuid:declaration>/the/", cards.assisted_card, name="assisted_card"),
    path("cb/yeu-cau/", requests.request_list, name="requests"),
    path("cb/yeu-cau/<uuid:pk>/", requests.request_detail, name="request"),
    path("cb/giay/", paper.paper_list, name="paper"),
    path("cb/giay/in/", paper.print_forms, name="paper_print"),
    path("cb/giay/lo/<uuid:batch>/", paper.batch_page, name="paper_batch"),
    path("cb/giay/lo/<uuid:batch>.pdf", paper.batch_pdf, name="paper_pdf"),
    path("cb/giay/<uuid:pk>/nhap/", keying.key, name="paper_key"),
    path("cb/giay/<uuid:pk>/doi-chieu/", keying.resolve, name="paper_resolve"),
    path("cb/giay/<uuid:pk>/nhap-lai-cua-toi/", keying.own_again, name="paper_own_again"),
    path("cb/giay/<uuid:pk>/nhap-lai/", keying.again, name="paper_again"),
    path("cb/giay/<uuid:pk>/huy/", paper.void, name="paper_void"),
]
