"""Long histories, bounded: years, the last years' months, the last months' days."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from reports.statements.explain.node import Node, Unit

MONTHS_SHOWN = 24
MONTHS_IN_DAYS = 3


def by_month_and_day(days: Mapping[date, Sequence[Node]], *, unit: Unit = "money") -> list[Node]:
    """What happened on each day, the newest month last. Older than two years: a node a year;
    older than three months: a node a month."""
    months = [
        (month, list(of_month))
        for month, of_month in groupby(sorted(days), key=lambda day: (day.year, day.month))
    ]
    cut = max(len(months) - MONTHS_SHOWN, 0)
    nodes = []
    for year, of_year in groupby(months[:cut], key=lambda month: month[0][0]):
        all_days = [day for _, in_month in of_year for day in in_month]
        nodes.append(_sum(str(year), [node for day in all_days for node in days[day]], unit))
    for position, ((year, month), in_month) in enumerate(months[cut:], start=cut):
        name = f"{year}-{month:02}"
        if position < len(months) - MONTHS_IN_DAYS:
            nodes.append(_sum(name, [node for day in in_month for node in days[day]], unit))
        else:
            shown = [_node(day.isoformat(), days[day], unit) for day in in_month if days[day]]
            nodes.append(_node(name, shown, unit))
    return [node for node in nodes if node.amount or node.children]


def _sum(label: str, parts: Sequence[Node], unit: Unit) -> Node:
    return Node(label, sum((part.amount for part in parts), Decimal(0)), unit=unit)


def _node(label: str, parts: Sequence[Node], unit: Unit) -> Node:
    if len(parts) == 1 and not parts[0].label:  # nothing to say between the day and its lines
        return Node(label, parts[0].amount, parts[0].children, unit=unit)
    return Node(label, sum((part.amount for part in parts), Decimal(0)), tuple(parts), unit=unit)
