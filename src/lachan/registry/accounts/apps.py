from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "lachan.registry.accounts"
    label = "accounts"

    def ready(self) -> None:
        from lachan.base import messages, navigation
        from lachan.registry.accounts import checks, kinds, names, signals
        from lachan.registry.accounts.messages import TEXTS
        from lachan.registry.audit import words

        assert checks.permissions_are_known
        messages.register(TEXTS)
        signals.connect()
        words.register(kinds.TITLES)
        words.use(names.NAMES)
        words.register_subject("account", _("tài khoản"), names.actors)
        navigation.register(
            navigation.NavItem(
                "system", _("Tài khoản"), "accounts:list", "accounts.manage", "users", order=10
            )
        )
