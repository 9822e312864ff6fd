"""Routes of `catalog` under `/api`; products, whose rows show stock, are inventory's."""

from catalog.api.views import BrandViewSet, CategoryViewSet, TaxRateViewSet
from pos_project.core.http.endpoints import ContractRouter

router = ContractRouter()
router.register("brands", BrandViewSet, basename="brand")
router.register("categories", CategoryViewSet, basename="category")
router.register("tax-rates", TaxRateViewSet, basename="tax-rate")

urlpatterns = [*router.urls]
