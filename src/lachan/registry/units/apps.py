from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "lachan.registry.units"
    label = "units"
