from django.apps import AppConfig


class CheckpointsConfig(AppConfig):
    name = "lachan.gate.checkpoints"
    label = "checkpoints"

    def ready(self) -> None:
        from lachan.gate.checkpoints import board

        board.install()
