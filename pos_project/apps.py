from django.apps import AppConfig


class HouseConfig(AppConfig):
    """The wiring as an app, so that commands that need several rooms have a home."""

    name = "pos_project"
    label = "house"
