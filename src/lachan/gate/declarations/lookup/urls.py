"""The look-up's addresses; gate.declarations.urls takes them into its own namespace."""

from __future__ import annotations

from django.urls import path

from lachan.gate.declarations.lookup import views

urlpatterns = [
    path("tra-cuu/", views.start, name="lookup"),
    path("tra-cuu/ma/", views.code, name="lookup_code"),
    path("tra-cuu/ma/gui-lai/", views.again, name="lookup_again"),
    path("tra-cuu/ai-da-xem/", views.who_read, name="lookup_readers"),
    path("tra-cuu/thoat/", views.leave, name="lookup_leave"),
    path("tra-cuu/<uuid:declaration>/", views.declaration, name="lookup_declaration"),
]
