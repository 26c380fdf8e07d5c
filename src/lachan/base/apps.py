from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "lachan.base"
    label = "base"

    def ready(self) -> None:
        from lachan.base import checks

        assert checks.every_view_declares_a_rule
