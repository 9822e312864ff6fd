"""The worked example of product analysis, literally."""

from reports.tests.worked_dataset import NOW, PERIOD

SCARF = {"product_id": 103, "product_name": "Wool Scarf", "sku": "WS-003", "image": None}
SHIRT = {"product_id": 101, "product_name": "Blue T-Shirt", "sku": "TS-001", "image": None}
CAP = {"product_id": 104, "product_name": "Canvas Cap", "sku": "CP-004", "image": None}
APPAREL = {"category": "Apparel"}


def test_product_analysis(worked_dataset):
    body = worked_dataset.body("dashboard/product-analysis", **PERIOD, days=8)
    assert body["meta"] == {"timestamp": NOW.isoformat(), "userId": 1, "period_days": 8}
    assert body["data"] == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "overview_metrics": {
            "total_active_products": 3,
            "products_sold": 2,
            "products_unsold": 1,
            "sell_through_rate": "66.67%",
            "total_units_sold": 8,
            "total_revenue": 280.58,
            "avg_transaction_value": 93.53,
            "avg_product_price": 24.2,
            "total_inventory_units": 30,
            "total_transactions": 3,
        },
        "top_sellers": [
            {
                **SCARF,
                **APPAREL,
                "brand": "Acme",
                "units_sold": 6,
                "total_revenue": 240.6,
                "current_price": 40.1,
                "avg_cost": 22,
                "gross_profit": 108.6,
                "profit_margin": "45.14%",
                "current_stock": 4,
                "transaction_count": 2,
                "note": "FIFO cost",
            },
            {
                **SHIRT,
                **APPAREL,
                "brand": "Acme",
                "units_sold": 2,
                "total_revenue": 39.98,
                "current_price": 19.99,
                "avg_cost": 8.5,
                "gross_profit": 22.98,
                "profit_margin": "57.48%",
                "current_stock": 26,
                "transaction_count": 2,
                "note": "FIFO cost",
            },
        ],
        "bottom_sellers": [
            {
                **CAP,
                "category": "Accessories",
                "brand": "No Brand",
                "units_sold": 0,
                "total_revenue": 0,
                "current_price": 12.5,
                "current_stock": 0,
                "transaction_count": 0,
                "note": "Never sold",
            },
            {
                **SHIRT,
                **APPAREL,
                "brand": "Acme",
                "units_sold": 2,
                "total_revenue": 39.98,
                "current_price": 19.99,
                "current_stock": 26,
                "transaction_count": 2,
                "note": "Very low sales",
            },
        ],
        "highest_profit_products": [
            {
                **SCARF,
                **APPAREL,
                "units_sold": 6,
                "total_revenue": 240.6,
                "total_cost": 132,
                "gross_profit": 108.6,
                "profit_margin": "45.14%",
                "current_stock": 4,
                "note": "FIFO cost",
            },
            {
                **SHIRT,
                **APPAREL,
                "units_sold": 2,
                "total_revenue": 39.98,
                "total_cost": 17,
                "gross_profit": 22.98,
                "profit_margin": "57.48%",
                "current_stock": 26,
                "note": "FIFO cost",
            },
        ],
        "lowest_margin_products": [],
        "category_performance": [
            {
                "category_name": "Apparel",
                "total_products": 2,
                "total_units_sold": 8,
                "total_revenue": 280.58,
                "transaction_count": 3,
                "avg_price": 30.05,
                "avg_revenue_per_transaction": 93.53,
                "total_stock": 30,
                "total_profit": 131.58,
                "profit_margin": "46.90%",
                "avg_profit_margin": "46.90%",
            },
            {
                "category_name": "Accessories",
                "total_products": 1,
                "total_units_sold": 0,
                "total_revenue": 0,
                "transaction_count": 0,
                "avg_price": 12.5,
                "avg_revenue_per_transaction": 0,
                "total_stock": 0,
                "total_profit": 0,
                "profit_margin": "0.00%",
                "avg_profit_margin": "0.00%",
            },
        ],
    }
