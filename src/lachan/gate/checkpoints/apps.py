from django.apps import AppConfig


class CheckpointsConfig(AppConfig):
    name = "lachan.gate.checkpoints"
    label = "checkpoints"
