"""Routes of `inventory` under `/api`: products with their stock, the stock log, transfers."""

from django.urls import path

from inventory.api.products import ProductViewSet
from inventory.api.stock_log import InventoryViewSet
from inventory.api.store_products import StoreProductViewSet
from inventory.api.transfer_suggestions import SuggestionsView
from inventory.api.transfers import TransferViewSet
from pos_project.core.http.endpoints import ContractRouter

router = ContractRouter()
router.register("products", ProductViewSet, basename="product")
router.register("inventory", InventoryViewSet, basename="inventory")
router.register("transfers", TransferViewSet, basename="transfer")
router.register(r"stores/(?P<store>[^/]+)/products", StoreProductViewSet, basename="store-product")

urlpatterns = [
    # Before the transfers by their ids.
    path("transfers/suggestions", SuggestionsView.as_view()),
    *router.urls,
]
