from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "lachan.registry.households"
    label = "households"

    def ready(self) -> None:
        from lachan.registry.households import words  # noqa: F401
        from lachan.registry.households.staff import menu

        menu.install()
