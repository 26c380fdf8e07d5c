from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lachan.outbreak.cases"
    label = "cases"

    def ready(self) -> None:
        from lachan.outbreak.cases import kinds, words, work  # noqa: F401
        from lachan.outbreak.cases.staff import menu

        menu.install()
        work.install()
