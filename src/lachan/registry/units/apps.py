from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "lachan.registry.units"
    label = "units"

    def ready(self) -> None:
        from lachan.base import messages
        from lachan.base.navigation import NavItem, register
        from lachan.registry.units.words import TEXTS

        messages.register(TEXTS)
        register(NavItem("registry", _("Đơn vị, cơ quan"), "units:list", "units.manage", "sitemap", 40))
