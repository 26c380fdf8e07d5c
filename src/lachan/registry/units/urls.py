from __future__ import annotations

from django.urls import path, re_path

from lachan.registry.units import views

app_name = "units"
_PATH = r"(?P<unit>(?:[0-9]{1,5}/){1,3})"

urlpatterns = [
    path("don-vi/tim", views.find, name="find"),
    path("don-vi/tat-ca.json", views.everything, name="everything"),
    path("don-vi/ca-nuoc-<slug:version>.json", views.country, name="country"),
    path("cb/don-vi/", views.browse, name="list"),
    path("cb/don-vi/ranh-gioi/", views.geometry, name="geometry"),
    path("cb/don-vi/co-quan/", views.agencies, name="agencies"),
    path("cb/don-vi/co-quan/moi/", views.new_agency, name="new_agency"),
    path("cb/don-vi/co-quan/<uuid:pk>/", views.agency, name="agency"),
    path("cb/don-vi/co-quan/<uuid:pk>/<str:verb>/", views.change_agency, name="change_agency"),
    re_path(rf"^cb/don-vi/{_PATH}$", views.unit, name="unit"),
]
