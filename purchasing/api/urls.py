"""Routes of `purchasing` under `/api`."""

from django.urls import path

from pos_project.core.http.endpoints import ContractRouter
from purchasing.api.purchases import PurchaseViewSet
from purchasing.api.supplier_history import SuppliedProductViewSet, SupplierTransactionViewSet
from purchasing.api.suppliers import (
    SupplierAdvancePaybackView,
    SupplierDueViewSet,
    SupplierPaymentViewSet,
    SupplierViewSet,
)

router = ContractRouter()
router.register("purchase", PurchaseViewSet, basename="purchase")
router.register("suppliers", SupplierViewSet, basename="supplier")

urlpatterns = [
    path("suppliers/<str:supplier>/due-payment", SupplierDueViewSet.as_view({"post": "create"})),
    path("suppliers/<str:supplier>/dues", SupplierDueViewSet.as_view({"get": "list"})),
    path("suppliers/<str:supplier>/payments", SupplierPaymentViewSet.as_view({"get": "list"})),
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
    path("suppliers/<str:party>/advance-payback", SupplierAdvancePaybackView.as_view()),
    *router.urls,
]
