from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "lachan.registry.audit"
    label = "audit"

    def ready(self) -> None:
        from lachan.base import navigation
        from lachan.registry.audit import kinds, words

        words.register(kinds.TITLES)
        navigation.register(
            navigation.NavItem("system", _("Nhật ký"), "audit:list", "audit.view", "history", order=20)
        )
