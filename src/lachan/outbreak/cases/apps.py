from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "lachan.outbreak.cases"
    label = "cases"
