from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "lachan.outbreak.tracing"
    label = "tracing"

    def ready(self) -> None:
        from lachan.outbreak.tracing import consumers, kinds, readings, retention  # noqa: F401
        from lachan.outbreak.tracing.staff import menu

        menu.install()
        retention.install()
        readings.install()
