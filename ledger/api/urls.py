"""Routes of `ledger` under `/api`."""

from ledger.api.accounts import AccountViewSet
from ledger.api.due_credits import CreditViewSet
from ledger.api.entries import EntryViewSet, OpeningBalanceViewSet
from ledger.api.expenses import ExpenseViewSet
from ledger.api.own_money import MoneyMoveViewSet
from ledger.api.payments import PaymentViewSet
from ledger.api.period_lock import PeriodLockViewSet
from ledger.api.repeating_expenses import RepeatingExpenseViewSet
from ledger.api.shifts import ShiftViewSet
from ledger.api.tills import TillViewSet
from ledger.api.year_end import YearEndViewSet
from pos_project.core.http.endpoints import ContractRouter

router = ContractRouter()
router.register("expenses/repeating", RepeatingExpenseViewSet, basename="repeating-expense")
router.register("expenses", ExpenseViewSet, basename="expense")
router.register("payments", PaymentViewSet, basename="payment")
router.register("shifts", ShiftViewSet, basename="shift")
router.register("tills", TillViewSet, basename="till")
router.register("ledger/accounts", AccountViewSet, basename="account")
router.register("ledger/due-credits", CreditViewSet, basename="due-credit")
router.register("ledger/entries", EntryViewSet, basename="entry")
router.register("ledger/money-moves", MoneyMoveViewSet, basename="money-move")
router.register("ledger/opening-balances", OpeningBalanceViewSet, basename="opening-balance")
router.register("ledger/year-end", YearEndViewSet, basename="year-end")
router.register("ledger/period-lock", PeriodLockViewSet, basename="period-lock")

urlpatterns = [*router.urls]
