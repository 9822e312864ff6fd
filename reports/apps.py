from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Statements, dashboards, reconciliation and documents: no tables, but commands and pages."""

    name = "reports"
