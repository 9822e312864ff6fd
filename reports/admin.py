"""The pages of the back office that reports bring."""

from reports.statements import day_closing_admin

__all__ = ["day_closing_admin"]
