"""What managers keep of the catalogue in the back office."""

from django.contrib import admin

from catalog.models import Brand, Category, TaxRate
from pos_project.core.admin import ShopAdmin


@admin.register(Brand)
class BrandAdmin(ShopAdmin):
    list_display = ("name", "description")
    search_fields = ("name",)
    ordering = ("name", "id")


@admin.register(Category)
class CategoryAdmin(ShopAdmin):
    list_display = ("name", "is_active")
    search_fields = ("name",)
    ordering = ("name", "id")


@admin.register(TaxRate)
class TaxRateAdmin(ShopAdmin):
    list_display = ("name", "rate")
    search_fields = ("name",)
    ordering = ("name", "id")
