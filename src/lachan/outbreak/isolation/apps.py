from django.apps import AppConfig


class IsolationConfig(AppConfig):
    name = "lachan.outbreak.isolation"
    label = "isolation"

    def ready(self) -> None:
        from lachan.outbreak.isolation import kinds, readings, retention, words  # noqa: F401
        from lachan.outbreak.isolation.consumers import people, results, rounds  # noqa: F401
        from lachan.outbreak.isolation.staff import menu

        menu.install()
        words.install()
        readings.install()
