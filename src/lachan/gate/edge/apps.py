from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "lachan.gate.edge"
    label = "edge"
