from django.apps import AppConfig


class IsolationConfig(AppConfig):
    name = "lachan.outbreak.isolation"
    label = "isolation"
