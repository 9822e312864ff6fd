"""Routes of `ledger` under `/api`."""

from ledger.api.expenses import ExpenseViewSet
from pos_project.core.api import ContractRouter

router = ContractRouter()
router.register("expenses", ExpenseViewSet, basename="expense")

urlpatterns = [*router.urls]
