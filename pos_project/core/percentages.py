"""Percentages as the API writes them: text with two decimals, rounded half up."""

from decimal import Decimal

from pos_project.core.money import ZERO, money


def percentage(part: Decimal | int, whole: Decimal | int) -> str:
    """`38.20`; `0.00` when there is no part, or no whole."""
    share = money(Decimal(part) * 100 / whole) if whole else 0
    return str(share) if share else "0.00"  # nothing of less than nothing would be -0.00


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """`38.20%`; `0.00%` when there is no whole."""
    return f"{percentage(part, whole)}%"


def average(amount: Decimal | int, count: Decimal | int) -> Decimal:
    """`amount` ÷ `count`, rounded half up to the cent; 0.00 when there is nothing to divide by."""
    return money(Decimal(amount) / count if count else 0) or ZERO  # never -0.00
