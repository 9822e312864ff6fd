"""The pages of the back office that reports bring."""

from reports.statements import chart_admin, day_closing_admin

__all__ = ["chart_admin", "day_closing_admin"]
