from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.outbreak.tasks.staff import views

app_name = "tasks"
urlpatterns: list[Any] = [
    path("cb/viec/", views.task_list, name="list"),
    path("cb/viec/khoi-luong/", views.workload, name="workload"),
    path("cb/viec/xuat.xlsx", views.export, name="export"),
    path("cb/viec/<uuid:pk>/", views.task_page, name="task"),
    path("cb/viec/<uuid:pk>/nhan/", views.take, name="take"),
    path("cb/viec/<uuid:pk>/xong/", views.done, name="done"),
    path("cb/viec/<uuid:pk>/giao/", views.hand_over, name="hand_over"),
    path("cb/viec/<uuid:pk>/ghi/", views.note, name="note"),
    path("cb/viec/<uuid:pk>/hoan-tac/", views.undo, name="undo"),
]
