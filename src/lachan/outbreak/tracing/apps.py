from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "lachan.outbreak.tracing"
    label = "tracing"
