from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "lachan.registry.places"
    label = "places"
