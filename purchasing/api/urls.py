"""Routes of `purchasing` under `/api`."""

from django.urls import path

from pos_project.core.api import ContractRouter
from purchasing.api.purchases import PurchaseViewSet, SupplierDuePaymentView

router = ContractRouter()
router.register("purchase", PurchaseViewSet, basename="purchase")

urlpatterns = [
    path("suppliers/<str:supplier>/due-payment", SupplierDuePaymentView.as_view()),
    *router.urls,
]
