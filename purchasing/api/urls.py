"""Routes of `purchasing` under `/api`."""

from django.urls import path

from pos_project.core.api import ContractRouter
from purchasing.api.purchases import PurchaseViewSet, SupplierDuePaymentView
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
    path("suppliers/<str:supplier>/due-payment", SupplierDuePaymentView.as_view()),
    path("suppliers/<str:supplier>/dues", SupplierDueViewSet.as_view({"get": "list"})),
    path("suppliers/<str:supplier>/payments", SupplierPaymentViewSet.as_view({"get": "list"})),
    path("suppliers/<str:party>/advance-payback", SupplierAdvancePaybackView.as_view()),
    *router.urls,
]
