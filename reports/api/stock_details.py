"""The dashboard of the most valuable stock, product by product (contract 20.16)."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from pos_project.core.days import today
from pos_project.core.fields import MoneyField
from reports.api.asking import clamped, whole_number
from reports.api.dashboard import DashboardView, Meta
from reports.api.stock import NamedProduct
from reports.percentages import percent
from reports.stock_details import StockedProduct, most_valuable


class StockInfo(serializers.Serializer):
    current_stock = serializers.IntegerField()
    total_purchased = serializers.IntegerField()
    units_sold_last_30d = serializers.IntegerField()


class LastPurchase(serializers.Serializer):
    price = MoneyField()
    quantity = serializers.IntegerField()
    date = serializers.DateField(allow_null=True)
    invoice_no = serializers.CharField(allow_null=True)


class Pricing(serializers.Serializer):
    current_selling_price = MoneyField()
    avg_purchase_price = MoneyField()
    fifo_cost_per_unit = MoneyField()
    last_purchase = LastPurchase()
    margin_per_unit_avg = MoneyField()
    margin_per_unit_fifo = MoneyField()


class ProductValue(serializers.Serializer):
    total_purchase_value_avg = MoneyField()
    total_purchase_value_fifo = MoneyField()
    total_selling_value = MoneyField()
    potential_profit_fifo = MoneyField()
    profit_margin_fifo = serializers.CharField()


class PurchaseLine(serializers.Serializer):
    quantity = serializers.IntegerField()
    unit_price = MoneyField()
    subtotal = MoneyField()
    invoice_no = serializers.CharField()
    purchase_date = serializers.DateField()
    supplier_name = serializers.CharField()


class DetailedRow(NamedProduct):
    category_name = serializers.CharField()
    brand_name = serializers.CharField()
    stock_info = StockInfo()
    pricing = Pricing()
    valuation = ProductValue()
    purchase_history = PurchaseLine(many=True)


class StockDetails(serializers.Serializer):
    note = serializers.CharField()
    total_items = serializers.IntegerField()
    products = DetailedRow(many=True)


class LimitMeta(Meta):
    limit = serializers.IntegerField()


class StockDetailsView(DashboardView):
    """The most valuable stock at today's prices, with its cost and purchase history."""

    message = "Detailed inventory"
    shape = StockDetails
    meta_shape = LimitMeta
    parameters = (whole_number("limit", default=50, least=1, most=500),)

    def asked(self, request: Request, **path: str) -> int:
        return clamped(request.query_params, "limit", default=50, least=1, most=500)

    def data(self, asked: int) -> dict[str, Any]:
        found = most_valuable(today(), most=asked)
        return {
            "note": "Current stock with FIFO cost and purchase history",
            "total_items": len(found),
            "products": [_details(each) for each in found],
        }

    def meta(self, request: Request, asked: int) -> dict[str, Any]:
        return {**super().meta(request, asked), "limit": asked}


def _details(product: StockedProduct) -> dict[str, Any]:
    last = next(iter(product.purchases.newest), None)
    return {
        "product_id": product.id,
        "product_name": product.name,
        "sku": product.sku,
        "category_name": product.category,
        "brand_name": product.brand,
        "stock_info": {
            "current_stock": product.units,
            "total_purchased": product.purchases.units,
            "units_sold_last_30d": product.units_sold,
        },
        "pricing": {
            "current_selling_price": product.price,
            "avg_purchase_price": product.cost.bought,
            "fifo_cost_per_unit": product.cost.fifo,
            "last_purchase": {
                "price": last.unit_price if last else 0,
                "quantity": last.units if last else 0,
                "date": last.day.isoformat() if last else None,
                "invoice_no": last.invoice_no if last else None,
            },
            "margin_per_unit_avg": product.price - product.cost.bought,
            "margin_per_unit_fifo": product.price - product.cost.fifo,
        },
        "valuation": {
            "total_purchase_value_avg": product.at_average_cost,
            "total_purchase_value_fifo": product.worth,
            "total_selling_value": product.at_retail,
            "potential_profit_fifo": product.potential_profit,
            "profit_margin_fifo": percent(product.potential_profit, product.at_retail),
        },
        "purchase_history": [
            {
                "quantity": line.units,
                "unit_price": line.unit_price,
                "subtotal": line.subtotal,
                "invoice_no": line.invoice_no,
                "purchase_date": line.day.isoformat(),
                "supplier_name": line.supplier,
            }
            for line in product.purchases.newest
        ],
    }
