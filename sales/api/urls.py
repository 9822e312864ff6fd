"""Routes of `sales` under `/api`."""

from django.urls import path

from ledger.api.due_credits import CreditView
from ledger.api.opening_dues import OpeningDueView
from ledger.api.parties import AdvancePaybackView
from pos_project.core.http.endpoints import ContractRouter
from sales.api.cart import CartCheckoutView, CartItemsView, CartItemView, CartView
from sales.api.customer_history import CustomerTransactionViewSet, PurchasedProductViewSet
from sales.api.customers import (
    CustomerDueViewSet,
    CustomerPaymentViewSet,
    CustomerViewSet,
)
from sales.api.refunds import RefundViewSet
from sales.api.sales import SaleViewSet
from sales.customer_payments import CUSTOMER_DUES

router = ContractRouter()
router.register("sales", SaleViewSet, basename="sale")
router.register("refunds", RefundViewSet, basename="refund")
router.register("customers", CustomerViewSet, basename="customer")

urlpatterns = [
    path("cart", CartView.as_view()),
    path("cart/items", CartItemsView.as_view()),
    path("cart/items/<str:item>", CartItemView.as_view()),
    path("cart/checkout", CartCheckoutView.as_view()),
    path(
        "customers/<str:customer>/dues",
        CustomerDueViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path("customers/<str:customer>/payments", CustomerPaymentViewSet.as_view({"get": "list"})),
    path(
        "customers/<str:customer>/transactions",
        CustomerTransactionViewSet.as_view({"get": "list"}),
    ),
    path(
        "customers/<str:customer>/transactions/summary",
        CustomerTransactionViewSet.as_view({"get": "summary"}),
    ),
    path(
        "customers/<str:customer>/purchased_products",
        PurchasedProductViewSet.as_view({"get": "list"}),
    ),
    path(
        "customers/<str:customer>/products_summary",
        PurchasedProductViewSet.as_view({"get": "summary"}),
    ),
    path(
        "customers/<str:customer>/purchased_products/<str:product>",
        PurchasedProductViewSet.as_view({"get": "lines"}),
    ),
    path("customers/<str:party>/credits", CreditView.as_view(book=CUSTOMER_DUES)),
    path("customers/<str:party>/opening-dues", OpeningDueView.as_view(book=CUSTOMER_DUES)),
    path("customers/<str:party>/advance-payback", AdvancePaybackView.as_view(book=CUSTOMER_DUES)),
    *router.urls,
]
