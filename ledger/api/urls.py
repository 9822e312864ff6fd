"""Routes of `ledger` under `/api`."""

from ledger.api.expenses import ExpenseViewSet
from ledger.api.payments import PaymentViewSet
from pos_project.core.api import ContractRouter

router = ContractRouter()
router.register("expenses", ExpenseViewSet, basename="expense")
router.register("payments", PaymentViewSet, basename="payment")

urlpatterns = [*router.urls]
