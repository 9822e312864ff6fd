"""From the dashboards' net profit to the statements' result of the period, step by step.

The dashboards count documents: sales, refunds and expenses. The statements count every entry. What
lies between the two is told by the event that booked it, so that they never seem to disagree.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from ledger.journal_models import JournalEntry
from ledger.journal_sums import Moved
from pos_project.core.money import ZERO, total

Event = JournalEntry.Event
OF_DASHBOARDS = frozenset({Event.SALE, Event.REFUND, Event.EXPENSE})
# What is booked on the accounts of operating profit besides: its name, what people call it, events.
BESIDES = (
    ("manual_entries", "Manual entries", (Event.MANUAL, Event.OPENING_BALANCE)),
    ("due_credits", "Bad debts and discounts allowed later", (Event.DUE_CREDIT,)),
    ("rounding", "Rounding of purchases", (Event.PURCHASE,)),
    ("cash_counts", "Cash over and short", (Event.CASH_COUNT, Event.SHIFT)),
)
NAMED = frozenset(event for _, _, events in BESIDES for event in events)


@dataclass(frozen=True)
class Step:
    """What is added (+) or taken off (−) on the way."""

    name: str
    title: str
    amount: Decimal


@dataclass(frozen=True)
class Bridge:
    """Where the dashboards are, and each step to operating profit, without those of nothing."""

    dashboards: Decimal
    steps: list[Step]


def bridge(period: Iterable[Moved], operates: Callable[[str], bool]) -> Bridge:
    """`operates` says of an account whether it is part of operating profit."""
    by_event: dict[str, Decimal] = {}
    for row in period:
        if operates(row.account):
            by_event[row.event] = by_event.get(row.event, ZERO) + row.credit - row.debit

    def of(events: Iterable[str]) -> Decimal:
        return total(by_event.get(event, ZERO) for event in events)

    steps = [Step(name, title, of(events)) for name, title, events in BESIDES]
    others = of(by_event.keys() - OF_DASHBOARDS - NAMED)
    steps.append(Step("other", "Other entries", others))
    return Bridge(of(OF_DASHBOARDS), [step for step in steps if step.amount])
