from django.apps import AppConfig


class ZonesConfig(AppConfig):
    name = "lachan.outbreak.zones"
    label = "zones"

    def ready(self) -> None:
        from lachan.outbreak.zones import retention, words  # noqa: F401
        from lachan.outbreak.zones.consumers import rounds  # noqa: F401
        from lachan.outbreak.zones.staff import menu

        menu.install()
