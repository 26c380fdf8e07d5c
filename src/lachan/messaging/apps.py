from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "lachan.messaging"
    label = "messaging"
