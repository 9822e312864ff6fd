from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalogue"  # as in the side bar

    def ready(self) -> None:
        from accounts import audit
        from catalog.models import Brand, Category, Product, TaxRate

        for model in (Brand, Category, Product, TaxRate):
            audit.watch(model)
