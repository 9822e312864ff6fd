"""The worked examples of stock, movement and best sellers, literally."""

from reports.tests.worked_dataset import NOW


def test_top_products(worked_dataset):
    body = worked_dataset.body("dashboard/top-products", fromDate="2026-02-01", toDate="2026-02-08")
    assert body == {
        "success": True,
        "message": "Top products",
        "data": {
            "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
            "top_products": [
                {
                    "product_id": 103,
                    "product_name": "Wool Scarf",
                    "category": "Apparel",
                    "brand": "Acme",
                    "times_sold": 2,
                    "total_quantity_sold": 6,
                    "total_revenue": 240.6,
                    "avg_selling_price": 40.1,
                    "current_stock": 4,
                },
                {
                    "product_id": 101,
                    "product_name": "Blue T-Shirt",
                    "category": "Apparel",
                    "brand": "Acme",
                    "times_sold": 2,
                    "total_quantity_sold": 2,
                    "total_revenue": 39.98,
                    "avg_selling_price": 19.99,
                    "current_stock": 26,
                },
            ],
        },
        "meta": {"timestamp": NOW.isoformat(), "userId": 1},
    }


def test_inventory_alerts(worked_dataset):
    assert worked_dataset.data("dashboard/inventory/alerts") == {
        "summary": {
            "total_alerts": 2,
            "out_of_stock_count": 1,
            "low_stock_count": 1,
            "overstock_count": 0,
        },
        "alerts": {
            "out_of_stock": [
                {
                    "product_id": 104,
                    "product_name": "Canvas Cap",
                    "sku": "CP-004",
                    "current_stock": 0,
                    "price": 12.5,
                    "category_name": "Accessories",
                    "brand_name": "No Brand",
                    "priority": "critical",
                }
            ],
            "low_stock": [
                {
                    "product_id": 103,
                    "product_name": "Wool Scarf",
                    "sku": "WS-003",
                    "current_stock": 4,
                    "price": 40.1,
                    "category_name": "Apparel",
                    "brand_name": "Acme",
                    "priority": "high",
                }
            ],
            "overstock": [],
        },
    }


def test_inventory_movement(worked_dataset):
    body = worked_dataset.body("dashboard/inventory/movement")
    assert body["meta"] == {"timestamp": NOW.isoformat(), "userId": 1, "period_days": 30}
    assert body["data"] == {
        "period_days": 30,
        "summary": {
            "fast_moving_count": 0,
            "moderate_moving_count": 0,
            "slow_moving_count": 2,
            "no_movement_count": 1,
        },
        "movement": {
            "fast_moving": [],
            "moderate_moving": [],
            "slow_moving": [
                {
                    "product_id": 103,
                    "product_name": "Wool Scarf",
                    "sku": "WS-003",
                    "current_stock": 4,
                    "price": 40.1,
                    "category_name": "Apparel",
                    "units_sold": 6,
                    "total_revenue": 240.6,
                    "avg_daily_sales": 0.2,
                    "days_of_stock": 20,
                },
                {
                    "product_id": 101,
                    "product_name": "Blue T-Shirt",
                    "sku": "TS-001",
                    "current_stock": 26,
                    "price": 19.99,
                    "category_name": "Apparel",
                    "units_sold": 2,
                    "total_revenue": 39.98,
                    "avg_daily_sales": 0.07,
                    "days_of_stock": 390,
                },
            ],
            "no_movement": [
                {
                    "product_id": 104,
                    "product_name": "Canvas Cap",
                    "sku": "CP-004",
                    "current_stock": 0,
                    "price": 12.5,
                    "category_name": "Accessories",
                    "units_sold": 0,
                    "total_revenue": 0,
                    "avg_daily_sales": 0,
                    "days_of_stock": None,
                }
            ],
        },
    }


def test_reorder_recommendations(worked_dataset):
    body = worked_dataset.body("dashboard/inventory/reorder-recommendations")
    assert body["meta"] == {"timestamp": NOW.isoformat(), "userId": 1, "period_days": 30}
    assert body["data"] == {
        "period_days": 30,
        "valuation_method": "FIFO cost of goods sold",
        "summary": {
            "total_products_to_reorder": 1,
            "urgent_priority": 0,
            "high_priority": 0,
            "medium_priority": 1,
            "total_estimated_investment": 44,
            "total_potential_profit": 36.2,
        },
        "recommendations": [
            {
                "product_id": 103,
                "product_name": "Wool Scarf",
                "sku": "WS-003",
                "current_stock": 4,
                "category_name": "Apparel",
                "brand_name": "Acme",
                "sales_metrics": {
                    "units_sold_period": 6,
                    "units_sold_last_30_days": 6,
                    "avg_daily_sales": 0.2,
                    "days_until_stockout": 20,
                },
                "reorder_recommendation": {
                    "recommended_qty": 2,
                    "avg_purchase_price": 22,
                    "fifo_cost_per_unit": 22,
                    "estimated_cost": 44,
                    "selling_price": 40.1,
                    "potential_revenue": 80.2,
                    "potential_profit": 36.2,
                    "profit_margin": "45.14%",
                },
                "priority": "medium",
            }
        ],
    }


def test_inventory_valuation(worked_dataset):
    assert worked_dataset.data("dashboard/inventory/valuation") == {
        "note": "Remaining purchase batches valued at their own unit cost",
        "calculation_method": "FIFO",
        "total_valuation": {
            "total_products": 2,
            "total_units": 30,
            "total_purchase_value": 309,
            "total_purchase_value_fifo": 309,
            "total_selling_value": 680.14,
            "potential_profit": 371.14,
            "profit_margin": "54.57%",
        },
        "category_breakdown": [
            {
                "category_name": "Apparel",
                "product_count": 2,
                "total_units": 30,
                "purchase_value": 309,
                "purchase_value_fifo": 309,
                "selling_value": 680.14,
                "potential_profit": 371.14,
            }
        ],
    }


def test_inventory_detailed(worked_dataset):
    body = worked_dataset.body("dashboard/inventory/detailed")
    assert body["meta"] == {"timestamp": NOW.isoformat(), "userId": 1, "limit": 50}
    assert body["data"]["note"] == "Current stock with FIFO cost and purchase history"
    assert body["data"]["total_items"] == 2
    shirt, scarf = body["data"]["products"]
    assert shirt["stock_info"] == {
        "current_stock": 26,
        "total_purchased": 28,
        "units_sold_last_30d": 2,
    }
    assert [line["invoice_no"] for line in shirt["purchase_history"]] == [
        "PO-2026-001",
        "PUR-002280",
    ]
    assert scarf == {
        "product_id": 103,
        "product_name": "Wool Scarf",
        "sku": "WS-003",
        "category_name": "Apparel",
        "brand_name": "Acme",
        "stock_info": {"current_stock": 4, "total_purchased": 10, "units_sold_last_30d": 6},
        "pricing": {
            "current_selling_price": 40.1,
            "avg_purchase_price": 22,
            "fifo_cost_per_unit": 22,
            "last_purchase": {
                "price": 22,
                "quantity": 10,
                "date": "2026-01-15",
                "invoice_no": "PUR-002290",
            },
            "margin_per_unit_avg": 18.1,
            "margin_per_unit_fifo": 18.1,
        },
        "valuation": {
            "total_purchase_value_avg": 88,
            "total_purchase_value_fifo": 88,
            "total_selling_value": 160.4,
            "potential_profit_fifo": 72.4,
            "profit_margin_fifo": "45.14%",
        },
        "purchase_history": [
            {
                "quantity": 10,
                "unit_price": 22,
                "subtotal": 220,
                "invoice_no": "PUR-002290",
                "purchase_date": "2026-01-15",
                "supplier_name": "Delta Textiles",
            }
        ],
    }
