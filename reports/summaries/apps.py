from django.apps import AppConfig

from pos_project.core import past_days


class SummariesConfig(AppConfig):
    name = "reports.summaries"

    def ready(self) -> None:
        from reports.summaries.building import past_day_written  # models are loaded by now

        past_days.watched_by(past_day_written)
