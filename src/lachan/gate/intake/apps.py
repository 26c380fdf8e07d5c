from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "lachan.gate.intake"
    label = "intake"
