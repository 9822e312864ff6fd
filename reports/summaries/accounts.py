"""What the journal moved, by account and kind of event: what statements are made of."""

from reports.summaries.builder import DayRows, Events, TableBuilder
from reports.summaries.models import AccountSummary

ACCOUNTS = TableBuilder(
    name="accounts",
    model=AccountSummary,
    keys=("store_id", "account_id", "event"),
    figures={"line_count": "SUM", "debit": "SUM", "credit": "SUM"},
    events=(
        Events(
            "FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.id WHERE {days}",
            DayRows("journal_entries", "e"),
            ("e.store_id", "l.account_id", "e.event"),
            {"line_count": "1", "debit": "l.debit", "credit": "l.credit"},
        ),
    ),
    cumulative=True,
)
