from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "lachan.registry.households"
    label = "households"
