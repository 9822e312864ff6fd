from django.apps import AppConfig

from pos_project.core import past_days


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports.facts.freezing import past_day_written  # models are loaded by now

        past_days.watched_by(past_day_written)
