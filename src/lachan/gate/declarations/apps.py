from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "lachan.gate.declarations"
    label = "declarations"
