from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The wiring as an app, so that the files every page needs have a home."""

    name = "pos_project"
    label = "project"
