from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.gate.checkpoints.visits import books, printing, telling, views

urlpatterns: list[Any] = [
    path("vao/", views.been, name="been"),
    path("vao/ghi/", telling.tell, name="visit_tell"),
    path("vao/vo/", views.shell, name="visit_shell"),
    path("vao/<slug:code>/", views.door, name="door"),
    path("ma/diem/<slug:code>/khach-den.pdf", printing.poster_pdf, name="visit_poster"),
    path("ma/diem/<slug:code>/khach-den.svg", printing.poster_svg, name="visit_poster_svg"),
    path("ma/diem/<slug:code>/may-o-cua.pdf", printing.tablet, name="door_tablet"),
    path("cb/so-khach/", books.books, name="books"),
    path("so-khach/<slug:code>/", views.book, name="book"),
    path("so-khach/<slug:code>/suc-chua/", views.capacity, name="capacity"),
    path("so-khach/<slug:code>/tai-ve.csv", views.book_file, name="book_file"),
    path("so-khach/<slug:code>/<uuid:guest>/ra/", views.left, name="guest_left"),
]
