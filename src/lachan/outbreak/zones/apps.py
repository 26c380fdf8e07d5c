from django.apps import AppConfig


class ZonesConfig(AppConfig):
    name = "lachan.outbreak.zones"
    label = "zones"
