from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "lachan.registry.people"
    label = "people"

    def ready(self) -> None:
        from lachan.base.navigation import NavItem, register

        register(NavItem("registry", _("Người"), "people:list", "people.view", "users", order=20))
