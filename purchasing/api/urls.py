"""Routes of `purchasing` under `/api`."""

from django.urls import path

from ledger.api.due_credits import CreditView
from ledger.api.opening_dues import OpeningDueView
from ledger.api.parties import AdvancePaybackView, PartyPaymentViewSet
from pos_project.core.http.endpoints import ContractRouter
from purchasing.api.purchases import PurchaseViewSet
from purchasing.api.supplier_history import SuppliedProductViewSet, SupplierTransactionViewSet
from purchasing.api.suppliers import SupplierDueViewSet, SupplierViewSet
from purchasing.supplier_payments import SUPPLIER_DUES

router = ContractRouter()
router.register("purchase", PurchaseViewSet, basename="purchase")
router.register("suppliers", SupplierViewSet, basename="supplier")

urlpatterns = [
    path("suppliers/<str:supplier>/due-payment", SupplierDueViewSet.as_view({"post": "create"})),
    path("suppliers/<str:supplier>/dues", SupplierDueViewSet.as_view({"get": "list"})),
    path(
        "suppliers/<str:supplier>/payments",
        PartyPaymentViewSet.as_view({"get": "list"}, book=SUPPLIER_DUES),
    ),
    path(
        "suppliers/<str:supplier>/transactions",
        SupplierTransactionViewSet.as_view({"get": "list"}),
    ),
    path(
        "suppliers/<str:supplier>/transactions/summary",
        SupplierTransactionViewSet.as_view({"get": "summary"}),
    ),
    path("suppliers/<str:supplier>/products", SuppliedProductViewSet.as_view({"get": "list"})),
    path(
        "suppliers/<str:supplier>/products_summary",
        SuppliedProductViewSet.as_view({"get": "summary"}),
    ),
    path(
        "suppliers/<str:supplier>/supplied/<str:product>",
        SuppliedProductViewSet.as_view({"get": "lines"}),
    ),
    path("suppliers/<str:party>/credits", CreditView.as_view(book=SUPPLIER_DUES)),
    path("suppliers/<str:party>/opening-dues", OpeningDueView.as_view(book=SUPPLIER_DUES)),
    path("suppliers/<str:party>/advance-payback", AdvancePaybackView.as_view(book=SUPPLIER_DUES)),
    *router.urls,
]
