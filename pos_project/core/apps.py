from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    name = "pos_project.core"
    label = "core"

    def ready(self) -> None:
        from pos_project.core import checks  # noqa: F401  (registers the system checks)
        from pos_project.core.db import guards

        pre_migrate.connect(guards.remove_to_migrate, sender=self)
        post_migrate.connect(guards.install, sender=self)
