from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "lachan.base"
    label = "base"
