from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lachan.registry.audit"
    label = "audit"
