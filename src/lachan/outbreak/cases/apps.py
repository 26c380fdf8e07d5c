from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lachan.outbreak.cases"
    label = "cases"

    def ready(self) -> None:
        from lachan.outbreak.cases import kinds, words  # noqa: F401
