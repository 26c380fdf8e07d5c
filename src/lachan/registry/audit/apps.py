from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "lachan.registry.audit"
    label = "audit"

    def ready(self) -> None:
        from lachan.base import navigation
        from lachan.registry.audit import kinds, words

        words.register(kinds.TITLES)
        for subject, title in kinds.SUBJECTS.items():
            words.register_subject(subject, title)
        for key, values in kinds.VALUES.items():
            words.register_values(key, values)
        navigation.register(
            navigation.NavItem("system", _("Nhật ký"), "audit:list", "audit.view", "history", order=20)
        )
