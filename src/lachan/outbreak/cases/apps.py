from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lachan.outbreak.cases"
    label = "cases"

    def ready(self) -> None:
        from lachan.outbreak.cases import kinds, readings, words, work  # noqa: F401
        from lachan.outbreak.cases.staff import menu

        menu.install()
        work.install()
        readings.install()
        from lachan.gate.declarations.services import retention
        from lachan.outbreak.cases.services import keeping

        retention.needs_person(keeping.needed)
        retention.register("line_lists", keeping.imports_before)
        retention.register_blank("cases", keeping.told_before, keeping.ANSWERS)
