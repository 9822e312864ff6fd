from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "pos_project.core"
    label = "core"

    def ready(self) -> None:
        from pos_project.core import checks  # noqa: F401  (registers the system checks)
