"""The statements of the books, of any days, per store or all: where each gets its sums from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger import chart, statements
from ledger.journal_sums import Sums, by_account
from ledger.statements import TaxAccount
from pos_project.core.money import ZERO
from pos_project.core.period import ONE_DAY, Period
from reports.statements.account_movements import BEGINNING, moved
from reports.statements.stock_as_of import Held, held_as_of
from sales.tax_by_rate import TaxOfRate, tax_by_rate


@dataclass(frozen=True)
class Tax:
    """The tax account of a period, and the documents behind it by rate."""

    account: TaxAccount
    by_rate: list[TaxOfRate]


@dataclass(frozen=True)
class Stock:
    """What was in stock at the end of a day, and where the inventory account stood."""

    rows: list[Held]
    account: Decimal

    @property
    def units(self) -> Decimal:
        return sum((row.units for row in self.rows), Decimal(0))

    @property
    def value(self) -> Decimal:
        return sum((row.value for row in self.rows), ZERO)


def trial_balance(
    period: Period, *, store_id: int | None = None, known_on: date | None = None
) -> statements.TrialBalance:
    return statements.trial_balance(
        statements.accounts(),
        _before(period, store_id, known_on),
        by_account(moved(period, store_id=store_id, known_on=known_on)),
    )


def profit_loss(
    period: Period, *, store_id: int | None = None, known_on: date | None = None
) -> statements.ProfitLoss:
    return statements.profit_loss(
        statements.accounts(), moved(period, store_id=store_id, known_on=known_on)
    )


def balance_sheet(
    day: date, *, store_id: int | None = None, known_on: date | None = None
) -> statements.BalanceSheet:
    return statements.balance_sheet(statements.accounts(), _standing(day, store_id, known_on))


def tax(period: Period, *, store_id: int | None = None) -> Tax:
    [account] = tax_accounts([period], store_id=store_id)
    return Tax(account, tax_by_rate(period.first, period.last, store_id=store_id))


def stock(day: date, *, store_id: int | None = None) -> Stock:
    return Stock(
        held_as_of(day, store_id=store_id), balance_of(chart.INVENTORY, day, store_id=store_id)
    )


def balance_of(account: str, day: date, *, store_id: int | None = None) -> Decimal:
    """Where an account stood at the end of the day: debit (+) or credit (−)."""
    rows = moved(Period(BEGINNING, day), store_id=store_id, account=account)
    return by_account(rows).get(account, Sums()).net


def tax_accounts(periods: Sequence[Period], *, store_id: int | None = None) -> list[TaxAccount]:
    """The tax account of periods that follow one another, the oldest first: each opens with what
    was payable before it."""
    opening, found = _before(periods[0], store_id), []
    for period in periods:
        rows = moved(period, store_id=store_id)
        found.append(statements.tax_account(opening, rows))
        sums = by_account(rows)
        opening = {
            code: opening.get(code, Sums()) + sums.get(code, Sums()) for code in {*opening, *sums}
        }
    return found


def balances(day: date, *, store_id: int | None = None) -> dict[str, Decimal]:
    """Where every account that ever moved stood at the end of the day: debit (+), credit (−)."""
    return {code: sums.net for code, sums in _standing(day, store_id).items()}


def _before(period: Period, store_id: int | None, known_on: date | None = None) -> dict[str, Sums]:
    """The sums of everything before the period."""
    return _standing(period.first - ONE_DAY, store_id, known_on)


def _standing(day: date, store_id: int | None, known_on: date | None = None) -> dict[str, Sums]:
    """The sums of everything up to the day."""
    return by_account(moved(Period(BEGINNING, day), store_id=store_id, known_on=known_on))
