from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "lachan.outbreak.tasks"
    label = "tasks"

    def ready(self) -> None:
        from lachan.outbreak.tasks import words  # noqa: F401
        from lachan.outbreak.tasks.staff import menu

        menu.install()
