from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lachan.registry.accounts"
    label = "accounts"
