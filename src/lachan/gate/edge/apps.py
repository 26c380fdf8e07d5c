from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "lachan.gate.edge"
    label = "edge"

    def ready(self) -> None:
        from lachan.gate.edge import words  # noqa: F401
