from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lachan.web"
    label = "web"

    def ready(self) -> None:
        from lachan.base import alarms
        from lachan.web.ops import doctor

        for check in doctor.CHECKS:
            alarms.register(check.__name__, check, slow=check is doctor.store)
