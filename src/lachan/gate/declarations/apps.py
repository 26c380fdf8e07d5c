from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "lachan.gate.declarations"
    label = "declarations"

    def ready(self) -> None:
        from lachan.gate.declarations import words  # noqa: F401
        from lachan.gate.declarations.consumers import counters, follow_up, people  # noqa: F401
