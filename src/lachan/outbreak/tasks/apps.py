from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "lachan.outbreak.tasks"
    label = "tasks"
