from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "lachan.registry.places"
    label = "places"

    def ready(self) -> None:
        from lachan.base import messages
        from lachan.base.navigation import NavItem, register
        from lachan.registry.places.words import TEXTS

        messages.register(TEXTS)
        register(NavItem("registry", _("Điểm khai báo"), "places:list", "places.view", "building-store", 10))
