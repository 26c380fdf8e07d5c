from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lachan.registry.people"
    label = "people"
