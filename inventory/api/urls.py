"""Routes of `inventory` under `/api`: products with their stock, and the stock log."""

from inventory.api.products import ProductViewSet
from inventory.api.stock_log import InventoryViewSet
from pos_project.core.http.endpoints import ContractRouter

router = ContractRouter()
router.register("products", ProductViewSet, basename="product")
router.register("inventory", InventoryViewSet, basename="inventory")

urlpatterns = [*router.urls]
