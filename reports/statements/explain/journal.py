"""Journal entries as nodes: each comes to nothing, line by line."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from ledger.journal_models import JournalEntry, JournalLine
from pos_project.core.money import ZERO
from reports.statements.explain.node import Node, bounded, explained


def entries_as_nodes(entries: Iterable[JournalEntry]) -> list[Node]:
    """Entries that were read with their lines, their accounts and their parties."""
    return [
        explained(
            f"Entry {entry.pk}, {entry.event.replace('_', ' ')} of {entry.business_date}"
            + (f", {entry.reference}" if entry.reference else ""),
            ZERO,
            [line_node(line) for line in entry.lines.all()],
            about={
                "entry_id": entry.pk,
                "event": entry.event,
                "document_id": entry.document_id,
                "reference": entry.reference,
                "date": entry.business_date.isoformat(),
            },
        )
        for entry in entries
    ]


def line_node(line: JournalLine) -> Node:
    """Debit is plus, credit is minus."""
    side = "debit" if line.debit else "credit"
    return Node(
        f"{line.account} ({side})",
        line.debit - line.credit,
        about={
            "line_id": line.pk,
            "account": line.account_id,
            "customer_id": line.customer_id,
            "supplier_id": line.supplier_id,
        },
    )


LINE_COLUMNS = (
    *("id", "entry_id", "entry__event", "entry__document_id", "entry__reference"),
    *("entry__business_date", "debit", "credit"),
)


def lines_as_nodes(lines: QuerySet[JournalLine], *, sign: int = 1) -> list[Node]:
    """Lines of one account, the newest first; debit is plus where `sign` is."""
    return bounded((_line_of(row, sign) for row in lines.values(*LINE_COLUMNS)), what="lines")


def _line_of(row: dict[str, Any], sign: int) -> Node:
    event, reference = row["entry__event"].replace("_", " "), row["entry__reference"]
    amount: Decimal = sign * (row["debit"] - row["credit"])
    return Node(
        f"Entry {row['entry_id']}, {event}" + (f", {reference}" if reference else ""),
        amount,
        about={
            "line_id": row["id"],
            "entry_id": row["entry_id"],
            "event": row["entry__event"],
            "document_id": row["entry__document_id"],
            "reference": reference,
            "date": row["entry__business_date"].isoformat(),
        },
    )
