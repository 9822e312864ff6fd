from django.apps import AppConfig


class ToolsConfig(AppConfig):
    """Commands that need several apps: bench, demo, imports, the server."""

    name = "pos_project.tools"
    label = "tools"
