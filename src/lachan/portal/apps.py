from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "lachan.portal"
    label = "portal"

    def ready(self) -> None:
        from lachan.base.navigation import NavItem, register
        from lachan.portal import kinds, words  # noqa: F401
        from lachan.portal.place_panel import register as register_panel

        register_panel()

        register(
            NavItem("home", _("Việc cần làm"), "portal:staff_home", "", icon="home", order=0),
            NavItem(
                "gate",
                _("Kiểm tra điểm"),
                "portal:inspect",
                "places.inspect",
                icon="clipboard-check",
                order=60,
            ),
            NavItem("system", _("Hệ thống"), "portal:system", "system.operate", icon="server", order=90),
        )
