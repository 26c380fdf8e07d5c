from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "lachan.gate.declarations"
    label = "declarations"

    def ready(self) -> None:
        from lachan.gate.declarations import words  # noqa: F401
        from lachan.gate.declarations.consumers import counters, follow_up, people  # noqa: F401
        from lachan.gate.declarations.staff import menu

        menu.install()
        from lachan.gate.declarations.lookup import kinds  # noqa: F401
