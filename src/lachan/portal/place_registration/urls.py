from __future__ import annotations

from django.urls import path

from lachan.portal.place_registration import views

app_name = "registration"
urlpatterns = [
    path("dang-ky-diem/", views.tell, name="tell"),
    path("dang-ky-diem/ma/", views.prove, name="prove"),
    path("dang-ky-diem/ma/gui-lai/", views.again, name="again"),
    path("dang-ky-diem/xong/<str:code>/", views.done, name="done"),
]
